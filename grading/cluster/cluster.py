"""A Dask cluster to run jobs on: submit the bytes of a Job, get a Future of those of its Outcome.

Each job is given to one idle worker by name. Dask could place and retry jobs itself, but it counts
a worker's death against all jobs that wait at that worker, and the number of its retries is set on
the scheduler, which is not ours. So jobs wait here, in order, and the death of a worker counts
against the one job that it ran.
"""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

from traitlets.config import Config

from grading.candidate.sandbox import require_sandbox
from grading.cluster.acceptance import Restarted, require_safe, work_here
from grading.cluster.roster import Roster, SchedulerLost, Worker, short
from grading.course import CourseError
from grading.processes.pool import WorkerLost

TRIES = 3
START_SECONDS = 30  # for the workers to answer when a run begins
ALONE_SECONDS = 120  # without any worker, before the waiting jobs are given up
LOOK_SECONDS = 0.5
GO_ON = "What has run is kept: run the same command again when the cluster is back."


@dataclass(eq=False)
class _Task:
    """A job until its result is known."""

    job: bytes
    result: Future = field(default_factory=Future)
    tries: int = 0
    sent: Future | None = None

    def finish(self, settle: Callable, value: object) -> None:
        """End with `settle`, a method of `result` that sets its result or exception to `value`."""
        with suppress(InvalidStateError):  # it was cancelled
            settle(value)


class Cluster:
    """A Dask cluster as an Executor; raises CourseError when it can't be used.

    address: the scheduler's. config: the course's, for `c.Sandbox`. problems: sentences about
    workers that were refused or lost, in order of time; the list grows during a run.
    """

    def __init__(self, address: str, config: Config):
        require_safe(address)
        confined = require_sandbox(config)
        self._address = address
        # One thread makes all these calls, in order, so the fields below need no lock.
        self._events: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._waiting: deque[_Task] = deque()
        self._running: dict[Worker, _Task] = {}
        self._tasks: set[_Task] = (
            set()
        )  # all jobs without a result: waiting, running, or still in _events
        self._over: SchedulerLost | None = None
        self._lock = threading.Lock()  # for _tasks and _over
        self._last_worker, self._next_look = time.monotonic(), 0.0
        self._roster = Roster(address, confined, self._events)
        self.problems = self._roster.problems
        try:
            self._meet()
        except BaseException:
            self._roster.close([])
            raise
        self._thread = threading.Thread(target=self._run, name="cluster", daemon=True)
        self._thread.start()

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *_) -> None:
        self.close()

    @property
    def workers(self) -> int:
        """The number of jobs that can run at once now: one for each accepted worker."""
        return len(self._roster.accepted)

    def submit(self, job: bytes) -> Future:
        """Have `grading.execution.worker.work(job)` done by a worker.

        The Future gives the bytes that `work` returned or raises what it raised; WorkerLost when
        three workers ended while they ran the job; SchedulerLost when no worker or scheduler is
        left. Raises SchedulerLost at once when that is known already.
        """
        task = _Task(job)
        with self._lock:
            if self._over is not None:
                raise self._over
            self._tasks.add(task)
        self._events.put(partial(self._waiting.append, task))
        return task.result

    def close(self) -> None:
        """Drop the waiting jobs, stop the running ones, and leave the cluster to others."""
        self._end("the cluster was closed", cancel=True)
        self._events.put(lambda: None)
        self._thread.join()
        self._roster.close(list(self._running))
        self._running.clear()

    def _meet(self) -> None:
        """Wait until a worker is accepted and all that are there have answered."""
        deadline = time.monotonic() + START_SECONDS
        try:
            while time.monotonic() < deadline and not self._roster.is_settled:
                self._step()
        except SchedulerLost as lost:
            raise CourseError(f"{self._address} can't be used: {lost}") from lost
        if not self._roster.accepted:
            raise CourseError(
                f"No worker of the cluster at {self._address} can be used:\n"
                f"  {self._roster.why_nobody()}\n"
                "How workers are set up and started: docs/cluster.md."
            )

    def _run(self) -> None:
        try:
            while self._over is None:
                self._step()
        except SchedulerLost as lost:
            self._end(str(lost))
        except Exception as error:  # whoever waits for a result hears of it
            self._end(short(error))

    def _end(self, why: str, cancel: bool = False) -> None:
        """Take no more jobs, and end those without a result: cancelled, or with SchedulerLost."""
        with self._lock:
            self._over = self._over or SchedulerLost(f"{self._address}: {why}. {GO_ON}")
            left, self._tasks = self._tasks, set()
        for task in left:
            if not (cancel and task.result.cancel()):
                task.finish(task.result.set_exception, self._over)

    def _step(self) -> None:
        """Make the next call of the queue, look for new and lost workers when it is time, and give
        waiting jobs to idle workers."""
        with suppress(queue.Empty):
            self._events.get(timeout=max(0.0, self._next_look - time.monotonic()))()
        if time.monotonic() >= self._next_look:
            self._look()
            self._next_look = time.monotonic() + LOOK_SECONDS
        self._dispatch()

    def _look(self) -> None:
        for worker in self._roster.look():
            if worker in self._running:
                self._lost(worker)
        now = time.monotonic()
        if self._roster.accepted or not self._tasks:
            self._last_worker = now
        elif now - self._last_worker > ALONE_SECONDS:
            raise SchedulerLost("no worker is left")

    def _dispatch(self) -> None:
        """Give waiting jobs to idle workers."""
        idle = deque(worker for worker in self._roster.accepted if worker not in self._running)
        while idle and self._waiting:
            task = self._waiting.popleft()
            if not task.tries and not task.result.set_running_or_notify_cancel():
                self._forget(task)
                continue
            worker = idle.popleft()
            task.tries += 1
            self._running[worker] = task
            task.sent = self._roster.send(
                worker, self._finished, work_here, worker.process, task.job
            )

    def _finished(self, worker: Worker, sent: Future) -> None:
        task = self._running.get(worker)
        if task is None or task.sent is not sent:  # it was given up meanwhile
            return
        from distributed import KilledWorker

        try:
            outcome = sent.result()
        except CancelledError as error:
            raise SchedulerLost("the connection to the scheduler was lost") from error
        except (KilledWorker, Restarted):
            worker.process = ""  # no more jobs for this worker, until `look` sees that it is gone
            self._lost(worker)
        except Exception as error:
            del self._running[worker]
            self._forget(task)
            task.finish(task.result.set_exception, error)
        else:
            del self._running[worker]
            self._forget(task)
            task.finish(task.result.set_result, outcome)

    def _lost(self, worker: Worker) -> None:
        """A worker ended while it ran a job: the job waits again, behind all others."""
        task = self._running.pop(worker)
        task.sent.cancel()
        if task.tries < TRIES:
            again = f"its job is run again ({task.tries + 1} of {TRIES})"
            self.problems.append(f"{worker} was lost; {again}")
            self._waiting.append(task)
            return
        self.problems.append(f"{worker} was lost; its job is set aside")
        self._forget(task)
        text = f"{TRIES} workers ended while they ran it, the last one {worker}"
        task.finish(task.result.set_exception, WorkerLost(text))

    def _forget(self, task: _Task) -> None:
        with self._lock:
            self._tasks.discard(task)
