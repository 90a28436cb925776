"""The trainings that a class may share: those of the masters.

Only trusted code teaches. What a submission computes is never handed to another one.
"""

import asyncio
from collections.abc import Iterator

from grading.batch.executor import Executor
from grading.batch.progress import Progress
from grading.intake.preparation import Preparation
from grading.model.job import Job
from grading.model.outcome import Status

Trainings = dict[str, bytes]  # what `Job.trainings` takes


def lessons(preparation: Preparation) -> Iterator[Job]:
    """The Job of each master that trains, as it is now."""
    return (preparation.teaching_job(n) for n in preparation.names if preparation.trains(n))


class Teaching:
    """Has a master train for a class, when the first submission asks for what it teaches.

    submissions: how many may ask; a single one trains by itself.
    """

    def __init__(
        self, preparation: Preparation, executor: Executor, progress: Progress, submissions: int
    ):
        self._preparation, self._executor = preparation, executor
        self._progress, self._submissions = progress, submissions
        self._tasks: dict[str, asyncio.Task[Trainings]] = {}

    async def trainings(self, name: str) -> Trainings:
        """The trainings of a notebook, for `Job.trainings`."""
        if not self._preparation.trains(name):
            return {}
        if name not in self._tasks:
            self._tasks[name] = asyncio.create_task(self._teach(name))
        return await asyncio.shield(self._tasks[name])

    async def _teach(self, name: str) -> Trainings:
        job = self._preparation.teaching_job(name)
        outcome = self._executor.known(job.key)
        if outcome is not None:
            return outcome.trainings
        if self._submissions < 2:
            return {}
        label = f"{name} (master)"
        outcome = await self._executor.run(job, label, urgent=True)
        failed = ", ".join(check.grade_id for check in outcome.checks if not check.passed)
        if outcome.status is Status.GRADER_FAILED:
            self._progress.problem(
                f"{label} taught nothing, so its trainings run in full: {outcome.reason}"
            )
        elif failed:
            self._progress.problem(f"{label} does not pass {failed}: mend it")
        return outcome.trainings
