"""The tables and plots of a report, from a class."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from grading.reporting.items import Item, Master
from grading.reporting.reasons import Reason, common
from grading.reporting.statistics import SMALLEST, Spread, item_rest_correlation, spread
from grading.reporting.submissions import Class, Person, Submission

# R. L. Ebel advises to improve an item whose index of discrimination is below this ("Essentials of
# Educational Measurement", 1972), which takes much the same values as this correlation.
SEPARATES = 0.2
YES, HARDLY, AGAINST = "yes", "hardly", "the strong fail it more"
ALONE = 1  # a reason that one submission has is not on an anonymous page


@dataclass(frozen=True)
class Marks:
    """Marks of a notebook or an exercise as shares of its points. written: of questions."""

    notebook: str
    exercise: str
    points: float
    written: bool
    shares: Spread | None


@dataclass(frozen=True)
class Check:
    """How a check went. ran, not_run: the number of submissions in which it ran, or did
    not. passed: the number of those in which it passed.

    separation: see `item_rest_correlation`; None where it can't be told, and `verdict` says why.
    """

    item: Item
    ran: int
    passed: int
    not_run: int
    separation: float | None
    verdict: str

    @property
    def share(self) -> float | None:
        return self.passed / self.ran if self.ran else None


@dataclass(frozen=True)
class Effort:
    """The time and memory that a notebook took. slowest, largest: the submissions that took most.
    not_kept: the number of submissions whose outcome is not kept any more."""

    notebook: str
    seconds: Spread | None
    peak_mb: Spread | None
    slowest: str
    largest: str
    not_kept: int


@dataclass(frozen=True)
class ToMark:
    """Questions of a notebook that wait for a mark. where: (submission, id in the formgrader)."""

    notebook: str
    questions: int
    submissions: int
    where: list[tuple[str, str]]


def by_notebook(class_: Class) -> list[Marks]:
    """Automatic marks of each notebook, of the submissions that are recorded."""
    return [
        _marks(class_, master.name, "", [item for item in master.items if not item.written])
        for master in class_.masters
        if master.automatic
    ]


def by_exercise(class_: Class) -> list[Marks]:
    """Marks of each exercise and question that is worth points; of questions, those so far."""
    groups: dict[tuple[str, str, bool], list[Item]] = {}
    for item in class_.items:
        # Questions of one title are others all the same.
        own = item.name if item.written else item.exercise
        groups.setdefault((item.notebook, own, item.written), []).append(item)
    return [
        _marks(class_, items[0].notebook, items[0].exercise, items)
        for items in groups.values()
        if any(item.points for item in items)
    ]


def _marks(class_: Class, notebook: str, exercise: str, items: list[Item]) -> Marks:
    shares = [submission.share(items) for submission in class_.submissions]
    return Marks(
        notebook, exercise, sum(item.points for item in items), items[0].written,
        spread([share for share in shares if share is not None]),
    )  # fmt: skip


def checks(class_: Class) -> list[Check]:
    """Every check, in the order of the assignment."""
    automatic = [item for item in class_.items if not item.written]
    totals = [submission.marks(automatic) for submission in class_.submissions]
    graded = list(zip(class_.submissions, totals, strict=True))
    return [_check(item, graded) for item in automatic]


def _check(item: Item, graded: list[tuple[Submission, float | None]]) -> Check:
    passed = [submission.passed(item) for submission, _ in graded]
    ran = [has_passed for has_passed in passed if has_passed is not None]
    pairs = [
        (has_passed, total - submission.marks([item]))
        for has_passed, (submission, total) in zip(passed, graded, strict=True)
        if has_passed is not None and total is not None
    ]
    separation = item_rest_correlation(*zip(*pairs, strict=True)) if pairs else None
    return Check(
        item,
        len(ran),
        sum(ran),
        len(passed) - len(ran),
        separation if len(pairs) >= SMALLEST else None,
        _verdict(ran, len(pairs), separation),
    )


def _verdict(ran: list[bool], compared: int, separation: float | None) -> str:
    if not ran:
        return "nobody came to it"
    if len(set(ran)) == 1:
        return "all passed" if ran[0] else "nobody passed"
    if compared < SMALLEST:
        return f"too few ({compared}) to say"
    if separation is None:
        return "the others' marks are all equal"
    if abs(separation) < SEPARATES:
        return HARDLY
    return YES if separation > 0 else AGAINST


def failures(class_: Class) -> list[Reason]:
    """The reasons of failure, the most common first. An anonymous page leaves out those of a single
    submission, which may be in the student's own words."""
    reasons = common(
        (*where, result.reason)
        for submission in class_.submissions
        for where, result in submission.results.items()
        if result.passed is False and result.reason
    )
    return [reason for reason in reasons if reason.count > ALONE or not class_.anonymous]


def by_check(reasons: Iterable[Reason], items: list[Item]) -> list[tuple[Item, list[Reason]]]:
    """Reasons of failure by the check that failed, in the order of the assignment."""
    places = {(item.notebook, item.name): index for index, item in enumerate(items)}

    def place(reason: Reason) -> int:
        return places[reason.notebook, reason.check]

    grouped = groupby(sorted(reasons, key=place), place)
    return [(items[index], list(group)) for index, group in grouped]


def efforts(class_: Class) -> list[Effort]:
    """Time and memory of each notebook."""
    return [_effort(class_, master) for master in class_.masters]


def _effort(class_: Class, master: Master) -> Effort:
    runs = [(submission.name, submission.runs[master.name]) for submission in class_.submissions
            if master.name in submission.runs]  # fmt: skip
    times = {name: run.seconds for name, run in runs if run.seconds is not None}
    peaks = {name: run.peak_mb for name, run in runs if run.peak_mb is not None}
    return Effort(
        master.name,
        spread(list(times.values())),
        spread(list(peaks.values())),
        max(times, key=times.get, default=""),
        max(peaks, key=peaks.get, default=""),
        sum(run.lost for _, run in runs),
    )


def to_mark(class_: Class) -> list[ToMark]:
    """The notebooks that have questions to mark."""
    rows = []
    for master in class_.masters:
        where, questions = [], 0
        for submission in class_.submissions:
            if items := submission.to_mark(master.name, master.items):
                where.append((submission.name, submission.runs[master.name].graded_as))
                questions += len(items)
        if where:
            rows.append(ToMark(master.name, questions, len(where), where))
    return rows


def late(class_: Class) -> list[Person]:
    """Students who handed in late, the latest first."""
    people = [person for person in class_.people if person.hours_late > 0]
    return sorted(people, key=lambda person: -person.hours_late)
