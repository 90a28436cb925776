"""Marks that a run would change though the student did nothing: who moves, and because of what."""

from __future__ import annotations

from dataclasses import dataclass

from nbgrader.api import MissingEntry

from grading.batch.plan import Plan
from grading.batch.store import OutcomeStore
from grading.batch.summary import SubmissionSummary
from grading.course import Course

OWN = {"the notebook", "the files beside it"}  # what a student may have changed


@dataclass(frozen=True)
class Move:
    """One mark that is not what was recorded.

    by_hand: the mark that a person has given instead, which stays; None where nobody has.
    """

    student: str
    notebook: str
    check: str
    before: float
    after: float
    by_hand: float | None = None

    @property
    def change(self) -> float:
        """What the student's total gains by it."""
        return 0 if self.by_hand is not None else self.after - self.before


def moves(course: Course, assignment: str, planned: Plan, found: SubmissionSummary) -> list[Move]:
    """The automatic marks of one submission that differ from those recorded.

    None for a submission that was not recorded yet, or of which only what the student handed in
    has changed since.
    """
    if planned.before is None or planned.changed and planned.changed <= OWN:
        return []
    recorded = _recorded(course, assignment, planned.student)
    store, rows = OutcomeStore(course.root), {row.notebook: row for row in found.notebooks}
    moved = []
    for (notebook, check), (before, by_hand) in recorded.items():
        row = rows.get(notebook)
        outcome = store.get(row.key) if row and row.key else None
        if outcome is None or before is None:
            continue
        after = {each.grade_id: each.earned for each in outcome.checks}.get(check)
        if after is not None and after != before:
            moved.append(Move(planned.student, notebook, check, before, after, by_hand))
    return moved


def _recorded(course: Course, assignment: str, student: str) -> dict:
    """(notebook, check) → the automatic mark and the one given by hand, in the gradebook."""
    with course.gradebook() as gradebook:
        try:
            submission = gradebook.find_submission(assignment, student)
        except MissingEntry:
            return {}
        return {
            (notebook.name, grade.name): (grade.auto_score, grade.manual_score)
            for notebook in submission.notebooks
            for grade in notebook.grades
        }
