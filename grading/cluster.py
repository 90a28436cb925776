"""A Dask cluster to run jobs on: submit a Job's bytes, get a Future of its Outcome's.

Each job is given to one idle worker by name. Dask's own placing and retrying would do, but for two
things: it holds a worker's death against the jobs that only wait there, and how often it tries
again is set on the scheduler, which is not ours. So a job that waits does so here, in order, and a
worker that is gone is held against the one job that it ran.
"""

from __future__ import annotations

import json
import logging
import queue
import threading
import time
import warnings
from collections import deque
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pkgutil import resolve_name

from traitlets.config import Config

from grading.acceptance import (
    Restarted,
    describe,
    differences,
    is_private,
    require_safe,
    work_here,
)  # fmt: skip
from grading.candidate.sandbox import require_sandbox
from grading.course import CourseError
from grading.pool import WorkerLost

TRIES = 3
CONNECT_SECONDS = 10
START_SECONDS = 30  # for the workers that are there to say what they are
ANSWER_SECONDS = 30  # for the scheduler to say who is there
ALONE_SECONDS = 120  # without any worker, before what waits is given up
LOOK_SECONDS = 0.5


class SchedulerLost(CourseError):
    """The scheduler can't be reached any more, or no worker is left behind it: run again."""


@dataclass(eq=False)
class _Task:
    """A job until its result is known."""

    job: bytes
    result: Future = field(default_factory=Future)
    tries: int = 0


@dataclass(eq=False)
class _Worker:
    """A worker process. process: what it calls itself; empty until it is accepted."""

    name: str
    address: str
    nanny: str | None
    process: str = ""
    question: Future | None = None
    task: _Task | None = None
    sent: Future | None = None


