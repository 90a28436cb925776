"""What became of a Job: the executed notebook, a result for every check, a status."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # to import it costs a second
    from nbformat import NotebookNode

VERSION = 5


class Status(StrEnum):
    """How the grading of a notebook ended, from best to worst."""

    GRADED = "graded"
    STUDENT_ERROR = "student error"
    TIMED_OUT = "timed out"
    OVER_LIMIT = "over a limit"
    UNREADABLE = "unreadable"
    TEST_NOT_RUN = "a test could not run"
    GRADER_FAILED = "grader failed"

    @property
    def severity(self) -> int:
        return list(Status).index(self)

    @property
    def advice(self) -> str:
        """What it means for an instructor, and what to do."""
        return ADVICE[self]

    @property
    def needs_a_look(self) -> bool:
        """Whether a person should look before the marks are published."""
        return self.severity >= Status.TIMED_OUT.severity

    @property
    def stands(self) -> bool:
        """Whether an outcome is final; where we failed, the next run tries again."""
        return self not in (Status.TEST_NOT_RUN, Status.GRADER_FAILED)


ADVICE = {
    Status.GRADED: "it ran to the end; a blank left open is marks not earned",
    Status.STUDENT_ERROR: "a cell of theirs failed; the marks earned stand, nothing to do",
    Status.TIMED_OUT: "stopped by a limit on time; if the answer may be right, raise the limit in "
    "grader_config.py and run again",
    Status.OVER_LIMIT: "stopped by a limit on memory, files or output; look at the cell, and if it "
    "is honest raise the limit in grader_config.py and run again",
    Status.UNREADABLE: "a notebook is missing or can't be read; ask for it and run again",
    Status.TEST_NOT_RUN: "our failure, which costs the cell named below and no other mark: install "
    "or add what the test needs and run again",
    Status.GRADER_FAILED: "our failure: no mark was recorded; run again, and report it if it stays",
}


@dataclass(frozen=True)
class Part:
    """What one of several blocks of marks of a test cell gave.

    reason, part: as of the whole, see `CheckResult`.
    """

    title: str
    points: float
    passed: bool
    reason: str = ""
    part: str | None = None

    @property
    def earned(self) -> float:
        return self.points if self.passed else 0


@dataclass(frozen=True)
class CheckResult:
    """What one test cell gave.

    passed: whether it gave all its marks; None when it did not run. reason: the hint, as the
    student reads it. part: which part failed, "visible" or "hidden". in_kernel: it ran inside the
    student's kernel, so that its verdict was in the submission's reach. traceback: the way of an
    error through the student's own code, outermost first. margins: of a job that measures, see
    `grading.examiner.measuring`.
    failed_draws: of a job with several draws, those after the first one for which it did not pass:
    {"seed", "reason"}. score: its marks where they may be some of its points: of a test that ends
    in a number, or that has several blocks of marks; else None. parts: what these blocks gave.
    """

    grade_id: str
    title: str
    points: float
    passed: bool | None
    reason: str = ""
    part: str | None = None
    in_kernel: bool = False
    traceback: list[str] = field(default_factory=list)
    margins: list[dict] = field(default_factory=list)
    failed_draws: list[dict] = field(default_factory=list)
    score: float | None = None
    parts: list[Part] = field(default_factory=list)

    def __post_init__(self):  # as JSON, its parts are dictionaries
        parts = [part if isinstance(part, Part) else Part(**part) for part in self.parts]
        object.__setattr__(self, "parts", parts)

    @property
    def earned(self) -> float:
        if self.score is not None:
            return self.score
        return self.points if self.passed else 0


@dataclass(frozen=True)
class CellRun:
    """How long a cell ran, in seconds, and the most memory that was in use meanwhile, in MB."""

    cell: str
    seconds: float
    peak_mb: float


@dataclass(frozen=True)
class LoopRun:
    """A training loop: its cell, its epochs, and whether some of them stood for all.

    record: the name in `Job.trainings` of the training that it agrees with, or that was made of it.
    reason: why it was not replayed, where that is known. departs: of a job that audits, where its
    end departs from the record's; empty where it does not, None where they were not compared.
    """

    cell: str
    epochs: int
    record: str = ""
    replayed: bool = False
    reason: str = ""
    departs: str | None = None


@dataclass(frozen=True)
class Incident:
    """Something to know about a run: where, and a sentence an instructor can act on."""

    cell: str
    text: str


LISTS = {"checks": CheckResult, "cells": CellRun, "incidents": Incident, "loops": LoopRun}


@dataclass
class Outcome:
    """What became of one notebook.

    key: the Job's. notebook: as executed, nbformat 4 JSON. confined: whether it ran in a sandbox.
    reason: why the status is not the best one. loops: one for each loop of `epochs` in its cells.
    trainings: what a job that teaches has recorded, for `Job.trainings`. libraries: what its cells
    import and the course has not.
    """

    key: str
    notebook: dict
    checks: list[CheckResult] = field(default_factory=list)
    cells: list[CellRun] = field(default_factory=list)
    incidents: list[Incident] = field(default_factory=list)
    loops: list[LoopRun] = field(default_factory=list)
    trainings: dict[str, bytes] = field(default_factory=dict)
    libraries: list[str] = field(default_factory=list)
    status: Status = Status.GRADED
    reason: str = ""
    confined: bool = True

    @property
    def earned(self) -> float:
        return sum(check.earned for check in self.checks)

    def note(self, status: Status, cell: str, text: str) -> None:
        """Keep an incident; the first of the worst ones is the status and its reason."""
        self.incidents.append(Incident(cell, text))
        if status.severity > self.status.severity:
            self.status, self.reason = status, f"cell {cell}: {text}" if cell else text

    def to_json(self) -> str:
        data = asdict(self) | {"version": VERSION}
        data["trainings"] = {key: b64encode(raw).decode() for key, raw in self.trainings.items()}
        return json.dumps(data, ensure_ascii=True)

    @classmethod
    def from_json(cls, text: str) -> Outcome:
        """The inverse of `to_json`. Raises ValueError, KeyError or TypeError on foreign text."""
        data = json.loads(text)
        if data.pop("version", None) != VERSION:
            raise ValueError("an Outcome of another version of the kit")
        data["status"] = Status(data["status"])
        data["trainings"] = {key: b64decode(raw) for key, raw in data["trainings"].items()}
        for name, kind in LISTS.items():
            data[name] = [kind(**item) for item in data[name]]
        return cls(**data)


def note(notebook: NotebookNode, status: Status, reason: str) -> None:
    """Write on a notebook how it fared, unless something worse is written there already."""
    written = noted(notebook)
    if written is None or status.severity > written[0].severity:
        own = notebook.metadata.setdefault("grading", {})
        own.update(status=str(status), reason=reason)


def noted(notebook: NotebookNode) -> tuple[Status, str] | None:
    """The status and reason that `note` wrote, or None."""
    written = notebook.metadata.get("grading", {})  # a master's own metadata, too
    return (Status(written["status"]), written["reason"]) if "status" in written else None


def note_check(cell: NotebookNode, check: CheckResult) -> None:
    """Write on a test cell what it gave."""
    cell.metadata.setdefault("grading", {})["check"] = asdict(check)


def noted_check(cell: NotebookNode) -> CheckResult | None:
    """The result that `note_check` wrote, or None."""
    written = cell.metadata.get("grading", {}).get("check")
    if not written:
        return None
    known = {each.name for each in fields(CheckResult)}  # earlier editions wrote one more
    return CheckResult(**{name: value for name, value in written.items() if name in known})


def note_cause(cell: NotebookNode, text: str) -> None:
    """Write on a cell, for its student, why it failed where it was graded."""
    cell.metadata.setdefault("grading", {})["cause"] = text


def noted_cause(cell: NotebookNode) -> str:
    """The sentence that `note_cause` wrote, or ""."""
    return cell.metadata.get("grading", {}).get("cause", "")
