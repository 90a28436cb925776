"""Which submissions of a class are new or changed since the last run."""

from collections.abc import Iterator
from typing import NamedTuple

from nbgrader.api import Assignment as AssignmentEntry
from nbgrader.api import SubmittedAssignment

from grading.batch.key import SubmissionKeys
from grading.course import Assignment
from grading.intake.handed_in import HandedIn
from grading.model import summary as summaries
from grading.model.summary import SubmissionSummary
from grading.people.penalties import unsettled

CHANGED, FORCED, GONE = "changed", "forced", "its record or feedback was gone"
PENALTY = "its late penalty"
NOT_RUN = "a test could not run"


class Change(NamedTuple):
    """What a submission is now, beside what it was in the last run.

    key: of all that decides what it gets back. handed_in: a digest of its files. Both are empty
    where a file can't be read. before: what the last run wrote about it. why: why it is to be
    graded; None where it is not.
    """

    submission: str
    key: str
    handed_in: str
    before: SubmissionSummary | None
    why: str | None

    @property
    def came_again(self) -> bool:
        """Whether other files were handed in than those of the last run, where these are known."""
        return self.before is not None and self.before.handed_in not in ("", self.handed_in)


class Changes:
    """Compares the submissions of an assignment with the last run.

    force: all of them are to be graded.
    """

    def __init__(self, assignment: Assignment, force: bool = False):
        self._assignment, self._force = assignment, force
        self._keys = SubmissionKeys(assignment)
        self._recorded, self._late = _recorded(assignment), unsettled(assignment)

    def of(self, submission: str, handed_in: HandedIn) -> Change:
        """What has changed of one submission."""
        before = summaries.load(self._assignment, submission)
        try:
            digest = handed_in.digest(self._keys.largest)
        except OSError as error:
            why = f"a file could not be read: {error}"
            return Change(submission, "", "", before, why)
        key = self._keys.key(digest)
        return Change(submission, key, digest, before, self._why(submission, key, before))

    def _why(self, submission: str, key: str, before: SubmissionSummary | None) -> str | None:
        if self._force:
            return FORCED
        if before is None or before.key != key:
            return CHANGED
        if not before.status.stands:
            return NOT_RUN
        if submission not in self._recorded or not self._has_feedback(submission):
            return GONE
        return PENALTY if submission in self._late else None

    def _has_feedback(self, submission: str) -> bool:
        graded = self._assignment.autograded(submission).glob("*.ipynb")
        folder = self._assignment.feedback(submission)
        return all((folder / f"{path.stem}.html").is_file() for path in graded)


def changes(assignment: Assignment, submissions: list[str]) -> Iterator[Change]:
    """What has changed of some submissions since they were graded."""
    comparison = Changes(assignment)
    for submission in submissions:
        yield comparison.of(submission, HandedIn(assignment.submitted(submission)))


def _recorded(assignment: Assignment) -> set[str]:
    """The submissions that the gradebook holds."""
    with assignment.course.gradebook() as gradebook:
        rows = gradebook.db.query(SubmittedAssignment.student_id).join(AssignmentEntry)
        return {name for (name,) in rows.filter(AssignmentEntry.name == assignment.name)}