class Cluster:
    """A Dask cluster as an Executor; raises CourseError when it can't be used.

    address: the scheduler's. config: the course's, for `c.Sandbox`. problems: sentences about
    workers that were refused or lost, in the order that it happened; it grows meanwhile.
    """

    def __init__(self, address: str, config: Config):
        require_safe(address)
        self._confined = require_sandbox(config)
        self._here = json.loads(describe())
        self._address = address
        self.problems: list[str] = []
        self._workers: dict[tuple[str, str], _Worker] = {}
        self._waiting: deque[_Task] = deque()
        self._tasks: set[_Task] = set()
        # All that happens is done in one thread, in the order of this queue.
        self._events: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._over: SchedulerLost | None = None
        self._closed, self._lock = False, threading.Lock()
        self._last_worker, self._next_look = time.monotonic(), 0.0
        self._client = _connect(address)
        self._executor = self._client.get_executor(pure=False)
        try:
            self._meet()
        except BaseException:
            self._leave()
            raise
        self._thread = threading.Thread(target=self._run, name="cluster", daemon=True)
        self._thread.start()

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *_) -> None:
        self.close()

    @property
    def workers(self) -> int:
        """How many jobs can run at once now: the workers that were accepted and are there."""
        return len(self._accepted())

    def submit(self, job: bytes) -> Future:
        """Have `grading.worker.work(job)` done by a worker.

        The Future gives its bytes or raises what it raised; WorkerLost when three workers ended
        while they did it, SchedulerLost when nobody is left to do it. Raises SchedulerLost too.
        """
        task = _Task(job)
        with self._lock:
            if self._over is not None or self._closed:
                raise self._over or SchedulerLost("the cluster was closed")
            self._tasks.add(task)
            self._events.put(partial(self._waiting.append, task))
        return task.result

    def close(self) -> None:
        """Drop what waits, stop what runs, and leave the cluster to others."""
        with self._lock:
            self._closed = True
        self._events.put(lambda: None)
        self._thread.join()
        self._leave()
        for task in self._tasks:
            if not task.result.cancel():
                _finish(task.result.set_exception, CancelledError())
        self._tasks.clear()

    def _run(self) -> None:
        try:
            while not self._closed and self._over is None:
                self._step()
        except Exception as error:  # whoever waits for a result hears of it
            self._give_up(f"{type(error).__name__}: {error}")

    def _step(self) -> None:
        """Do what has happened, or see who is there when it is time."""
        with suppress(queue.Empty):
            self._events.get(timeout=max(0.0, self._next_look - time.monotonic()))()
        if time.monotonic() >= self._next_look:
            self._look()
            self._next_look = time.monotonic() + LOOK_SECONDS
        self._dispatch()

    # --- workers ------------------------------------------------------------------------------

    def _meet(self) -> None:
        """Wait until a worker is accepted and all that are there have been asked."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._over is None:
            self._step()
            if self._workers and not any(worker.question for worker in self._workers.values()):
                break
        if self._over is not None:
            raise CourseError(str(self._over))
        if self._accepted():
            return
        busy = [
            f"{worker.name} does not answer: does it still run a job of an earlier run?"
            for worker in self._workers.values()
            if worker.question
        ]
        reasons = "\n  ".join([*self.problems, *busy]) or "none has joined it"
        raise CourseError(
            f"No worker of the cluster at {self._address} can be used:\n  {reasons}\n"
            "How workers are set up and started: docs/cluster.md."
        )

    def _accepted(self) -> list[_Worker]:
        return [worker for worker in list(self._workers.values()) if worker.process]

    def _look(self) -> None:
        """See which workers have come and gone."""
        if self._client.status != "running":
            return self._give_up("the connection to the scheduler was lost")
        try:
            found = self._client.sync(
                self._client.scheduler.identity, n_workers=-1, callback_timeout=ANSWER_SECONDS
            )
        except (OSError, TimeoutError) as error:
            return self._give_up(f"the scheduler does not answer ({error or 'no reason given'})")
        if not is_private(found["address"]):
            return self._give_up(
                f"the scheduler listens on {found['address']}, where others reach it without a "
                "certificate; start it with --host 127.0.0.1, or with tls:// (docs/cluster.md)"
            )
        there = {(at, said["local_directory"]): said for at, said in found["workers"].items()}
        for key in [key for key in self._workers if key not in there]:
            self._forget(self._workers.pop(key))
        for key, said in there.items():
            if key not in self._workers and said["status"] == "running":
                self._workers[key] = self._greet(key[0], said)
        now = time.monotonic()
        if self._accepted() or not self._tasks:
            self._last_worker = now
        elif now - self._last_worker > ALONE_SECONDS:
            self._give_up("no worker is left")

    def _greet(self, address: str, said: dict) -> _Worker:
        """A new worker, asked what it is unless it can be refused as it stands."""
        worker = _Worker(str(said["name"]), address, said["nanny"])
        if not is_private(address):
            self._refuse(worker, ["others reach it without a certificate; start it with tls://"])
        elif said["nthreads"] != 1:
            advice = f"--nthreads 1 --nworkers {said['nthreads']}"
            self._refuse(worker, [f"several jobs would share its process; start it with {advice}"])
        else:
            # A worker that can't import what it is sent ends: first a question for any Python.
            worker.question = self._submit(
                worker, self._ask, resolve_name, "grading.acceptance:describe.__name__"
            )
        return worker

    def _ask(self, worker: _Worker, answer: Future) -> None:
        """It has the kit or it hasn't; if so, which?"""
        worker.question = None
        if worker not in self._workers.values():
            return
        try:
            answer.result()
        except (Exception, CancelledError) as error:
            self._refuse(worker, [f"it can't import the kit ({_short(error)}): install it there"])
        else:
            worker.question = self._submit(worker, self._judge, describe)

    def _judge(self, worker: _Worker, answer: Future) -> None:
        worker.question = None
        if worker not in self._workers.values():
            return
        try:
            there = json.loads(answer.result())
        except (Exception, CancelledError) as error:
            where = "the scheduler's machine" if "deserialization" in str(error) else "it"
            self._refuse(worker, [f"{where} can't import the kit: install it there"])
            return
        reasons = differences(there, self._here, self._confined)
        if reasons:
            self._refuse(worker, reasons)
        else:
            worker.process = there["process"]

    def _refuse(self, worker: _Worker, reasons: list[str]) -> None:
        self.problems.append(f"{_title(worker)} was refused: {'; '.join(reasons)}")

    def _forget(self, worker: _Worker) -> None:
        """A worker is gone."""
        for asked in (worker.question, worker.sent):
            if asked is not None:
                asked.cancel()
        if worker.task is not None:
            self._lost(worker)

    # --- jobs ---------------------------------------------------------------------------------

    def _dispatch(self) -> None:
        """Give what waits to who is idle."""
        idle = deque(worker for worker in self._accepted() if worker.task is None)
        while idle and self._waiting:
            task = self._waiting.popleft()
            if not task.tries and not task.result.set_running_or_notify_cancel():
                self._tasks.discard(task)
                continue
            worker = idle.popleft()
            task.tries += 1
            worker.task = task
            worker.sent = self._submit(worker, self._done, work_here, worker.process, task.job)

    def _submit(self, worker: _Worker, then: Callable, function: Callable, *arguments) -> Future:
        """Have a function called on one worker and no other, and then `then(worker, future)`."""
        sent = self._executor.submit(function, *arguments, workers=[worker.address])
        sent.add_done_callback(lambda sent: self._events.put(partial(then, worker, sent)))
        return sent

    def _done(self, worker: _Worker, sent: Future) -> None:
        if worker.sent is not sent or worker.task is None:  # it was given up meanwhile
            return
        from distributed import KilledWorker

        task = worker.task
        try:
            outcome = sent.result()
        except CancelledError:
            self._give_up("the connection to the scheduler was lost")
        except (KilledWorker, Restarted):
            worker.process = ""  # until it is seen to be gone
            self._lost(worker)
        except Exception as error:
            self._settle(worker, task.result.set_exception, error)
        else:
            self._settle(worker, task.result.set_result, outcome)

    def _settle(self, worker: _Worker, finish: Callable, what: object) -> None:
        task, worker.task, worker.sent = worker.task, None, None
        self._tasks.discard(task)
        _finish(finish, what)

    def _lost(self, worker: _Worker) -> None:
        """The worker ended while it did a job: once more by another one, and last of all."""
        task = worker.task
        if task.tries < TRIES:
            self.problems.append(
                f"{_title(worker)} was lost; its job is run again ({task.tries + 1} of {TRIES})"
            )
            worker.task = worker.sent = None
            self._waiting.append(task)
            return
        self.problems.append(f"{_title(worker)} was lost; its job is set aside")
        text = f"{TRIES} workers ended while they ran it, the last one {_title(worker)}"
        self._settle(worker, task.result.set_exception, WorkerLost(text))

    # --- the end ------------------------------------------------------------------------------

    def _give_up(self, reason: str) -> None:
        """Nobody is left to do anything."""
        with self._lock:
            self._over = SchedulerLost(f"{self._address}: {reason}")
        for task in self._tasks:
            _finish(task.result.set_exception, self._over)
        self._tasks.clear()
        self._waiting.clear()

    def _leave(self) -> None:
        """End what runs, where a nanny starts the worker anew, and close the connection."""
        busy = [worker.address for worker in self._accepted() if worker.task and worker.nanny]
        if busy and self._over is None:
            with suppress(OSError, TimeoutError):
                self._client.restart_workers(busy, timeout=ANSWER_SECONDS, raise_for_error=False)
        with suppress(OSError, TimeoutError):
            self._client.close(timeout=CONNECT_SECONDS)


