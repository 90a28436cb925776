"""What a submission's marks and feedback depend on, as one digest."""

from __future__ import annotations

import hashlib
from pathlib import Path

import grading
from grading.candidate.box import why_no_box
from grading.course import CONFIG_FILE, Course
from grading.files import walk
from grading.limits import Limits
from grading.versions import add, code_digest

GENERATED = {"__pycache__", ".ipynb_checkpoints", ".tally"}


def submission_key(course: Course, assignment: str, student: str) -> str:
    """SHA-256 over all that decides what a submission gets back.

    The submission's files, the master's folder, the page of feedback, the configuration, whether
    there is a sandbox, the kit's own code and the packages that notebooks compute with.
    """
    digest = hashlib.sha256()
    folders = [
        course.submitted / student / assignment,
        course.source / assignment,
        Path(grading.__file__).parent / "templates",
    ]
    largest = Limits(config=course.config).file_mb * 2**20  # what is larger is left out anyway
    for folder in folders:
        for path in _files(folder):
            add(digest, path.relative_to(folder).as_posix().encode(errors="surrogateescape"))
            size = path.stat().st_size
            add(digest, path.read_bytes() if size <= largest else f"{size} bytes".encode())
    add(digest, (course.root / CONFIG_FILE).read_bytes())
    add(digest, f"{why_no_box()} {code_digest()}".encode())
    return digest.hexdigest()


def _files(folder: Path) -> list[Path]:
    return sorted(
        path
        for parent, _, names, _ in walk(folder)
        for path in (Path(parent, name) for name in names)
        if path.is_file()
        and not path.is_symlink()
        and not GENERATED.intersection(path.relative_to(folder).parts)
    )
