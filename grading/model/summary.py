"""A submission in one row: what its notebooks earned, one status and one reason."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from grading.course import Assignment
from grading.files import write_whole
from grading.model.notes import Note
from grading.model.outcome import Outcome, Status

FILE = "outcome.json"


@dataclass(frozen=True)
class NotebookSummary:
    """What became of one notebook.

    marks: automatic marks earned; None when the grader failed, which is not a zero.
    reason: a sentence an instructor can act on; empty when there is nothing to say.
    confined: whether it ran in a sandbox. key: the Job's, where it had one; parts: what the key is
    made of, see `Job.parts`. trained, replayed: its training loops, and those that were replayed.
    in_full: why the others were not, a reason for each.
    ids: what its identity cell says; None where that is not known. notes: sentences for the
    instructor about how it was read, beside `reason`. libraries: what it imports and the course has
    not.
    """

    notebook: str
    status: Status
    marks: float | None
    reason: str = ""
    confined: bool = True
    key: str = ""
    parts: dict[str, str] = field(default_factory=dict)
    trained: int = 0
    replayed: int = 0
    in_full: list[str] = field(default_factory=list)
    ids: list[str] | None = None
    notes: list[str] = field(default_factory=list)
    libraries: list[str] = field(default_factory=list)

    @classmethod
    def of(
        cls, name: str, outcome: Outcome, parts: dict[str, str], ids: list[str], notes: list[Note]
    ) -> NotebookSummary:
        """The summary of an outcome. notes: what is to be told about how the notebook was read."""
        failed = outcome.status is Status.GRADER_FAILED
        stated = [(outcome.status, outcome.reason)]
        stated += [(note.status, note.to_instructor) for note in notes]
        status, reason = max(stated, key=lambda pair: pair[0].severity)
        return cls(
            name,
            status,
            None if failed else outcome.earned,
            reason,
            outcome.confined,
            outcome.key,
            parts,
            len(outcome.loops),
            sum(loop.replayed for loop in outcome.loops),
            [loop.reason for loop in outcome.loops if not loop.replayed],
            ids,
            [note.to_instructor for note in notes if note.to_instructor != reason],
            outcome.libraries,
        )


@dataclass(frozen=True)
class SubmissionSummary:
    """What became of one submission.

    key: digest of everything that the marks depend on; equal keys need no second run. handed_in: of
    the student's files alone; empty where that is not known. extension: hours that were written
    into the gradebook; None where none were, or where that is not known.
    """

    submission: str
    key: str
    notebooks: list[NotebookSummary] = field(default_factory=list)
    handed_in: str = ""
    extension: float | None = None

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
    def notes(self) -> list[str]:
        """What is to be told about how its notebooks were read, beside the reason."""
        return [f"{n.notebook}: {text}" for n in self.notebooks for text in n.notes]

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
        name = data.get("submission") or data["student"]  # as earlier editions called it
        handed_in, extension = data.get("handed_in", ""), data.get("extension")
        return cls(name, data["key"], notebooks, handed_in, extension)


def failed(submission: str, key: str, names: list[str], reason: str) -> SubmissionSummary:
    """The summary of a submission that could not be graded: our failure, never a zero."""
    first, *rest = [NotebookSummary(name, Status.GRADER_FAILED, None) for name in names]
    first = NotebookSummary(first.notebook, first.status, None, reason)
    return SubmissionSummary(submission, key, [first, *rest])


def absent_libraries(summaries: Iterable[SubmissionSummary]) -> list[str]:
    """A sentence on each library that submissions import and the course has not, the most wanted
    first."""
    counts = Counter(
        library
        for summary in summaries
        for library in sorted({name for row in summary.notebooks for name in row.libraries})
    )
    return [
        f"{library} is imported by {count} of the submissions and is neither in the course nor "
        "handed in: if it may be used, add it to requirements.txt, install it and run again"
        for library, count in counts.most_common()
    ]


def load(assignment: Assignment, submission: str) -> SubmissionSummary | None:
    """What the last run wrote, or None when there is none that can be read."""
    try:
        data = json.loads(_path(assignment, submission).read_text("utf-8"))
        return SubmissionSummary.from_dict(data)
    except (OSError, ValueError, KeyError, TypeError):
        return None  # run it again


def save(assignment: Assignment, summary: SubmissionSummary) -> None:
    """Write a summary beside the graded notebooks, whole or not at all."""
    path = _path(assignment, summary.submission)
    write_whole(path, json.dumps(summary.to_dict(), indent=1, ensure_ascii=True))


def _path(assignment: Assignment, submission: str) -> Path:
    return assignment.autograded(submission) / FILE
