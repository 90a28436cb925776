"""Whether a student's pages of feedback show the marks that the gradebook holds now."""

import hashlib
import json
from collections import defaultdict

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

from grading.course import Assignment
from grading.files import write_whole

FILE = ".marks"  # beside the pages: the digest of the marks and comments that they show


def digests(
    gradebook: Gradebook, assignment: Assignment, only: str | None = None
) -> dict[str, str]:
    """A digest of the marks and comments of each submission in the gradebook, or of `only` one."""
    held: dict[str, list] = defaultdict(list)
    for kind, columns in (
        (Grade, (Grade.manual_score, Grade.auto_score, Grade.extra_credit)),
        (Comment, (Comment.manual_comment, Comment.auto_comment)),
    ):
        where = SubmittedAssignment.student_id, Notebook.name, BaseCell.name
        late = SubmittedNotebook.late_submission_penalty
        query = (
            gradebook.db.query(*where, late, *columns)
            .select_from(kind)
            .join(BaseCell, BaseCell.id == kind.cell_id)
            .join(SubmittedNotebook, SubmittedNotebook.id == kind.notebook_id)
            .join(Notebook, Notebook.id == SubmittedNotebook.notebook_id)
            .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
            .join(api.Assignment, api.Assignment.id == SubmittedAssignment.assignment_id)
            .filter(api.Assignment.name == assignment.name)
        )
        if only is not None:
            query = query.filter(SubmittedAssignment.student_id == only)
        for submission, *rest in query:
            held[submission].append([kind.__name__, *rest])
    return {
        submission: hashlib.sha256(json.dumps(sorted(rows, key=repr)).encode()).hexdigest()
        for submission, rows in held.items()
    }


def outdated(gradebook: Gradebook, assignment: Assignment) -> list[str]:
    """The submissions whose pages show other marks or comments, or that have none, in order."""
    now = digests(gradebook, assignment)
    return sorted(name for name, digest in now.items() if _shown(assignment, name) != digest)


def note(assignment: Assignment, submission: str, digest: str) -> None:
    """Remember which marks the pages of a submission show."""
    write_whole(assignment.feedback(submission) / FILE, digest)


def _shown(assignment: Assignment, submission: str) -> str:
    """Empty where it is not known, as of pages that nbgrader's own command has made."""
    try:
        return (assignment.feedback(submission) / FILE).read_text()
    except OSError:
        return ""
