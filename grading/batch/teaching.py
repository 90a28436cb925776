"""The trainings that a class may share: those of the master and of the instructor's variants.

Only trusted code teaches. What a submission computes is never handed to another one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from grading.course import Assignment
from grading.intake.preparation import Preparation
from grading.masters.variants import read_variants, styles
from grading.model.job import Job
from grading.model.outcome import Outcome, Status
from grading.model.store import OutcomeStore

MASTER = "master"


@dataclass(frozen=True)
class Lesson:
    """One run of trusted code: a master with its own answers, or in an instructor's style."""

    notebook: str
    style: str
    job: Job

    @property
    def label(self) -> str:
        return f"{self.notebook} ({self.style})"


class Teaching:
    """What is known about the trainings of an assignment, and what has to run to know it.

    A notebook's master comes first, so that variants that compute the same need not train.
    """

    def __init__(self, assignment: Assignment, preparation: Preparation):
        self._preparation, self._store = preparation, OutcomeStore(assignment.course.root)
        self._answers = {MASTER: {}} | {
            style: read_variants(assignment, style) for style in styles(assignment)
        }
        self._known: dict[str, dict[str, bytes]] = {}
        self._stages: dict[str, list[list[str]]] = {}
        self._running: dict[str, int] = {}

    def ask(self, name: str, submissions: int) -> None:
        """Have the trainings of a notebook ready for so many submissions.

        Where more would have to be run than there are submissions, nothing is: they train.
        """
        if not self._preparation.trains(name):
            return
        others = [style for style, answers in self._answers.items() if answers.get(name)]
        missing = [style for style in (MASTER, *others) if self._stored(name, style) is None]
        if len(missing) < submissions:
            self._stages[name] = [[MASTER], others]

    def due(self) -> Iterator[Lesson]:
        """The lessons that can start now; each is to be followed by `learn`."""
        for name, stages in self._stages.items():
            while stages and not self._running.get(name):
                for style in stages.pop(0):
                    stored = self._stored(name, style)
                    if stored is not None:
                        self._remember(name, stored)
                        continue
                    self._running[name] = self._running.get(name, 0) + 1
                    yield Lesson(name, style, self._job(name, style))

    def learn(self, lesson: Lesson, outcome: Outcome | None) -> str:
        """Take what a lesson gave (None: its process was lost); returns what is wrong with it."""
        self._running[lesson.notebook] -= 1
        if outcome is None or outcome.status is Status.GRADER_FAILED:
            why = outcome.reason if outcome else "its process was lost"
            return f"{lesson.label} taught nothing, so its trainings run in full: {why}"
        self._store.put(outcome)
        self._remember(lesson.notebook, outcome)
        failed = [check.grade_id for check in outcome.checks if not check.passed]
        return f"{lesson.label} does not pass {', '.join(failed)}: mend it" if failed else ""

    def is_ready(self, name: str) -> bool:
        """Whether all that will be known about a notebook's trainings is known."""
        return not self._stages.get(name) and not self._running.get(name)

    def trainings(self, name: str) -> dict[str, bytes]:
        """The trainings known of a notebook, by digest."""
        return self._known.get(name, {})

    def keys(self) -> set[str]:
        """The keys of every lesson's outcome, as they are now."""
        return {
            self._job(name, style).key
            for name in self._preparation.names
            for style, answers in self._answers.items()
            if self._preparation.trains(name) and (style == MASTER or answers.get(name))
        }

    def _job(self, name: str, style: str) -> Job:
        answers = self._answers[style].get(name, {})
        return self._preparation.teaching_job(name, answers, self.trainings(name))

    def _stored(self, name: str, style: str) -> Outcome | None:
        return self._store.get(self._job(name, style).key)

    def _remember(self, name: str, outcome: Outcome) -> None:
        self._known.setdefault(name, {}).update(outcome.trainings)
