"""The report of a class: one page, opened from disk."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from pathlib import Path

from grading.course import Assignment, Course, CourseError
from grading.model.outcome import Incident
from grading.pages.page import write_page
from grading.people.grades import grades
from grading.reporting import tables
from grading.reporting.anonymous import anonymous as without_ids
from grading.reporting.gather import Grading, gather
from grading.reporting.held import Held, held
from grading.reporting.statistics import BINS, SMALLEST, Spread, histogram, spread
from grading.reporting.submissions import Class, Person, Submission
from grading.results.export import OURS, write_table

MOST_COMMON = 12
FORMGRADER = "http://localhost:8888"  # where `jupyter lab` is unless that port is taken
NOT_HANDED_IN, NOT_GRADED, FOLDER_GONE = "not handed in", "not graded", "its folder is gone"


def write_class(
    assignment: Assignment,
    fresh: Mapping[str, Grading] | None = None,
    anonymous: bool = False,
) -> list[Path]:
    """Write reports/ASSIGNMENT.html and the grades, reports/ASSIGNMENT-grades.csv, or only
    reports/ASSIGNMENT-anonymous.html; returns their paths.

    fresh: the gradings of a run that has just ended. The anonymous page has a name of its own, so
    that the next run, which writes the page with ids, does not overwrite it.
    Raises CourseError as `grading.reporting.gather.gather` does, and when a file can't be written.
    """
    class_ = gather(assignment, fresh)
    try:
        if anonymous:
            return [write_report_page(without_ids(class_))]
        page = write_report_page(class_)
        table = write_table(assignment, OURS, grades(assignment))
    except OSError as error:
        raise CourseError(f"{error.filename}: not written: {error.strerror}.") from error
    return [page, table]


def write_report_page(class_: Class) -> Path:
    """Write the page of a class that `gather` has gathered; returns its path. Raises OSError."""
    name = f"{class_.assignment}-anonymous" if class_.anonymous else str(class_.assignment)
    return write_page(class_.assignment.course, name, "report.html.j2", c=Report(class_))


@dataclass(frozen=True)
class Row:
    """A student in the list. marks: (automatic marks, page of feedback) of each notebook."""

    person: Person
    status: str
    needs_a_look: bool
    marks: list[tuple[float | None, str]]
    seconds: float | None
    kept: bool


@dataclass(frozen=True)
class Bar:
    """A bar of the histogram. height: its share of the highest one."""

    label: str
    count: int
    height: float


class Report:
    """What the page shows; the template asks for it by name."""

    smallest = SMALLEST
    formgrader = FORMGRADER
    most_common = MOST_COMMON
    hardly, against = tables.HARDLY, tables.AGAINST

    def __init__(self, class_: Class):
        self.class_ = class_

    # --- Marks --------------------------------------------------------------------------------

    @cached_property
    def marked(self) -> list[Person]:
        """Students with a submission whose marks are recorded."""
        return [p for p in self.class_.people if p.submission and p.share is not None]

    @cached_property
    def final(self) -> int:
        return sum(person.final for person in self.marked)

    @cached_property
    def available(self) -> float:
        return max((person.available for person in self.class_.people), default=0)

    @cached_property
    def totals(self) -> Spread | None:
        return spread([person.total for person in self.marked])

    @cached_property
    def shares(self) -> Spread | None:
        return spread([person.share for person in self.marked])

    @cached_property
    def histogram(self) -> list[Bar]:
        counts = histogram([person.share for person in self.marked])
        width, most = 100 // BINS, max(counts) or 1
        return [
            Bar(f"{index * width}–{(index + 1) * width}", count, count / most)
            for index, count in enumerate(counts)
        ]

    @cached_property
    def absent(self) -> list[Person]:
        return [person for person in self.class_.people if not person.submission]

    @cached_property
    def by_notebook(self) -> list[tables.Marks]:
        return tables.by_notebook(self.class_)

    @cached_property
    def by_exercise(self) -> list[tables.Marks]:
        return tables.by_exercise(self.class_)

    # --- Checks -------------------------------------------------------------------------------

    @cached_property
    def checks(self) -> list[tables.Check]:
        return tables.checks(self.class_)

    @cached_property
    def reasons(self) -> list:
        return tables.failures(self.class_)

    @property
    def no_reasons(self) -> str:
        """What there is to say where no reason can be shown."""
        if all(check.passed == check.ran for check in self.checks):
            return "No check is known to have failed." if self.not_kept else "No check failed."
        if self.class_.anonymous:
            return "No reason is known that two submissions have in common."
        return "Why checks failed is not kept."

    @cached_property
    def reasons_by_check(self) -> list:
        return tables.by_check(self.reasons, self.class_.items)

    @cached_property
    def titles(self) -> dict[tuple[str, str], str]:
        return {(item.notebook, item.name): item.title for item in self.class_.items}

    @cached_property
    def efforts(self) -> list[tables.Effort]:
        return tables.efforts(self.class_)

    @cached_property
    def not_kept(self) -> int:
        """How many submissions have lost an outcome: it was kept once and is not any more."""
        return sum(not _is_kept(submission) for submission in self.class_.submissions)

    # --- To do --------------------------------------------------------------------------------

    @cached_property
    def held(self) -> list[Held]:
        return held(self.class_)

    @cached_property
    def held_by_kind(self) -> list[tuple[str, str, list[Held]]]:
        """The kinds of what is held for a look, each with its advice and its rows."""
        kinds = groupby(self.held, lambda row: (row.kind, row.advice))
        return [(kind, advice, list(rows)) for (kind, advice), rows in kinds]

    @cached_property
    def incidents(self) -> list[tuple[str, str, str, str]]:
        """Submission, notebook, cell and text of everything that was noted."""
        return [
            (submission.name, notebook, incident.cell, incident.text)
            for submission in self.class_.submissions
            for notebook, run in submission.runs.items()
            for incident in (*(Incident("", note) for note in run.notes), *run.incidents)
        ]

    @cached_property
    def to_mark(self) -> list[tables.ToMark]:
        return tables.to_mark(self.class_)

    @cached_property
    def late(self) -> list[Person]:
        return tables.late(self.class_)

    # --- Students -----------------------------------------------------------------------------

    @cached_property
    def students(self) -> list[Row]:
        by_name = {submission.name: submission for submission in self.class_.submissions}
        return [self._row(person, by_name.get(person.submission)) for person in self.class_.people]

    def _row(self, person: Person, submission: Submission | None) -> Row:
        if submission is None:
            status = FOLDER_GONE if person.submission else NOT_HANDED_IN
            nothing = [(None, "")] * len(self.class_.masters)
            return Row(person, status, bool(person.submission), nothing, None, True)
        runs = submission.runs
        marks = []
        for master in self.class_.masters:
            run = runs.get(master.name)
            earned = submission.marks([item for item in master.items if not item.written])
            if earned is None and run is not None:
                earned = run.marks
            marks.append((earned, run.page if run else ""))
        seconds = [run.seconds for run in runs.values() if run.seconds is not None]
        return Row(
            person,
            str(submission.status or NOT_GRADED),
            submission.status is None or submission.status.needs_a_look,
            marks,
            sum(seconds) if seconds else None,
            _is_kept(submission),
        )


def _is_kept(submission: Submission) -> bool:
    return not any(run.lost for run in submission.runs.values())


def listed(course: Course, paths: list[Path]) -> str:
    return ", ".join(path.relative_to(course.root).as_posix() for path in paths)
