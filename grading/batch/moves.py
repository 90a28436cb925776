"""Marks that a run would change though the student did nothing: who moves, and because of what."""

from dataclasses import dataclass
from datetime import timedelta

from nbgrader.api import MissingEntry

from grading.batch.plan import NEW, Plan
from grading.course import Assignment
from grading.model.outcome import Outcome, Status
from grading.people.lateness import Deadlines, lateness_by, takes_marks

LATE = "the late penalty"
EXTENSION = "the extension set by hand"
CENT = 0.005  # of a mark; what is less apart is the same penalty
OWN = {"the notebook", "the files beside it", NEW}  # what a student may have changed


@dataclass(frozen=True)
class Move:
    """One mark that is not what was recorded, or an extension (in hours) that would be overwritten.

    by_hand: the mark that a person has given instead, which stays; None where nobody has.
    """

    submission: str
    notebook: str
    check: str
    before: float
    after: float
    by_hand: float | None = None

    @property
    def change(self) -> float:
        """What the submission's total gains by it."""
        stays = self.by_hand is not None or self.check == EXTENSION
        return 0 if stays else self.after - self.before


def moves(
    assignment: Assignment, plan: Plan, outcomes: dict[str, Outcome], extension: float | None
) -> list[Move]:
    """The automatic marks of one submission that differ from those recorded, if it was.

    Not those of a notebook of which only what the student handed in has changed, nor the penalty of
    who has handed in again, nor a zero of the last run, of a notebook in which a test could not
    run. Where it is not known what was handed in before, all that differ.
    outcomes: by notebook. extension: hours that are about to be written; None where none are.
    """
    name, before = plan.change.submission, plan.change.before
    again = plan.change.came_again
    share = None if again else _penalty_share(assignment, name)
    set_by_hand, notebooks = _recorded(assignment, name)
    rows = before.notebooks if before else []
    not_run = {row.notebook for row in rows if row.status is Status.TEST_NOT_RUN}
    moved = []
    if extension is not None and set_by_hand not in (0, extension, before and before.extension):
        moved.append(Move(name, "", EXTENSION, set_by_hand, extension))
    for notebook, recorded in notebooks.items():
        if notebook not in outcomes or (again and plan.changed[notebook] <= OWN):
            continue
        failed = (
            notebook in not_run
        )  # what is missing by a failure of ours comes without a question
        earned = {check.grade_id: check.earned for check in outcomes[notebook].checks}
        own = [
            Move(name, notebook, check, mark, earned[check], by_hand)
            for check, (mark, by_hand) in recorded.checks.items()
            if check in earned and mark not in (None, earned[check]) and not (failed and mark == 0)
        ]
        if share is not None:
            penalty = share * max(0, recorded.score + sum(move.change for move in own))
            if abs(penalty - recorded.penalty) > CENT:
                own.append(Move(name, notebook, LATE, 0 - recorded.penalty, 0 - penalty))
        moved += own
    return moved


@dataclass(frozen=True)
class _Recorded:
    """One notebook in the gradebook. checks: the automatic mark and the one given by hand."""

    checks: dict[str, tuple[float | None, float | None]]
    score: float
    penalty: float


def _recorded(assignment: Assignment, submission: str) -> tuple[float, dict[str, _Recorded]]:
    """The extension of a submission in the gradebook, in hours, and its notebooks there."""
    with assignment.course.gradebook() as gradebook:
        try:
            entry = gradebook.find_submission(assignment.name, submission)
        except MissingEntry:
            return 0, {}
        hours = (entry.extension or timedelta(0)) / timedelta(hours=1)
        return hours, {
            notebook.name: _Recorded(
                {grade.name: (grade.auto_score, grade.manual_score) for grade in notebook.grades},
                notebook.score,
                notebook.late_submission_penalty or 0,
            )
            for notebook in entry.notebooks
        }


def _penalty_share(assignment: Assignment, submission: str) -> float | None:
    """The share of the marks that lateness takes now; None where that is not ours to say."""
    deadlines = Deadlines.of(assignment.course.config)
    if not takes_marks(assignment.course):
        return None
    late = lateness_by(deadlines, assignment, submission)
    return 0 if late is None else late.penalty
