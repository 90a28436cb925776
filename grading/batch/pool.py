"""Processes of this machine that work in parallel, one task each at a time."""

from __future__ import annotations

import multiprocessing
import signal
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from grading.execution.scratch import abandon, sweep

TRIES = 3
START_SECONDS = 10  # to start a process again
LONGEST_FOLDER = 60  # of the hundred letters that the address of a socket may have


class WorkerLost(Exception):
    """A task ended the process that it ran in, each time that it was tried."""


class Pool:
    """As many processes as `size`, each an executor of its own.

    So a process that is lost takes one task with it, which is known and tried again, up to three
    times. A context manager; leaving it ends every process and all that runs in them.
    """

    def __init__(self, size: int):
        self.size = size
        self._free = deque(_executor() for _ in range(size))
        self._waiting: deque[_Task] = deque()
        self._lock = threading.RLock()
        self._closed = False

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def submit(self, function: Callable, *arguments) -> Future:
        """Have a process call a function; the future is running as soon as one does.

        It fails with WorkerLost when the process was lost three times.
        """
        task = _Task(function, arguments)
        with self._lock:
            self._waiting.append(task)
            self._start()
        return task.future

    def close(self) -> None:
        """End all processes now. What runs in them is lost, and nothing of it is left behind."""
        with self._lock:
            self._closed = True
            processes = multiprocessing.active_children()
            for process in processes:
                process.kill()
            for executor in self._free:
                executor.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.join()
        sweep()

    def _start(self) -> None:
        while self._waiting and self._free and not self._closed:
            executor, task = self._free.popleft(), self._waiting.popleft()
            if not task.tries and not task.future.set_running_or_notify_cancel():
                self._free.append(executor)  # it was cancelled while it waited
                continue
            task.tries += 1
            try:
                executor, working = _begun(executor, task)
            except (BrokenProcessPool, OSError, EOFError) as error:
                task.future.set_exception(error)
                self._free.append(_executor())
                continue
            working.add_done_callback(lambda done, e=executor, t=task: self._done(e, t, done))

    def _done(self, executor: ProcessPoolExecutor, task: _Task, done: Future) -> None:
        error = done.exception()
        with self._lock:
            if isinstance(error, BrokenProcessPool):
                # It takes leave of itself; Python 3.12 calls this with the lock of its shutdown.
                executor = _executor()
            self._free.append(executor)
            again = isinstance(error, BrokenProcessPool) and task.tries < TRIES
            if again and not self._closed:
                self._waiting.appendleft(task)
            self._start()
        if isinstance(error, BrokenProcessPool):
            if not again:
                task.future.set_exception(WorkerLost(f"its process was lost {TRIES} times"))
        elif error is not None:
            task.future.set_exception(error)
        else:
            task.future.set_result(done.result())


class _Task:
    def __init__(self, function: Callable, arguments: tuple):
        self.function, self.arguments = function, arguments
        self.future: Future = Future()
        self.tries = 0


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
        except (BrokenProcessPool, OSError, EOFError):
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
