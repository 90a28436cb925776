"""A few replayed notebooks run once more in full: replay must not change a verdict."""

import math
import random

from grading.course import CourseError
from grading.model.outcome import Outcome
from grading.model.summary import SubmissionSummary


class AuditFailed(CourseError):
    """A notebook that runs in full fares otherwise than with its training replayed."""


class Audit:
    """Chooses `percent` of the notebooks with a replayed training, at least one, and compares."""

    def __init__(self, percent: float):
        self._percent = percent
        self._replayed: list[tuple[str, str, str]] = []
        self._differences: list[str] = []
        self._notebooks = self._checks = self._trainings = 0

    def offer(self, summary: SubmissionSummary) -> None:
        """A graded submission, whose notebooks may be chosen."""
        if self._percent:
            rows = [row for row in summary.notebooks if row.replayed]
            self._replayed += [(summary.submission, row.notebook, row.key) for row in rows]

    def chosen(self) -> list[tuple[str, str, str]]:
        """What to run in full: submissions, notebooks, keys of their outcomes."""
        count = math.ceil(len(self._replayed) * self._percent / 100)
        return random.sample(self._replayed, min(count, len(self._replayed)))

    def compare(self, submission: str, notebook: str, kept: Outcome | None, full: Outcome) -> None:
        """Note where the full run differs from what is kept."""
        where = f"{submission}, {notebook}"
        self._notebooks += 1
        self._checks += len(full.checks)
        self._trainings += sum(loop.departs is not None for loop in full.loops)
        if kept is None:
            self._differences.append(f"{where}: its outcome is gone")
            return
        if full.status is not kept.status:
            self._differences.append(f"{where}: {kept.status}, in full {full.status}")
        for loop in full.loops:
            if loop.departs:
                self._differences.append(
                    f"{where}, the training of {loop.cell}: in full it ends otherwise, "
                    f"{loop.departs}"
                )
        checks = {check.grade_id: check for check in full.checks}
        for before in kept.checks:
            after = checks.get(before.grade_id)
            if after is None:
                self._differences.append(f"{where}, check {before.grade_id}: not reached in full")
            elif (before.passed, before.earned) != (after.passed, after.earned):
                self._differences.append(
                    f"{where}, check {before.grade_id}: {before.earned:g} marks, in full "
                    f"{after.earned:g} ({after.reason or 'passed'})"
                )

    def said(self) -> str:
        """What was compared; empty where nothing was. Raises AuditFailed if anything differed."""
        if self._differences:
            lines = "\n".join(f"  {line}" for line in self._differences)
            raise AuditFailed(
                f"Replayed trainings and full ones do not agree:\n{lines}\nGrade these again with "
                "--no-replay --force --student, and report it: this must not happen."
            )
        if not self._notebooks:
            return ""
        return (
            f"Audit: {self._notebooks} notebooks ran once more in full. The marks of all "
            f"{self._checks} checks and the ends of {self._trainings} trainings agree."
        )
