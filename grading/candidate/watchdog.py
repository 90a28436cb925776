"""Watches what all processes of a box use together: the system's limits hold for each one alone."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from glob import glob
from pathlib import Path

import psutil

from grading.model.limits import Limits
from grading.model.stops import Stop

INTERVAL = 0.2  # seconds
MEGABYTE = 2**20
# An exact reading of memory takes the system milliseconds. It is used again this many times as long
# as resident memory has moved by less than SLACK bytes.
GOOD_FOR = 10
SLACK = 2 * MEGABYTE
ROOMS = ("home/student", "tmp", "dev/shm")  # where a boxed kernel may write
LISTED = os.path.exists("/proc/thread-self/children")  # whether the system lists children


class Watchdog:
    """Ends a kernel whose processes together pass a limit.

    process: the first process of the box, or the kernel where there is no box. confined: whether
    there is one. limit: the limit that was passed; None as long as none was.
    """

    def __init__(self, process: psutil.Process, limits: Limits, confined: bool):
        self.limit: Stop | None = None
        self._process, self._limits = process, limits
        self._confined = confined
        self._peak = 0
        self._resident, self._exact, self._used = -SLACK, 0, 0
        self._be_the_first_to_go()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Watch no longer; the processes are left as they are."""
        self._over.set()
        self._thread.join()

    def peak_mb(self) -> float:
        """The most memory seen since the last call, in MB."""
        peak, self._peak = max(self._peak, self._memory()), 0
        return round(peak / MEGABYTE, 1)

    def kill(self) -> None:
        """End every process of the kernel now."""
        for process in [self._process, *self._descendants()]:
            try:
                process.kill()
            except psutil.NoSuchProcess:
                continue

    def _watch(self) -> None:
        while not self._over.wait(INTERVAL):
            if not self._process.is_running():
                return
            self.limit = self._passed()
            if self.limit is not None:
                self.kill()
                return

    def _be_the_first_to_go(self) -> None:
        """Have the system end the box first when the machine runs out of memory."""
        told: set[int] = set()
        # Children inherit the setting. Those that were born meanwhile are found by looking again.
        while new := {self._process.pid, *(child.pid for child in self._descendants())} - told:
            told |= new
            for pid in new:
                try:
                    Path(f"/proc/{pid}/oom_score_adj").write_text("1000")
                except OSError:  # not Linux, or it has just ended
                    continue

    def _passed(self) -> Stop | None:
        memory = self._memory()
        self._peak = max(self._peak, memory)
        if memory > self._limits.memory_mb * MEGABYTE:
            return Stop.MEMORY
        if self._written() > self._limits.files:
            return Stop.FILES
        return None

    def _descendants(self) -> list[psutil.Process]:
        """The processes below the first one, parents first, without those that end meanwhile."""
        if LISTED:
            return list(_below(self._process.pid))
        try:
            return self._process.children(recursive=True)
        except psutil.NoSuchProcess:
            return []

    def _memory(self) -> int:
        """Bytes that all processes hold; shared ones count once where the system says which."""
        processes = [self._process, *self._descendants()]
        resident = _sum(processes, lambda process: process.memory_info().rss)
        self._used += 1
        moved = abs(resident - self._resident) >= SLACK
        # The exact sum is never larger, so that it can pass the limit only where this one does.
        over = resident > self._limits.memory_mb * MEGABYTE
        if moved or over or self._used > GOOD_FOR:
            self._exact, self._used = _sum(processes, _bytes), 0
            self._resident = resident
        return self._exact

    def _written(self) -> int:
        """How many files stand where the box may write: empty ones take no space."""
        if not self._confined:
            return 0
        for process in reversed(self._descendants()):
            try:
                rooms = [os.statvfs(f"/proc/{process.pid}/root/{room}") for room in ROOMS]
            except OSError:  # that process has just ended
                continue
            return sum(room.f_files - room.f_ffree for room in rooms)
        return 0


def _below(pid: int) -> Iterator[psutil.Process]:
    """The processes below one. A process that ends while they are listed costs no other."""
    for child in _children(pid):
        try:
            process = psutil.Process(child)
        except psutil.NoSuchProcess:
            continue
        yield process
        yield from _below(child)


def _children(pid: int) -> list[int]:
    """Process ids, without a look at every process of the machine, as psutil takes one."""
    children: list[int] = []
    for path in glob(f"/proc/{pid}/task/*/children"):
        with suppress(OSError):  # that thread has just ended
            children += map(int, Path(path).read_text().split())
    return children


def _sum(processes: list[psutil.Process], measure: Callable[[psutil.Process], int]) -> int:
    total = 0
    for process in processes:
        try:
            total += measure(process)
        except (psutil.NoSuchProcess, psutil.ZombieProcess):
            continue
    return total


def _bytes(process: psutil.Process) -> int:
    try:
        memory = process.memory_full_info()
    except psutil.AccessDenied:  # a process can hide its memory map, not its size
        return process.memory_info().rss
    return getattr(memory, "pss", memory.rss)