def _connect(address: str):
    """A client of the scheduler's. Raises CourseError."""
    try:
        import dask
        from distributed import Client
        from distributed.versions import VersionMismatchWarning
    except ImportError as error:
        raise CourseError(
            f"A cluster needs Dask ({error}): pip install -r requirements.txt"
        ) from error
    for name in ("distributed", "distributed.client"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # `problems` says it
    dask.config.set({"distributed.admin.large-graph-warning-threshold": "1GB"})  # a job has files
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", VersionMismatchWarning)  # each worker is asked anyway
            return Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, TimeoutError, TypeError, ValueError, RuntimeError) as error:
        tls = "" if address.startswith("tcp") else " Are the certificates configured?"
        raise CourseError(
            f"No Dask scheduler answers at {address} ({_short(error)}). Is it running?{tls} "
            "How to start one: docs/cluster.md."
        ) from error


def _title(worker: _Worker) -> str:
    known = worker.name in worker.address
    return f"worker {worker.name}" if known else f"worker {worker.name} ({worker.address})"


def _finish(finish: Callable, what: object) -> None:
    with suppress(InvalidStateError):  # it was cancelled
        finish(what)


def _short(error: BaseException) -> str:
    lines = str(error).strip().splitlines() or [""]
    return f"{type(error).__name__}: {lines[0][:200]}".rstrip(": ")
