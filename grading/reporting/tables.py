"""The tables and plots of a report, from a class."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from grading.reporting.items import Item, Master
from grading.reporting.reasons import Reason, common
from grading.reporting.statistics import SMALLEST, Spread, item_rest_correlation, spread
from grading.reporting.submissions import Class, Person, Submission

# Below it an item is to be improved, says R. L. Ebel of his index of discrimination ("Essentials of
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
    """How a check went. passed: of the `ran` submissions that came to it; not_run: of the others.

    separation: see `item_rest_correlation`; None, and `verdict` says why, where it is not known.
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
    """What a notebook took. slowest, largest: whose; not_kept: of how many it is not known."""

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


def by_notebook(found: Class) -> list[Marks]:
    """Automatic marks of each notebook, of the submissions that are recorded."""
    return [
        _marks(found, master.name, "", [item for item in master.items if not item.written])
        for master in found.masters
        if master.automatic
    ]


def by_exercise(found: Class) -> list[Marks]:
    """Marks of each exercise that gives some; of questions, those that are marked."""
    groups: dict[tuple[str, str, bool], list[Item]] = {}
    for item in found.items:
        groups.setdefault((item.notebook, item.exercise, item.written), []).append(item)
    return [
        _marks(found, notebook, exercise, items)
        for (notebook, exercise, _), items in groups.items()
        if any(item.points for item in items)
    ]


def _marks(found: Class, notebook: str, exercise: str, items: list[Item]) -> Marks:
    shares = [each.share(items) for each in found.submissions]
    return Marks(
        notebook, exercise, sum(item.points for item in items), items[0].written,
        spread([share for share in shares if share is not None]),
    )  # fmt: skip


def checks(found: Class) -> list[Check]:
    """Every check, in the order of the assignment."""
    automatic = [item for item in found.items if not item.written]
    totals = [each.marks(automatic) for each in found.submissions]
    graded = list(zip(found.submissions, totals, strict=True))
    return [_check(item, graded) for item in automatic]


def _check(item: Item, graded: list[tuple[Submission, float | None]]) -> Check:
    passed = [each.passed(item) for each, _ in graded]
    ran = [each for each in passed if each is not None]
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


def _verdict(ran: list[bool], known: int, separation: float | None) -> str:
    if not ran:
        return "nobody came to it"
    if len(set(ran)) == 1:
        return "all passed" if ran[0] else "nobody passed"
    if known < SMALLEST:
        return f"too few ({known}) to say"
    if separation is None:
        return "the others' marks are all equal"
    if abs(separation) < SEPARATES:
        return HARDLY
    return YES if separation > 0 else AGAINST


def failures(found: Class) -> list[Reason]:
    """The reasons of failure, the most common first. On an anonymous page not what only one
    submission says: it may be in a student's own words."""
    reasons = common(
        (*where, result.reason)
        for submission in found.submissions
        for where, result in submission.results.items()
        if result.passed is False and result.reason
    )
    return [each for each in reasons if each.count > ALONE or not found.anonymous]


def by_check(reasons: Iterable[Reason], items: list[Item]) -> list[tuple[Item, list[Reason]]]:
    """The same by check, in the order of the assignment."""
    place = {(item.notebook, item.name): index for index, item in enumerate(items)}
    ordered = sorted(reasons, key=lambda each: place[each.notebook, each.check])
    return [
        (items[index], list(group))
        for index, group in groupby(ordered, lambda each: place[each.notebook, each.check])
    ]


def efforts(found: Class) -> list[Effort]:
    """Time and memory of each notebook."""
    return [_effort(found, master) for master in found.masters]


def _effort(found: Class, master: Master) -> Effort:
    runs = [(each.name, each.runs[master.name]) for each in found.submissions
            if master.name in each.runs]  # fmt: skip
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


def to_mark(found: Class) -> list[ToMark]:
    """The notebooks that have questions to mark."""
    rows = []
    for master in found.masters:
        waiting = [(each, each.to_mark(master.name, master.items)) for each in found.submissions]
        waiting = [(each, items) for each, items in waiting if items]
        where = [(each.name, each.runs[master.name].graded_as) for each, _ in waiting]
        if waiting:
            questions = sum(len(items) for _, items in waiting)
            rows.append(ToMark(master.name, questions, len(waiting), where))
    return rows


def late(found: Class) -> list[Person]:
    """Students who handed in late, the latest first."""
    people = [person for person in found.people if person.hours_late > 0]
    return sorted(people, key=lambda person: -person.hours_late)
