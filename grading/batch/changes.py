"""Which submissions of a class are new or changed since the last run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from nbgrader.api import Assignment as AssignmentEntry
from nbgrader.api import SubmittedAssignment

from grading.batch.key import SubmissionKeys
from grading.batch.plan import FORCED, GONE, PENALTY
from grading.course import Assignment, CourseError
from grading.model import summary as summaries
from grading.model.summary import SubmissionSummary
from grading.people.penalties import unsettled

CHANGED = "changed"


class Change(NamedTuple):
    """A submission: its key and a digest of its files (empty: it can't be read), what the last run
    wrote about it, and why it is to be graded (None: it is not)."""

    student: str
    key: str
    handed_in: str
    before: SubmissionSummary | None
    why: str | None


def changes(assignment: Assignment, students: tuple[str, ...], force: bool) -> Iterator[Change]:
    """Every submission of an assignment, or those of `students`.

    Raises CourseError when one of these is not there.
    """
    keys, known = SubmissionKeys(assignment), assignment.submissions()
    if unknown := set(students) - set(known):
        raise CourseError(
            f"No submission of {', '.join(sorted(unknown))} in submitted/: check the name."
        )
    recorded, late = _recorded(assignment), unsettled(assignment)
    for student in students or known:
        before = summaries.load(assignment, student)
        try:
            handed_in = keys.handed_in(student)
        except OSError as error:
            yield Change(student, "", "", before, f"a file could not be read: {error}")
            continue
        key, why = keys.key(handed_in), None
        if force:
            why = FORCED
        elif before is None or before.key != key:
            why = CHANGED
        elif student not in recorded or not _has_feedback(assignment, student):
            why = GONE
        elif student in late:
            why = PENALTY
        yield Change(student, key, handed_in, before, why)


def _recorded(assignment: Assignment) -> set[str]:
    """Students whose submission the gradebook holds."""
    with assignment.course.gradebook() as gradebook:
        rows = gradebook.db.query(SubmittedAssignment.student_id).join(AssignmentEntry)
        return {student for (student,) in rows.filter(AssignmentEntry.name == assignment.name)}


def _has_feedback(assignment: Assignment, student: str) -> bool:
    graded = (assignment.autograded(student)).glob("*.ipynb")
    folder = assignment.feedback(student)
    return all((folder / f"{path.stem}.html").is_file() for path in graded)
