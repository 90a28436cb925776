"""What one trial of an assignment gave, and what several of them say together."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from grading.checking.mutants import Mutant
from grading.checking.trials import Kind
from grading.model.outcome import CheckResult, Outcome, Status


@dataclass(frozen=True)
class Result:
    """What one trial gave; see `grading.checking.trials.Trial`. slowest: seconds of a check."""

    kind: Kind
    notebook: str
    label: str
    mutant: Mutant | None
    status: Status
    reason: str
    checks: list[CheckResult]
    slowest: float
    partial: bool = False

    @classmethod
    def of(cls, trial, outcome: Outcome) -> Result:
        checks = {check.grade_id for check in outcome.checks}
        seconds = [cell.seconds for cell in outcome.cells if cell.cell in checks]
        return cls(
            trial.kind, trial.notebook, trial.label, trial.mutant, outcome.status, outcome.reason,
            outcome.checks, max(seconds, default=0), trial.partial,
        )  # fmt: skip

    @property
    def earned(self) -> float:
        return sum(check.earned for check in self.checks)

    @property
    def lost(self) -> list[str]:
        """The checks that did not pass."""
        return [check.grade_id for check in self.checks if not check.passed]


class Fate(StrEnum):
    """What became of a fault."""

    KILLED = "noticed"
    SURVIVED = "not noticed"
    EQUIVALENT = "equivalent"
    OPEN = "not decided"


@dataclass(frozen=True)
class Fault:
    """A mutant and its fate. by: the check that noticed it. why: why it is no fault at all."""

    notebook: str
    mutant: Mutant
    fate: Fate
    by: str = ""
    why: str = ""


@dataclass(frozen=True)
class Dependency:
    """What leaving one exercise blank costs. own: the checks that stand right below it."""

    notebook: str
    exercise: str
    own: list[str]
    lost: list[str]
    marks: float


@dataclass(frozen=True)
class UnluckyDraw:
    """Random inputs for which a test fails a right answer: those that a seed gives.

    style: whose answer it is. reason: what a student would have read.
    """

    notebook: str
    check: str
    style: str
    seed: int
    reason: str


@dataclass
class Margin:
    """A comparison of a check, in all runs of the master that reach it.

    runs: what each noted where least was left; see `grading.examiner.measuring`.
    """

    notebook: str
    check: str
    text: str
    runs: list[dict] = field(default_factory=list)

    def numbers(self, which: str) -> list[float]:
        """The runs' "value", "threshold" or "room"."""
        return [run[which] for run in self.runs]

    @property
    def room(self) -> float:
        """The least that was left."""
        return min(self.numbers("room"))

    @property
    def spread(self) -> float:
        """How far the runs lie apart in what they left: a threshold may move with its value."""
        return max(self.numbers("room")) - self.room

    @property
    def is_luck(self) -> bool:
        """Whether another run like these could decide otherwise."""
        return self.room < 0 or (self.spread > 0 and self.room < self.spread)
