"""What a submission's marks and feedback depend on, as one digest that is quick to make."""

from __future__ import annotations

import hashlib
from pathlib import Path

import grading
from grading.candidate.box import why_no_box
from grading.course import CONFIG_FILE, Assignment
from grading.intake.files import walk
from grading.model.limits import Limits
from grading.versions import add, record_digest

GENERATED = {"__pycache__", ".ipynb_checkpoints", ".tally"}


class SubmissionKeys:
    """The keys of an assignment's submissions: equal keys, nothing to do.

    A key is a SHA-256 over all that decides what a submission gets back: its files, the master's
    folder, the page of feedback, the configuration, whether there is a sandbox, the kit's own code
    and the packages that notebooks compute with. What is common to the class is read once.
    """

    def __init__(self, assignment: Assignment):
        self._assignment = assignment
        # What is larger is left out anyway.
        self._largest = Limits(config=assignment.course.config).file_mb * 2**20
        self._common = hashlib.sha256()
        page = Path(grading.__file__).parent / "feedback"
        for folder in (assignment.source, page):
            self._add_folder(self._common, folder)
        add(self._common, (assignment.course.root / CONFIG_FILE).read_bytes())
        add(self._common, f"{why_no_box()} {record_digest()}".encode())

    def key(self, handed_in: str) -> str:
        """The key of the submission that `handed_in` is of."""
        digest = self._common.copy()
        add(digest, handed_in.encode())
        return digest.hexdigest()

    def handed_in(self, student: str) -> str:
        """A digest of a submission's files. Raises OSError when one of them can't be read."""
        digest = hashlib.sha256()
        self._add_folder(digest, self._assignment.submitted(student))
        return digest.hexdigest()

    def _add_folder(self, digest, folder: Path) -> None:
        for path in _files(folder):
            add(digest, path.relative_to(folder).as_posix().encode(errors="surrogateescape"))
            size = path.stat().st_size
            add(digest, path.read_bytes() if size <= self._largest else f"{size} bytes".encode())


def _files(folder: Path) -> list[Path]:
    return sorted(
        path
        for parent, _, names, _ in walk(folder)
        for path in (Path(parent, name) for name in names)
        if path.is_file()
        and not path.is_symlink()
        and not GENERATED.intersection(path.relative_to(folder).parts)
    )
