"""Runs the Jobs of a class: equal ones once, the longest first, outcomes kept as they arrive."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import NamedTuple

from grading.batch.progress import Progress
from grading.model.job import Job
from grading.model.outcome import Outcome, Status
from grading.model.store import OutcomeStore
from grading.processes.pool import WorkerLost

AHEAD = 2  # jobs that wait at the workers, so that none of these is ever without one
LOOK_SECONDS = 0.5  # between two looks at what runs


class Workers(NamedTuple):
    """Who executes: processes of this machine or a cluster.

    submit: takes a Job's JSON, gives a Future of its Outcome's. room: how many run at once now.
    problems: sentences about workers; the list grows during the run.
    """

    submit: Callable[[bytes], Future]
    room: Callable[[], int]
    problems: list[str]


@dataclass(eq=False)
class _Turn:
    """A Job that waits for room. urgent: others wait for what it teaches."""

    notebook: str
    urgent: bool
    begins: asyncio.Future = field(default_factory=lambda: asyncio.Future())


class Executor:
    """Gives Jobs to workers and keeps their outcomes."""

    def __init__(self, workers: Workers, store: OutcomeStore, progress: Progress):
        self._workers, self._store, self._progress = workers, store, progress
        self._waiting: list[_Turn] = []
        self._busy = 0  # Jobs whose turn has begun
        self._running: dict[Future, str] = {}  # what workers have → how it is called
        self._tasks: dict[str, asyncio.Task[Outcome]] = {}  # by key; equal Jobs wait for one task
        self._ran: set[str] = set()  # keys of this run
        self._failed: dict[str, Outcome] = {}  # by key; they are not kept on disk
        self._seconds: dict[str, float] = {}  # the longest run of each notebook so far

    @property
    def room(self) -> int:
        """How many Jobs run at once now."""
        return self._workers.room()

    def known(self, key: str, again: bool = False) -> Outcome | None:
        """The outcome of a key, or None where the Job has to run.

        again: what ran before this run does not count. What ended in an earlier run by a failure of
        ours never does.
        """
        if key in self._failed:
            return self._failed[key]
        if key in self._ran:
            return self._store.get(key)
        outcome = None if again else self._store.get(key)
        return outcome if outcome is not None and outcome.status.stands else None

    async def run(self, job: Job, label: str, urgent: bool = False) -> Outcome:
        """Execute a Job and keep its outcome, or wait for an equal one that is running.

        A Job whose worker was lost has an outcome too: GRADER_FAILED. Raises StoreError when the
        disk does not take the outcome.
        """
        if job.key not in self._tasks:
            self._tasks[job.key] = asyncio.create_task(self._run(job, label, urgent))
        return await asyncio.shield(self._tasks[job.key])

    async def _run(self, job: Job, label: str, urgent: bool) -> Outcome:
        try:
            outcome = await self.run_unkept(job, label, urgent)
            self._ran.add(job.key)
            if outcome.status is Status.GRADER_FAILED:  # the next run tries it again
                self._failed[job.key] = outcome
            else:
                self._store.put(outcome)
            return outcome
        finally:
            del self._tasks[job.key]

    async def run_unkept(self, job: Job, label: str, urgent: bool = False) -> Outcome:
        """Execute a Job; the outcome is not kept."""
        turn = _Turn(job.name, urgent)
        self._waiting.append(turn)
        self._begin_turns()
        await turn.begins
        future = self._workers.submit(job.to_json().encode())
        self._running[future] = label
        try:
            outcome = Outcome.from_json((await asyncio.wrap_future(future)).decode())
        except WorkerLost as error:
            outcome = Outcome(job.key, job.notebook)
            reason = f"{error}: set aside; look at it, then try it with --student"
            outcome.note(Status.GRADER_FAILED, "", reason)
        finally:
            del self._running[future]
            self._busy -= 1
            self._begin_turns()
        seconds = sum(cell.seconds for cell in outcome.cells)
        self._seconds[job.name] = max(seconds, self._seconds.get(job.name, 0))
        return outcome

    def _begin_turns(self) -> None:
        """Let those begin for whom there is room: urgent Jobs first, then the longest."""
        while self._waiting and self._busy < self.room + AHEAD:
            turn = max(self._waiting, key=self._rank)
            self._waiting.remove(turn)
            if not turn.begins.cancelled():  # as where the whole run is interrupted
                self._busy += 1
                turn.begins.set_result(None)

    def _rank(self, turn: _Turn) -> tuple[bool, float]:
        return turn.urgent, self._seconds.get(turn.notebook, float("inf"))

    async def watch(self) -> None:
        """Tell the progress what runs and what happens to workers, until this is cancelled."""
        told = 0
        while True:
            for text in self._workers.problems[told:]:
                self._progress.problem(text)
                told += 1
            self._progress.running(
                [label for future, label in self._running.items() if future.running()]
            )
            self._begin_turns()  # workers may have come
            await asyncio.sleep(LOOK_SECONDS)
