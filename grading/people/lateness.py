"""Deadlines: when an assignment is due, for whom it is due later, and what being late costs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from nbgrader.coursedir import CourseDirectory
from traitlets import Dict, Float, TraitError
from traitlets.config import Config, Configurable

from grading.course import Assignment, Course, CourseError
from grading.intake.reading import read_timestamp
from grading.people.clock import days_begun, extended, oddity
from grading.people.pairs import members
from grading.people.roster import MOST_HOURS, Student, read_students

PLUGIN = "grading.people.penalties.LatePenalty"
HOW = 'Write it as "2026-11-30 23:59 America/Guatemala": date, time, a zone of the tz database'


class Deadlines(Configurable):
    """When assignments are due: `c.Deadlines` in grader_config.py. Without one nobody is late."""

    due = Dict(help='Assignment → "2026-11-30 23:59 America/Guatemala".').tag(config=True)
    penalty_per_day = Float(
        0.0, min=0, max=1, help="Share of the marks earned that each day begun costs."
    ).tag(config=True)
    most = Float(1.0, min=0, max=1, help="The largest share that is taken.").tag(config=True)
    grace_minutes = Float(0.0, min=0, help="A hand-in this late is still in time.").tag(config=True)
    extensions = Dict(help="(assignment, student) → hours that the deadline is later.").tag(
        config=True
    )

    @classmethod
    def of(cls, config: Config) -> Deadlines:
        """The deadlines of a configuration.

        Raises CourseError for a date, zone, share or extension that can't be read; the message says
        how to write it.
        """
        try:
            deadlines = cls(config=config)
        except TraitError as error:
            raise CourseError(f"grader_config.py, c.Deadlines: {error}") from None
        for assignment in deadlines.due:
            deadlines.deadline(assignment)
        for key, hours in deadlines.extensions.items():
            _require_extension(key, hours)
        return deadlines

    def deadline(self, assignment: str) -> datetime | None:
        """When an assignment is due, in its own zone; None when that is not configured."""
        text = self.due.get(assignment)
        return None if text is None else _moment(assignment, text)

    def extension(self, assignment: str, ids: list[str], students: dict[str, Student]) -> float:
        """Hours that a submission's deadline is later: the longest that one of `ids` has."""
        hours = [self.extensions.get((assignment, id_), 0) for id_ in ids]
        hours += [students[id_].extension_hours for id_ in ids if id_ in students]
        return max(hours, default=0)

    def share(self, days: int) -> float:
        """The share of the marks (0 to 1) that being late costs; a day begun counts in full."""
        return min(self.most, self.penalty_per_day * days)


@dataclass(frozen=True)
class Lateness:
    """When a submission was due, and when it was handed in.

    deadline: the assignment's, in its zone, without the extension. handed_in: in the same zone.
    hours_late: after deadline and extension; 0 within the minutes of grace.
    penalty: share of the marks earned, 0 to 1.
    """

    deadline: datetime
    handed_in: datetime
    hours_late: float
    extension_hours: float
    penalty: float


def lateness(assignment: Assignment, folder: str) -> Lateness | None:
    """How late `submitted/FOLDER` was handed in; None without a deadline or without a time.

    The time is that of nbgrader's timestamp.txt. In a pair the longer extension counts.
    Raises CourseError for a deadline, an extension or a students.csv that can't be read.
    """
    return lateness_by(Deadlines.of(assignment.course.config), assignment, folder)


def lateness_by(deadlines: Deadlines, assignment: Assignment, folder: str) -> Lateness | None:
    """`lateness`, with deadlines that have been read already."""
    deadline = deadlines.deadline(assignment.name)
    came = handed_in(assignment, folder)
    if deadline is None or came is None:
        return None
    students = read_students(assignment.course)
    extension = deadlines.extension(assignment.name, members(folder, students), students)
    end = extended(deadline, extension)
    # In UTC: the difference of two times of one zone forgets the hour by which its clock changed.
    late = came - end.astimezone(UTC)
    is_late = late > timedelta(minutes=deadlines.grace_minutes)
    hours = late / timedelta(hours=1) if is_late else 0.0
    share = deadlines.share(days_begun(end, came) if is_late else 0)
    return Lateness(deadline, came.astimezone(deadline.tzinfo), hours, extension, share)


def extension_hours(assignment: Assignment, folder: str) -> float | None:
    """What a run writes into the gradebook as a submission's extension; None without a deadline."""
    deadlines = Deadlines.of(assignment.course.config)
    if deadlines.deadline(assignment.name) is None:
        return None
    students = read_students(assignment.course)
    return deadlines.extension(assignment.name, members(folder, students), students)


def takes_marks(course: Course) -> bool:
    """Whether nbgrader takes off what `Lateness` says: grader_config.py names our plugin for late
    penalties, not one of the instructor's."""
    plugin = course.config.AssignLatePenalties.get("plugin_class", "")
    name = plugin if isinstance(plugin, str) else f"{plugin.__module__}.{plugin.__qualname__}"
    return name == PLUGIN


def handed_in(assignment: Assignment, folder: str) -> datetime | None:
    """When a submission was handed in, in UTC, by its timestamp.txt; None without a time in it."""
    directory = CourseDirectory()
    moment = read_timestamp(directory, str(assignment.submitted(folder)))
    return None if moment is None else moment.replace(tzinfo=UTC)


def _moment(assignment: str, text: str) -> datetime:
    where = f"grader_config.py, c.Deadlines.due[{assignment!r}] = {text!r}"
    if not isinstance(text, str) or len(parts := text.split()) != 3:
        raise CourseError(f"{where}: not a date, a time and a zone. {HOW}.")
    try:
        moment = datetime.strptime(f"{parts[0]} {parts[1]}", "%Y-%m-%d %H:%M")
    except ValueError:
        raise CourseError(f"{where}: no such date or time. {HOW}.") from None
    try:
        zone = ZoneInfo(parts[2])
    except (OSError, ValueError, LookupError):  # ZoneInfoNotFoundError is a LookupError
        raise CourseError(
            f"{where}: no time zone {parts[2]!r}. {HOW}; UTC is one, and where the system has no "
            "zones, 'pip install tzdata' brings them."
        ) from None
    if odd := oddity(moment, zone):
        raise CourseError(
            f"{where}: that hour {odd}, because the clock is changed that night in {parts[2]}. "
            "Write a time before or after it."
        )
    return moment.replace(tzinfo=zone)


def _require_extension(key, hours) -> None:
    is_key = isinstance(key, tuple) and len(key) == 2 and all(isinstance(k, str) for k in key)
    is_number = isinstance(hours, (int, float)) and not isinstance(hours, bool)
    if not (is_key and is_number and 0 <= hours <= MOST_HOURS):
        raise CourseError(
            f"grader_config.py, c.Deadlines.extensions[{key!r}] = {hours!r}: write "
            '("lab3", "20210001"): 48, the hours (a year at most) that this student has longer.'
        )
