"""The workers of a Dask cluster: each new one is asked for its versions, then taken or refused."""

import gc
import json
import logging
import queue
import warnings
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pkgutil import resolve_name

from grading.cluster.acceptance import describe, differences, is_private
from grading.course import CourseError

CONNECT_SECONDS = 10
ANSWER_SECONDS = 30  # for the scheduler to say who is there


class SchedulerLost(CourseError):
    """The scheduler can't be reached any more, or no worker is left behind it: run again."""


@dataclass(eq=False)
class Worker:
    """A worker process.

    nanny: the address of the process that starts it again, or None. question: the one that it has
    not answered yet. process: the id of its process; empty until it is accepted.
    """

    name: str
    address: str
    nanny: str | None
    question: Future | None = None
    process: str = ""

    def __str__(self) -> str:
        name = f"worker {self.name}"
        return name if self.name in self.address else f"{name} ({self.address})"


class Roster:
    """The workers of one scheduler, as they come and go.

    address: the scheduler's. confined: whether jobs run in a sandbox. events: the queue for calls
    that the owner makes in its own thread, as it makes all others. problems: a sentence for each
    worker that was refused. Raises CourseError when nobody answers at the address.
    """

    def __init__(self, address: str, confined: bool, events: queue.SimpleQueue):
        self._address, self._confined, self._events = address, confined, events
        self._here = json.loads(describe())
        self._there: dict[tuple[str, str], Worker] = {}
        self.problems: list[str] = []
        self._client = _connect(address)
        self._executor = self._client.get_executor(pure=False)

    @property
    def accepted(self) -> list[Worker]:
        return [worker for worker in list(self._there.values()) if worker.process]

    @property
    def is_settled(self) -> bool:
        """Whether there are workers, and all of them have answered."""
        return bool(self._there) and not any(worker.question for worker in self._there.values())

    def why_nobody(self) -> str:
        """Why no worker can be used: a line for each worker."""
        silent = [
            f"{worker} does not answer: does it still run a job of an earlier run?"
            for worker in self._there.values()
            if worker.question
        ]
        return "\n  ".join([*self.problems, *silent]) or "none has joined it"

    def send(self, worker: Worker, then: Callable, function: Callable, *arguments) -> Future:
        """Have a function called on one worker and no other, and then `then(worker, future)`."""
        sent = self._executor.submit(function, *arguments, workers=[worker.address])
        sent.add_done_callback(lambda sent: self._events.put(partial(then, worker, sent)))
        return sent

    def look(self) -> list[Worker]:
        """Take in the workers that have come; returns those that are gone. Raises SchedulerLost."""
        scheduler = self._ask_scheduler()
        if not is_private(scheduler["address"]):
            raise SchedulerLost(
                f"the scheduler listens on {scheduler['address']}, where others reach it without a "
                "certificate; start it with --host 127.0.0.1, or with tls:// (docs/cluster.md)"
            )
        # A worker that is started again has a new folder, though it may have its old address.
        workers = scheduler["workers"].items()
        there = {(at, said["local_directory"]): said for at, said in workers}
        gone = [self._there.pop(key) for key in list(self._there) if key not in there]
        for worker in gone:
            if worker.question is not None:
                worker.question.cancel()
        for key, said in there.items():
            if key not in self._there and said["status"] == "running":
                self._there[key] = worker = Worker(str(said["name"]), key[0], said["nanny"])
                self._greet(worker, said["nthreads"])
        return gone

    def _ask_scheduler(self) -> dict:
        if self._client.status != "running":
            raise SchedulerLost("the connection to the scheduler was lost")
        try:
            return self._client.sync(
                self._client.scheduler.identity, n_workers=-1, callback_timeout=ANSWER_SECONDS
            )
        except (OSError, TimeoutError) as error:
            raise SchedulerLost(f"the scheduler does not answer ({short(error)})") from error

    def _greet(self, worker: Worker, threads: int) -> None:
        """Ask a new worker whether it can import the kit, unless it can be refused at once."""
        if not is_private(worker.address):
            self._refuse(worker, "others reach it without a certificate; start it with tls://")
        elif threads != 1:
            advice = f"start it with --nthreads 1 --nworkers {threads}"
            self._refuse(worker, f"several jobs would share its process; {advice}")
        else:
            # A worker ends when it can't import a function that it is sent: the first question is
            # one of the standard library's, which imports the kit by name.
            name = "grading.cluster.acceptance:describe.__name__"
            worker.question = self.send(worker, self._ask, resolve_name, name)

    def _ask(self, worker: Worker, answer: Future) -> None:
        worker.question = None
        if worker not in self._there.values():
            return
        try:
            answer.result()
        except (Exception, CancelledError) as error:
            self._refuse(worker, f"it can't import the kit ({short(error)}): install it there")
        else:
            worker.question = self.send(worker, self._judge, describe)

    def _judge(self, worker: Worker, answer: Future) -> None:
        worker.question = None
        if worker not in self._there.values():
            return
        try:
            there = json.loads(answer.result())
        except (
            Exception,
            CancelledError,
        ) as error:  # which may be an error of the scheduler, in passing it on
            where = "the scheduler's machine" if "deserialization" in str(error) else "it"
            reasons = f"{where} can't import the kit ({short(error)}): install it there"
        else:
            reasons = "; ".join(differences(there, self._here, self._confined))
        if reasons:
            self._refuse(worker, reasons)
        else:
            worker.process = there["process"]

    def _refuse(self, worker: Worker, reasons: str) -> None:
        self.problems.append(f"{worker} was refused: {reasons}")

    def close(self, busy: list[Worker]) -> None:
        """Leave the cluster; workers of `busy` that have a nanny are ended and started again."""
        addresses = [worker.address for worker in busy if worker.nanny]
        with suppress(OSError, TimeoutError):
            if addresses and self._client.status == "running":
                self._client.restart_workers(
                    addresses, timeout=ANSWER_SECONDS, raise_for_error=False
                )
        with suppress(OSError, TimeoutError):
            self._client.close(timeout=CONNECT_SECONDS)
        self._there.clear()


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
        _let_go(error)
        tls = " Are the certificates configured?" if address.startswith("tls") else ""
        raise CourseError(
            f"No Dask scheduler answers at {address} ({short(error)}). Is it running?{tls} "
            "How to start one: docs/cluster.md."
        ) from error


def _let_go(error: BaseException | None) -> None:
    """End a client that could not connect now: tracebacks keep it. When it ends while another one
    starts, as Python collects it, Dask waits for itself and never returns."""
    while error is not None:
        error.__traceback__ = None
        error = error.__cause__ or error.__context__
    gc.collect()


def short(error: BaseException) -> str:
    lines = str(error).strip().splitlines() or [""]
    return f"{type(error).__name__}: {lines[0][:200]}".rstrip(": ")
