"""The outcomes that a course keeps: whose they are, and which of them are old."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from grading.batch.teaching import Lessons
from grading.course import Course
from grading.intake.preparation import Preparation
from grading.model import summary as summaries
from grading.model.store import OutcomeStore

LESSON = "the masters' trainings"


@dataclass(frozen=True)
class KeptOutcome:
    """One stored outcome. students: whose it is, as STUDENT/ASSIGNMENT/NOTEBOOK."""

    key: str
    megabytes: float
    age: str
    students: list[str]


def kept_outcomes(course: Course) -> Iterator[KeptOutcome]:
    """Every stored outcome of a course."""
    users = _users(course)
    for path in OutcomeStore(course.root).entries():
        found = path.stat()
        written = datetime.fromtimestamp(found.st_mtime).strftime("%Y-%m-%d %H:%M")
        yield KeptOutcome(path.stem, found.st_size / 2**20, written, users.get(path.stem, []))


def delete_old(course: Course) -> list[int]:
    """Delete the outcomes that no submission has any more; returns their sizes in bytes.

    What the last run wrote about a submission says which ones it has; those of submissions that
    have changed since are kept until the next run.
    """
    users, store = _users(course), OutcomeStore(course.root)
    sizes = {path: path.stat().st_size for path in store.entries()}
    return [sizes.get(path, 0) for path in store.prune(set(users))]


def _users(course: Course) -> dict[str, list[str]]:
    users: dict[str, list[str]] = {}
    for assignment in course.assignments():
        for student in assignment.submissions():
            found = summaries.load(assignment, student)
            for row in found.notebooks if found else ():
                users.setdefault(row.key, []).append(f"{student}/{assignment}/{row.notebook}")
        for key in Lessons(assignment, Preparation(assignment)).keys():
            users.setdefault(key, []).append(f"{LESSON} of {assignment}")
    return users
