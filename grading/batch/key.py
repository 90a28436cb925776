"""What a submission's marks and feedback depend on, as one digest that is quick to make."""

import hashlib
from pathlib import Path

import grading
from grading.candidate.box import why_no_box
from grading.course import Assignment
from grading.intake.handed_in import add_file, files_of, largest
from grading.model.limits import Limits
from grading.versions import add, record_digest


class SubmissionKeys:
    """The keys of an assignment's submissions: equal keys, nothing to do.

    A key is a SHA-256 over all that decides what a submission gets back: its files, the master's
    folder, the page of feedback, the configuration, whether there is a sandbox, the kit's own code
    and the packages that notebooks compute with. What is common to the class is read once.
    largest: see `handed_in.largest`.
    """

    def __init__(self, assignment: Assignment):
        self.largest = largest(Limits(config=assignment.course.config))
        self._common = hashlib.sha256()
        page = Path(grading.__file__).parent / "feedback"
        for folder in (assignment.source, page):
            for path in files_of(folder):
                small = path.stat().st_size <= self.largest
                add_file(self._common, folder, path, path.read_bytes() if small else None)
        for path in assignment.course.config_files:
            add(self._common, path.read_bytes())
        add(self._common, f"{why_no_box()} {record_digest()}".encode())

    def key(self, handed_in: str) -> str:
        """The key of the submission whose files have the digest `handed_in`."""
        digest = self._common.copy()
        add(digest, handed_in.encode())
        return digest.hexdigest()
