"""The outcomes that a course keeps: whose they are, and which of them nobody has any more."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from grading.batch.run import alone
from grading.batch.teaching import lessons
from grading.course import Course
from grading.intake.preparation import Preparation
from grading.model import summary as summaries
from grading.model.store import OutcomeStore

LESSON = "the masters' trainings"


@dataclass(frozen=True)
class KeptOutcome:
    """One stored outcome.

    written: when, in local time. users: who needs it, as STUDENT/ASSIGNMENT/NOTEBOOK.
    """

    key: str
    megabytes: float
    written: str
    users: list[str]


def kept_outcomes(course: Course) -> Iterator[KeptOutcome]:
    """Every stored outcome of a course."""
    users = _users_by_key(course)
    for path in OutcomeStore(course.root).entries():
        status = path.stat()
        written = datetime.fromtimestamp(status.st_mtime).strftime("%Y-%m-%d %H:%M")
        yield KeptOutcome(path.stem, status.st_size / 2**20, written, users.get(path.stem, []))


def prune(course: Course) -> list[int]:
    """Delete the outcomes that no submission has any more; returns their sizes in bytes.

    Raises CourseError when a run is at work: its outcomes belong to no submission until each
    submission is recorded.
    """
    with alone(course):
        return delete_unused(course)


def delete_unused(course: Course) -> list[int]:
    """What `prune` does, for a caller that holds the lock of a run.

    The summaries that the last run wrote say which outcomes each submission has; the outcomes of a
    submission that has changed since then are kept until the next run.
    """
    users, store = _users_by_key(course), OutcomeStore(course.root)
    sizes = {path: path.stat().st_size for path in store.entries()}
    return [sizes.get(path, 0) for path in store.prune(set(users))]


def _users_by_key(course: Course) -> dict[str, list[str]]:
    users: dict[str, list[str]] = {}
    for assignment in course.assignments():
        for name in assignment.submissions():
            summary = summaries.load(assignment, name)
            for row in summary.notebooks if summary else ():
                users.setdefault(row.key, []).append(f"{name}/{assignment}/{row.notebook}")
        for job in lessons(Preparation(assignment)):
            users.setdefault(job.key, []).append(f"{LESSON} of {assignment}")
    return users
