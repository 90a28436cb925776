"""The marks that the gradebook holds of each submission: automatic ones and those by hand."""

from dataclasses import dataclass
from pathlib import Path

from nbgrader.api import Assignment as AssignmentEntry
from nbgrader.api import (
    BaseCell,
    Gradebook,
    MissingEntry,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.api import Grade as Entry
from sqlalchemy import func
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import aliased

from grading.course import Assignment, Course, CourseError


@dataclass
class Marks:
    """Marks of one submission, as nbgrader keeps them.

    automatic: of test cells. written: of questions, answers in code that a person marks among them.
    ungraded: questions without a mark yet.
    penalty: the marks taken off for lateness, as recorded.
    """

    automatic: float = 0
    written: float = 0
    ungraded: int = 0
    penalty: float = 0


def recorded(assignment: Assignment) -> tuple[dict[str, Marks], float]:
    """The marks of every recorded submission by folder, and the most that can be earned.

    Raises CourseError when there is no gradebook, or no such assignment in it or in source/.
    """
    assignment.master_paths()
    if not has_gradebook(assignment.course):
        raise CourseError(
            f"No gradebook yet: run 'python -m grading run {assignment}' first, which makes it."
        )
    with assignment.course.gradebook() as gradebook:
        try:
            available = gradebook.find_assignment(assignment.name).max_score
        except MissingEntry:
            raise CourseError(
                f"The gradebook does not know {assignment}: run 'python -m grading build "
                f"{assignment}', then 'python -m grading run {assignment}'."
            ) from None
        return _by_folder(gradebook, assignment), available


def has_gradebook(course: Course) -> bool:
    """Whether there is a gradebook; a database file that is missing is not created by asking."""
    try:
        url = make_url(course.db_url)
    except ArgumentError:
        return True  # opening it will say what is wrong with the address
    if url.get_backend_name() != "sqlite" or not url.database:
        return True
    return Path(url.database).is_file()


def _by_folder(gradebook: Gradebook, assignment: Assignment) -> dict[str, Marks]:
    db, by_folder = gradebook.db, {}
    submissions = (
        db.query(
            SubmittedAssignment.student_id,
            func.coalesce(func.sum(SubmittedNotebook.late_submission_penalty), 0.0),
        )
        .join(AssignmentEntry, AssignmentEntry.id == SubmittedAssignment.assignment_id)
        .outerjoin(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .filter(AssignmentEntry.name == assignment.name)
        .group_by(SubmittedAssignment.student_id)
    )
    for folder, penalty in submissions:
        by_folder[folder] = Marks(penalty=penalty)
    for folder, is_test, score, is_open in _entries(db, assignment):
        marks = by_folder[folder]
        if is_test:
            marks.automatic += score
        else:
            marks.written += score
            marks.ungraded += is_open
    return by_folder


def _entries(db, assignment: Assignment):
    """For each graded cell: folder, whether it is a test, its mark, whether it is unmarked yet.

    A cell that gives marks and holds an answer too is two cells in the gradebook, of one name.
    """
    answer = aliased(BaseCell)
    is_answer = (
        (answer.notebook_id == BaseCell.notebook_id)
        & (answer.name == BaseCell.name)
        & (answer.type == "SolutionCell")
    )
    rows = (
        db.query(
            SubmittedAssignment.student_id,
            BaseCell.type,
            Entry.cell_type,
            answer.id,
            Entry.score,
            Entry.auto_score,
            Entry.manual_score,
        )
        .select_from(Entry)
        .join(BaseCell, BaseCell.id == Entry.cell_id)
        .outerjoin(answer, is_answer)
        .join(SubmittedNotebook, SubmittedNotebook.id == Entry.notebook_id)
        .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
        .join(AssignmentEntry, AssignmentEntry.id == SubmittedAssignment.assignment_id)
        .filter(AssignmentEntry.name == assignment.name)
    )
    for folder, kind, cell_type, answer_id, score, automatic, manual in rows:
        is_test = kind == "GradeCell" and cell_type == "code" and answer_id is None
        yield folder, is_test, score, automatic is None and manual is None
