"""Processes of this machine that work in parallel, one task each at a time."""

from __future__ import annotations

import multiprocessing
import signal
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from queue import SimpleQueue

from grading.processes.scratch import abandon, sweep

TRIES = 3
START_SECONDS = 10  # to start a process again
LONGEST_FOLDER = 60  # of the hundred letters that the address of a socket may have


class WorkerLost(Exception):
    """A task ended the process that it ran in, each time that it was tried."""


class Pool:
    """As many processes as `size`, each an executor and a thread of its own.

    So a process that is lost takes one task with it, which is known and tried again, up to three
    times. A context manager; leaving it ends every process and all that runs in them.
    """

    def __init__(self, size: int):
        self.size = size
        self._waiting: SimpleQueue[_Task | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._closed = False
        for executor in [_executor() for _ in range(size)]:
            work = threading.Thread(target=self._work, args=[executor], name="pool", daemon=True)
            work.start()

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def submit(self, function: Callable, *arguments) -> Future:
        """Have a process call a function; the future is running as soon as one does.

        It fails with WorkerLost when the process was lost three times.
        """
        task = _Task(function, arguments)
        self._waiting.put(task)
        return task.future

    def close(self) -> None:
        """End all processes now. What runs in them is lost, and nothing of it is left behind."""
        with self._lock:
            self._closed = True
            processes = multiprocessing.active_children()
            for process in processes:
                process.kill()
        for _ in range(self.size):
            self._waiting.put(None)
        for process in processes:
            process.join()
        sweep()

    def _work(self, executor: ProcessPoolExecutor) -> None:
        """Give one process task after task.

        Nothing is done in a callback of its executor. Since Python 3.12 that one is locked while it
        says that its process was lost: to shut it down there, or to let it go, is to wait for ever.
        """
        while (task := self._waiting.get()) is not None:
            if task.future.set_running_or_notify_cancel():
                executor = self._do(executor, task)
        executor.shutdown(wait=False, cancel_futures=True)

    def _do(self, executor: ProcessPoolExecutor, task: _Task) -> ProcessPoolExecutor:
        """See a task to its end, in process after process; returns the executor used last."""
        error = None
        for _ in range(TRIES):
            try:
                with self._lock:
                    if self._closed:
                        return executor
                    executor, working = _begun(executor, task)
            except (RuntimeError, OSError, EOFError) as refused:
                error = refused
                break
            error = working.exception()
            if not isinstance(error, BrokenProcessPool):
                break
        else:
            error = WorkerLost(f"its process was lost {TRIES} times")
        if error is None:
            task.future.set_result(working.result())
        elif not self._closed:
            task.future.set_exception(error)
        return executor


class _Task:
    def __init__(self, function: Callable, arguments: tuple):
        self.function, self.arguments = function, arguments
        self.future: Future = Future()


def _begun(executor: ProcessPoolExecutor, task: _Task) -> tuple[ProcessPoolExecutor, Future]:
    """The executor that has taken a task, and its future.

    It is another one where the process was lost while it had nothing to do, or none could be made
    because the process that they are forked from was lost: the next is forked from a new one, once
    the system has taken leave of the old.
    """
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            return executor, executor.submit(task.function, *task.arguments)
        except (RuntimeError, OSError, EOFError):  # the first: it is lost, or no thread for it
            if time.monotonic() > deadline:
                raise
            executor.shutdown(wait=False)
            executor = _executor()
            time.sleep(0.05)


def _executor() -> ProcessPoolExecutor:
    """One process, forked from one that only imports: what that took is shared, and nothing of the
    coordinator's threads and connections to the gradebook, as in forks of its own.
    """
    # That one's socket stands in the temporary folder, whose name may be too long for it.
    fits = len(tempfile.gettempdir()) <= LONGEST_FOLDER
    context = multiprocessing.get_context("forkserver" if fits else "spawn")
    if fits:
        context.set_forkserver_preload(["grading.execution.worker", "grading.feedback.publish"])
    return ProcessPoolExecutor(1, context, initializer=_begin)


def _begin() -> None:
    """Leave Ctrl-C to the coordinator, and end when it has ended, however that was."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def watch() -> None:
        multiprocessing.parent_process().join()
        abandon()

    threading.Thread(target=watch, name="coordinator", daemon=True).start()
