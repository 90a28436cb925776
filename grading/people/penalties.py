"""Late penalties as nbgrader keeps them: its due date, its extension, its plugin."""

from datetime import UTC, timedelta

from nbformat import NotebookNode
from nbgrader.api import Assignment as AssignmentEntry
from nbgrader.api import (
    Notebook,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.plugins import LateSubmissionPlugin
from nbgrader.preprocessors.base import NbGraderPreprocessor

from grading.course import Assignment, Course, find_root
from grading.gradebook.ledger import open_gradebook
from grading.intake.files import notebook_path
from grading.people.lateness import Deadlines, extension_hours, lateness_by, takes_marks

CENT = 0.005  # marks; penalties that differ by less are the same


class SetDueDate(NbGraderPreprocessor):
    """Writes the configured deadline and the submission's extension into the gradebook.

    A step of autograde before `AssignLatePenalties`, which asks the gradebook who is late. Without
    a deadline in the configuration the gradebook's own stays as it is, and costs nothing.
    """

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        where = resources["nbgrader"]
        assignment = Course(find_root()).assignment(where["assignment"])
        deadline = Deadlines.of(self.config).deadline(assignment.name)
        if deadline is not None:
            hours = extension_hours(assignment, where["student"])
            with open_gradebook(where["db_url"]) as gradebook:
                submission = gradebook.find_submission(assignment.name, where["student"])
                submission.assignment.duedate = deadline.astimezone(UTC).replace(tzinfo=None)
                submission.extension = timedelta(hours=hours) if hours else None
                gradebook.db.commit()
        return nb, resources


class LatePenalty(LateSubmissionPlugin):
    """nbgrader's plugin (`c.AssignLatePenalties`) that takes the share of `Lateness` off a
    notebook's marks."""

    def late_submission_penalty(
        self, student_id: str, score: float, total_seconds_late: float
    ) -> float | None:
        # nbgrader counts from the deadline as it is in the gradebook and knows no grace.
        assignment = Course(find_root()).assignment(self.parent.assignment_id)
        late = lateness_by(Deadlines.of(self.config), assignment, student_id)
        return None if late is None else late.penalty * score


def unsettled(assignment: Assignment) -> set[str]:
    """The recorded submissions whose penalty is not what it would be now.

    That happens when an extension changes in students.csv or marks are given by hand after the
    recording. The set is empty where another plugin decides the penalty. Raises CourseError as
    `lateness` does.
    """
    deadlines = Deadlines.of(assignment.course.config)
    if not takes_marks(assignment.course):
        return set()
    with assignment.course.gradebook() as gradebook:
        rows = (
            gradebook.db.query(
                SubmittedAssignment.student_id,
                Notebook.name,
                SubmittedNotebook.score,
                SubmittedNotebook.late_submission_penalty,
            )
            .join(AssignmentEntry, AssignmentEntry.id == SubmittedAssignment.assignment_id)
            .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
            .join(Notebook, Notebook.id == SubmittedNotebook.notebook_id)
            .filter(AssignmentEntry.name == assignment.name)
            .all()
        )
    changed, shares = set(), {}
    for folder, notebook, score, penalty in rows:
        if not notebook_path(assignment.submitted(folder), notebook).exists():
            continue  # autograde leaves it alone
        if folder not in shares:
            late = lateness_by(deadlines, assignment, folder)
            shares[folder] = 0 if late is None else late.penalty
        if abs(shares[folder] * max(0, score) - (penalty or 0)) > CENT:
            changed.add(folder)
    return changed
