"""What became of a submission: one status and one reason for each notebook."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import StrEnum

from nbformat import NotebookNode


class Status(StrEnum):
    """How the grading of a notebook ended, from best to worst."""

    GRADED = "graded"
    STUDENT_ERROR = "student error"
    TIMED_OUT = "timed out"
    UNREADABLE = "unreadable"
    GRADER_FAILED = "grader failed"

    @property
    def severity(self) -> int:
        return list(Status).index(self)

    @property
    def needs_a_look(self) -> bool:
        """Whether a person should look before the marks are published."""
        return self.severity >= Status.TIMED_OUT.severity


@dataclass(frozen=True)
class NotebookOutcome:
    """What became of one notebook.

    marks: automatic marks earned; None when the grader failed, which is not a zero.
    reason: a sentence an instructor can act on; empty when there is nothing to say.
    """

    notebook: str
    status: Status
    marks: float | None
    reason: str = ""


@dataclass(frozen=True)
class SubmissionOutcome:
    """What became of one submission.

    key: digest of everything that the marks depend on; equal keys need no second run.
    """

    student: str
    key: str
    notebooks: list[NotebookOutcome] = field(default_factory=list)

    @property
    def status(self) -> Status:
        """The worst status of its notebooks."""
        return max((n.status for n in self.notebooks), key=lambda status: status.severity)

    @property
    def reason(self) -> str:
        """The reasons of the notebooks that have the worst status."""
        return "; ".join(
            f"{n.notebook}: {n.reason}"
            for n in self.notebooks
            if n.reason and n.status is self.status
        )

    @property
    def marks(self) -> float | None:
        """Automatic marks of all notebooks; None when one of them is unknown."""
        marks = [n.marks for n in self.notebooks]
        return None if None in marks else sum(marks)

    def to_dict(self) -> dict:
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict) -> SubmissionOutcome:
        """The inverse of `to_dict`. Raises KeyError, TypeError or ValueError on foreign data."""
        notebooks = [
            NotebookOutcome(**{**item, "status": Status(item["status"])})
            for item in data["notebooks"]
        ]
        return cls(data["student"], data["key"], notebooks)


def note(notebook: NotebookNode, status: Status, reason: str) -> None:
    """Write on a notebook how it fared, unless something worse is written there already."""
    written = noted(notebook)
    if written is None or status.severity > written[0].severity:
        notebook.metadata["grading"] = {"status": str(status), "reason": reason}


def noted(notebook: NotebookNode) -> tuple[Status, str] | None:
    """The status and reason that `note` wrote, or None."""
    written = notebook.metadata.get("grading")
    return (Status(written["status"]), written["reason"]) if written else None
