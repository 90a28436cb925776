"""The page and the table of a comparison."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from random import SystemRandom

from grading.course import Assignment, CourseError
from grading.likeness.comparison import (
    FAR,
    FEWEST,
    FEWEST_PAIRS,
    LEAST,
    LEAST_HANDINS,
    LEAST_SPREAD,
    Comparison,
    Pair,
    compare,
)
from grading.likeness.elsewhere import read_elsewhere
from grading.likeness.fingerprints import RUN
from grading.likeness.graph import Graph, graph
from grading.likeness.own import KINDS, Own, Reader
from grading.likeness.passages import Row, Shown, side_by_side
from grading.likeness.people import of_one
from grading.likeness.reading import read_class
from grading.pages.page import write_page, write_report
from grading.people.hiding import hiding
from grading.people.pairs import members
from grading.people.roster import read_students
from grading.results.tables import as_csv

MOST_SIDES, LEAST_SIDES, MOST_LISTED = 50, 10, 200
ELSEWHERE = "elsewhere"
DRAW = SystemRandom()


@dataclass(frozen=True)
class Compared:
    """What `python -m grading compare` has found: the files that it wrote, and for the terminal
    how many hand-ins there were, the pairs, and what could not be compared."""

    paths: list[Path]
    report: "Report"


def write_likeness(
    assignment: Assignment,
    against: tuple[Path, ...],
    share: float,
    jobs: int,
    anonymous: bool = False,
) -> Compared:
    """Compare a class and write reports/ASSIGNMENT-likeness.html and .csv, or without ids only
    reports/ASSIGNMENT-likeness-anonymous.html.

    against: folders as `read_elsewhere` takes them. share: of the class; what more have is common.
    Raises CourseError where there is nothing to compare, or a file can't be written.
    """
    reader = Reader(assignment)
    others = [own for folder in against for own in read_elsewhere(assignment, folder, reader)]
    if len(assignment.submissions()) + len(others) < 2 or not assignment.submissions():
        raise CourseError(
            f"There are not two hand-ins to compare: put them in submitted/STUDENT/{assignment}/, "
            "or add some with --against FOLDER."
        )
    class_ = read_class(assignment, jobs)
    hand_ins = [*class_, *others]
    one = of_one([own.name for own in hand_ins], read_students(assignment.course))
    found = compare(hand_ins, len(class_), reader.given, share, one)
    report = Report(assignment, hand_ins, len(class_), found, share)
    try:
        if anonymous:
            report = report.without_ids()
            name = f"{assignment}-likeness-anonymous"
            return Compared([_page(report, name)], report)
        page = _page(report, f"{assignment}-likeness")
        table = write_report(assignment.course, f"{assignment}-likeness.csv", as_table(report))
    except OSError as error:
        raise CourseError(f"{error.filename}: not written: {error.strerror}.") from error
    return Compared([page, table], report)


def _page(report: "Report", name: str) -> Path:
    return write_page(report.assignment.course, name, "likeness.html.j2", c=report)


def as_table(report: "Report") -> str:
    """A row for each pair that shares something, most unusual first; shares in per cent."""
    columns = "first second stands_out above"
    columns += "".join(f" {kind}_shared {kind}_percent {kind}_above" for kind in KINDS)
    rows = [columns.split()]
    for pair in report.pairs:
        kinds = [pair.by_kind[kind] for kind in KINDS]
        numbers = [x for each in kinds for x in (each.shared, 100 * each.share, each.above)]
        yes = "yes" if report.stands_out(pair) else "no"
        rows.append(
            [report.names[pair.first], report.names[pair.second], yes, pair.above, *numbers]
        )
    return as_csv(rows)


@dataclass
class Report:
    """What the page shows; the template asks for it by name.

    hand_ins: first the `size` of the class, then those of elsewhere. share: of the class; what more
    have is common. hide: takes what identifies somebody out of a text.
    """

    assignment: Assignment
    hand_ins: list[Own]
    size: int
    found: Comparison
    share: float
    names: list[str] | None = None
    hide: Callable[[str], str] = str
    anonymous: bool = False

    run, least_spread, fewest = RUN, LEAST_SPREAD, FEWEST
    far, least, most_listed, least_handins = FAR, LEAST, MOST_LISTED, LEAST_HANDINS

    def __post_init__(self):
        self.names = self.names or [own.name for own in self.hand_ins]

    def without_ids(self, shuffle: Callable[[list], None] = DRAW.shuffle) -> "Report":
        """The same with numbers, drawn anew each time, in place of ids, and without the ids and
        names of the roster and of the notebooks in what is quoted."""
        numbers = list(range(1, self.size + 1))
        shuffle(numbers)
        others = [f"{ELSEWHERE} {n}" for n in range(1, len(self.hand_ins) - self.size + 1)]
        students = read_students(self.assignment.course)
        ids = [id_ for own in self.hand_ins for id_ in (own.name, *members(own.name, students))]
        full = [f"{each.first_name} {each.last_name}".strip() for each in students.values()]
        full += [name for own in self.hand_ins for name in own.names]
        labels = [*map(str, numbers), *others]
        hide = hiding([*ids, *students], full)
        return replace(self, names=labels, hide=hide, anonymous=True)

    @property
    def pairs(self) -> list[Pair]:
        return self.found.pairs

    @property
    def is_small(self) -> bool:
        """Whether the class has too few pairs to say what is usual in it."""
        return all(spread.pairs < FEWEST_PAIRS for spread in self.found.spreads.values())

    def stands_out(self, pair: Pair) -> bool:
        return pair.stands_out and not self.is_small

    @cached_property
    def standing_out(self) -> list[Pair]:
        return [pair for pair in self.pairs if self.stands_out(pair)]

    @cached_property
    def graph(self) -> Graph:
        return graph(self.standing_out, self.names)

    @cached_property
    def sides(self) -> list[tuple[Pair, list[Row]]]:
        """The first pairs with what they share: those that stand out, and some to compare with."""
        count = min(MOST_SIDES, max(LEAST_SIDES, len(self.standing_out)))
        return [
            (pair, side_by_side(self.hand_ins, self.found, pair)) for pair in self.pairs[:count]
        ]

    @cached_property
    def problems(self) -> list[tuple[str, str]]:
        return [
            (self.names[number], self.hide(problem))
            for number, own in enumerate(self.hand_ins)
            for problem in own.problems
        ]

    def segments(self, shown: Shown) -> list[tuple[str, bool]]:
        return [(self.hide(text), is_shared) for text, is_shared in shown.segments]

    def lines(self) -> list[str]:
        """The same in some sentences, for the terminal."""
        others = len(self.hand_ins) - self.size
        said = [f"{self.size} hand-ins" + (f", {others} of elsewhere" if others else "") + "."]
        if self.is_small:
            said.append("Too few to say what is usual among them: nothing is above the line.")
        else:
            count = len(self.standing_out)
            said.append(f"{count} of {self.found.sharing} pairs that share something stand out.")
        if self.problems:
            said.append(f"{len(self.problems)} things could not be compared: see the page.")
        return said
