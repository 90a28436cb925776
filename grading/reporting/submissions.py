"""A class as the report tells it: plain data, whose ids and names `anonymous` can take away."""

from dataclasses import dataclass, field

from grading.course import Assignment
from grading.model.outcome import Incident, Status
from grading.reporting.items import Item, Master
from grading.reporting.statistics import share


@dataclass(frozen=True)
class Result:
    """The result of one item of a submission.

    marks: None while nobody has marked it or nothing is recorded. passed: whether a check passed;
    None where it did not run or where that is not known. reason: the hint, as the student reads it.
    blank: whether that hint says that the exercise was left open.
    """

    marks: float | None
    passed: bool | None = None
    reason: str = ""
    blank: bool = False


@dataclass(frozen=True)
class Run:
    """One notebook of a submission, as it was graded.

    marks: the automatic ones; None when they are not known. ran: whether it was there to run. kept:
    whether its outcome is still there; without it seconds (of all its cells), peak_mb, blanks
    (how many of the master's are open) and incidents are not known. page: the address of its
    feedback, relative to reports/. recorded: whether the gradebook holds it. graded_as: its id in
    the formgrader. notes: about how it was read.
    """

    status: Status
    marks: float | None
    reason: str = ""
    ran: bool = True
    kept: bool = False
    seconds: float | None = None
    peak_mb: float | None = None
    blanks: int | None = None
    incidents: tuple[Incident, ...] = ()
    confined: bool = True
    page: str = ""
    recorded: bool = False
    graded_as: str = ""
    notes: tuple[str, ...] = ()

    @property
    def lost(self) -> bool:
        """Whether its outcome was kept once; the outcome of a failure of ours never is."""
        return self.ran and not self.kept and self.status is not Status.GRADER_FAILED


@dataclass(frozen=True)
class Submission:
    """One folder of submitted/ and its grading.

    name: as the report shows it. status: None when it has not been graded. why: why it is to be
    graded again, empty when its grading is up to date. results: by notebook and name of the item.
    """

    name: str
    status: Status | None
    why: str = ""
    runs: dict[str, Run] = field(default_factory=dict)
    results: dict[tuple[str, str], Result] = field(default_factory=dict)

    def marks(self, items: list[Item]) -> float | None:
        """Marks of some items together; None while one of them has none."""
        marks = [self._of(item).marks for item in items]
        return None if None in marks else sum(marks)

    def share(self, items: list[Item]) -> float | None:
        """The share of some items' points; None while one has no marks, or they give none."""
        marks = self.marks(items)
        return None if marks is None else share(marks, sum(item.points for item in items))

    def passed(self, item: Item) -> bool | None:
        return self._of(item).passed

    def to_mark(self, notebook: str, items: tuple[Item, ...]) -> list[Item]:
        """The written questions of a recorded notebook that nobody has marked."""
        if notebook not in self.runs or not self.runs[notebook].recorded:
            return []
        return [item for item in items if item.written and self._of(item).marks is None]

    def _of(self, item: Item) -> Result:
        return self.results.get((item.notebook, item.name), Result(None))


@dataclass(frozen=True)
class Person:
    """A student: `Grade` of grading.people, as far as the report tells it.

    name: as the report shows it, an id or a number. full_name: empty unless the roster has it.
    submission: the Submission's name, empty without one. total: after the penalty; None when it is
    not known. final: whether nothing is left to mark by hand.
    """

    name: str
    full_name: str
    submission: str
    partners: tuple[str, ...]
    total: float | None
    available: float
    final: bool
    penalty: float = 0
    hours_late: float = 0

    @property
    def share(self) -> float | None:
        return None if self.total is None else share(self.total, self.available)


@dataclass(frozen=True)
class Class:
    """Everything that a report says of a class. notes: sentences for somebody to look at."""

    assignment: Assignment
    masters: list[Master]
    submissions: list[Submission]
    people: list[Person]
    notes: list[str] = field(default_factory=list)
    anonymous: bool = False

    @property
    def items(self) -> list[Item]:
        return [item for master in self.masters for item in master.items]
