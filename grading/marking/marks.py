"""Marks and comments in nbgrader's gradebook, written only over what the marker has seen."""

import hashlib
import math
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from nbgrader import api
from nbgrader.api import (
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    Notebook,
    SubmittedAssignment,
    SubmittedNotebook,
)

from grading.course import Assignment, CourseError
from grading.gradebook.answers import Kept, kept_answers
from grading.gradebook.ledger import Ledger, engine_of, transaction
from grading.marking.questions import Question

LONGEST = 20_000  # characters of a comment


class State(NamedTuple):
    """What the gradebook holds of an answer that a person may change.

    mark: what a person gave, None where nobody did. waits: whether a person has still to mark it.
    """

    mark: float | None
    comment: str | None
    waits: bool


class Entry(NamedTuple):
    """An answer in the gradebook. automatic: nbgrader's own mark, 0 for an untouched answer. kept:
    its text, and what was given to it before it changed."""

    submission: str
    state: State
    automatic: float | None
    kept: Kept


class Change(NamedTuple):
    """A state that was shown, and the one to put in its place."""

    seen: State
    to: State


class Stale(Exception):
    """Somebody else has changed some of the answers; nothing was written.

    now: what the gradebook holds of those, by id; None for one that it holds no more.
    """

    def __init__(self, now: dict[str, State | None]):
        super().__init__(f"{len(now)} answers were changed elsewhere")
        self.now = now


class Unfit(Exception):
    """A mark or comment that can't be saved; the message says why."""


def entries(assignment: Assignment, question: Question) -> dict[str, Entry]:
    """All answers to a question in the gradebook, by an id that tells nobody's name."""
    with assignment.course.gradebook() as gradebook:
        return _entries(gradebook, assignment, question)


def counts(assignment: Assignment, asked: Iterable[Question]) -> dict[tuple[str, str], list[int]]:
    """How many answers each question has and how many of them wait, by notebook and name."""
    found = {(question.notebook, question.name): [0, 0] for question in asked}
    with assignment.course.gradebook() as gradebook:
        rows = _of(assignment, gradebook.db.query(Notebook.name, BaseCell.name, Grade)).all()
    for notebook, cell, grade in rows:
        if (notebook, cell) in found:
            found[notebook, cell][0] += 1
            found[notebook, cell][1] += bool(grade.needs_manual_grade)
    return found


def save(
    assignment: Assignment, question: Question, changes: Mapping[str, Change]
) -> dict[str, State]:
    """Put new marks and comments into the gradebook, all of them or none.

    changes: by the ids of `entries`. Returns what the gradebook holds of them then. Raises Stale
    when it did not hold what was seen, Unfit for marks or comments that no question of these has.
    """
    for change in changes.values():
        _require_fit(change.to, question)
    engine = engine_of(assignment.course)
    try:
        with transaction(engine) as connection:
            ledger = Ledger(connection)
            try:
                return _saved(ledger, assignment, question, changes)
            finally:
                ledger.close()
    finally:
        engine.dispose()


def _saved(
    ledger: Ledger, assignment: Assignment, question: Question, changes: Mapping[str, Change]
) -> dict[str, State]:
    numbers = [name.partition("-")[0] for name in changes]
    rows = _named(ledger, _rows(ledger, assignment, question, numbers))
    now = {name: _state(grade, comment) for name, (grade, comment, *_) in rows.items()}
    if stale := {n: now.get(n) for n, change in changes.items() if now.get(n) != change.seen}:
        raise Stale(stale)
    for name, (grade, comment, *_) in rows.items():
        to = changes[name].to
        grade.manual_score, grade.needs_manual_grade = to.mark, to.waits
        if comment is not None:
            comment.manual_comment = to.comment or None
        elif to.comment:
            raise CourseError(f"The gradebook has no place for a comment to {question.name}.")
    ledger.db.commit()  # ends no transaction here: see Ledger
    return {name: changes[name].to for name in rows}


def _require_fit(state: State, question: Question) -> None:
    if state.mark is not None and not (
        math.isfinite(state.mark) and 0 <= state.mark <= question.points
    ):
        raise Unfit(f"{state.mark:g} is no mark from 0 to {question.points:g}")
    if state.comment and len(state.comment) > LONGEST:
        raise Unfit(f"a comment has at most {LONGEST} characters")


def _entries(gradebook: Gradebook, assignment: Assignment, question: Question) -> dict[str, Entry]:
    rows = _named(gradebook, _rows(gradebook, assignment, question))
    return {
        name: Entry(submission, _state(grade, comment), grade.auto_score, kept)
        for name, (grade, comment, submission, kept) in rows.items()
    }


def _named(gradebook: Gradebook, rows: dict[str, tuple]) -> dict[str, tuple]:
    """Rows by ids of answers, each with what is kept of it.

    An id is that of the grade and a digest of what was answered: once another answer is recorded, a
    page that shows the one before knows none of it, and can't give it a mark.
    """
    kept = kept_answers(gradebook.db.connection(), rows)
    found = {}
    for number, row in rows.items():
        own = kept.get(number, Kept())
        digest = hashlib.sha256((own.text or "").encode()).hexdigest()[:8]
        found[f"{number}-{digest}"] = (*row, own)
    return found


def _rows(
    gradebook: Gradebook, assignment: Assignment, question: Question, only: list[str] | None = None
) -> dict[str, tuple[Grade, Comment | None, str]]:
    """Grade, comment and submission of each answer, by the grade's id.

    only: the ids of those that are about to be written; their rows are locked till the transaction
    ends, where the database locks rows (SQLite has locked the whole of it).
    """
    grades = _of(assignment, gradebook.db.query(Grade, SubmittedAssignment.student_id))
    grades = grades.filter(Notebook.name == question.notebook, BaseCell.name == question.name)
    if only is not None:
        grades = grades.filter(Grade.id.in_(only)).with_for_update(of=Grade)
    found = grades.all()
    comments = gradebook.db.query(Comment).join(BaseCell, BaseCell.id == Comment.cell_id)
    comments = comments.filter(
        BaseCell.name == question.name,
        Comment.notebook_id.in_([grade.notebook_id for grade, _ in found]),
    )
    if only is not None:
        comments = comments.with_for_update(of=Comment)
    by_notebook = {comment.notebook_id: comment for comment in comments}
    return {
        grade.id: (grade, by_notebook.get(grade.notebook_id), submission)
        for grade, submission in found
    }


def _of(assignment: Assignment, query):
    """The same query of grades, for the submissions of one assignment."""
    return (
        query.join(BaseCell, BaseCell.id == Grade.cell_id)
        .join(SubmittedNotebook, SubmittedNotebook.id == Grade.notebook_id)
        .join(Notebook, Notebook.id == SubmittedNotebook.notebook_id)
        .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
        .join(api.Assignment, api.Assignment.id == SubmittedAssignment.assignment_id)
        .filter(api.Assignment.name == assignment.name)
    )


def _state(grade: Grade, comment: Comment | None) -> State:
    written = comment.manual_comment if comment is not None else None
    return State(grade.manual_score, written or None, bool(grade.needs_manual_grade))
