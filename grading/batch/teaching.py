"""The trainings that a class may share: those of the master and of the instructor's variants.

Only trusted code teaches. What a submission computes is never handed to another one.
"""

import asyncio
from collections.abc import Iterator

from grading.batch.executor import Executor
from grading.batch.progress import Progress
from grading.course import Assignment
from grading.intake.preparation import Preparation
from grading.masters.variants import variants_by_notebook
from grading.model.job import Job
from grading.model.outcome import Outcome, Status

MASTER = "master"
Trainings = dict[str, bytes]  # what `Job.trainings` takes


class Lessons:
    """The runs of trusted code whose trainings a class may share, of one assignment."""

    def __init__(self, assignment: Assignment, preparation: Preparation):
        self._preparation = preparation
        self._variants = variants_by_notebook(assignment)

    def styles(self, name: str) -> list[str]:
        """The styles of a notebook's training, the master's first; none where nothing trains."""
        if not self._preparation.trains(name):
            return []
        return [MASTER, *self._variants.get(name, {})]

    def job(self, name: str, style: str, trainings: Trainings) -> Job:
        """The Job of a lesson. trainings: those that need not run again."""
        answers = {} if style == MASTER else self._variants[name][style]
        return self._preparation.teaching_job(name, answers, trainings)

    def keys(self) -> Iterator[str]:
        """The keys of every lesson's outcome, as they are now."""
        for name in self._preparation.names:
            for style in self.styles(name):
                yield self.job(name, style, {}).key


class Teaching:
    """Has lessons run for a class, when the first submission asks for what they teach.

    submissions: how many may ask. Unless fewer lessons are missing than that, none is run: the
    submissions train by themselves.
    """

    def __init__(self, lessons: Lessons, executor: Executor, progress: Progress, submissions: int):
        self._lessons, self._executor = lessons, executor
        self._progress, self._submissions = progress, submissions
        self._tasks: dict[str, asyncio.Task[Trainings]] = {}

    async def trainings(self, name: str) -> Trainings:
        """The trainings of a notebook, for `Job.trainings`."""
        if name not in self._tasks:
            self._tasks[name] = asyncio.create_task(self._teach(name))
        return await asyncio.shield(self._tasks[name])

    async def _teach(self, name: str) -> Trainings:
        """Run the master's lesson, then the variants': they need not train what it has taught."""
        trainings: Trainings = {}
        styles = self._lessons.styles(name)
        missing = [style for style in styles if self._known(name, style) is None]
        if len(missing) < self._submissions:
            for group in (styles[:1], styles[1:]):
                lessons = (self._lesson(name, style, trainings) for style in group)
                for outcome in await asyncio.gather(*lessons):
                    trainings |= outcome.trainings
        return trainings

    def _known(self, name: str, style: str) -> Outcome | None:
        return self._executor.known(self._lessons.job(name, style, {}).key)

    async def _lesson(self, name: str, style: str, trainings: Trainings) -> Outcome:
        known = self._known(name, style)
        if known is not None:
            return known
        label = f"{name} ({style})"
        job = self._lessons.job(name, style, trainings)
        outcome = await self._executor.run(job, label, urgent=True)
        failed = ", ".join(check.grade_id for check in outcome.checks if not check.passed)
        if outcome.status is Status.GRADER_FAILED:
            self._progress.problem(
                f"{label} taught nothing, so its trainings run in full: {outcome.reason}"
            )
        elif failed:
            self._progress.problem(f"{label} does not pass {failed}: mend it")
        return outcome
