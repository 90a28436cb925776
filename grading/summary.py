"""A submission in one row: what its notebooks earned, one status and one reason."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

from grading.outcome import Status


@dataclass(frozen=True)
class NotebookSummary:
    """What became of one notebook.

    marks: automatic marks earned; None when the grader failed, which is not a zero.
    reason: a sentence an instructor can act on; empty when there is nothing to say.
    confined: whether it ran in a sandbox.
    """

    notebook: str
    status: Status
    marks: float | None
    reason: str = ""
    confined: bool = True


@dataclass(frozen=True)
class SubmissionSummary:
    """What became of one submission.

    key: digest of everything that the marks depend on; equal keys need no second run.
    """

    student: str
    key: str
    notebooks: list[NotebookSummary] = field(default_factory=list)

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

    @property
    def confined(self) -> bool:
        """Whether every notebook ran in a sandbox."""
        return all(n.confined for n in self.notebooks)

    def to_dict(self) -> dict:
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict) -> SubmissionSummary:
        """The inverse of `to_dict`. Raises KeyError, TypeError or ValueError on foreign data."""
        notebooks = [
            NotebookSummary(**{**item, "status": Status(item["status"])})
            for item in data["notebooks"]
        ]
        return cls(data["student"], data["key"], notebooks)
