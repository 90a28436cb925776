"""Watches what a box uses as a whole: limits of the system hold for each process alone."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil

from grading.model.limits import Limits
from grading.model.stops import Stop

INTERVAL = 0.2
MEGABYTE = 2**20
SLACK = 2 * MEGABYTE  # of resident memory, within which the last exact reading is good
GOOD_FOR = 10  # uses of a reading: it takes the system milliseconds
ROOMS = ("home/student", "tmp", "dev/shm")  # where a boxed kernel may write


class Watchdog:
    """Ends a kernel whose processes together pass a limit.

    limit: the limit that was passed; None as long as none was.
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
        """Where the machine runs out of memory that no limit sees, have it end the box."""
        told: set[int] = set()
        # Children inherit it. Those that were born meanwhile are found by looking again.
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
        try:
            return _descendants(self._process)
        except psutil.NoSuchProcess:
            return []

    def _memory(self) -> int:
        """Bytes that the processes hold, what they share counted once where the system says it."""
        processes = self._descendants() or [self._process]
        resident = _sum(processes, lambda process: process.memory_info().rss)
        self._used += 1
        moved = abs(resident - self._resident) >= SLACK
        over = resident > self._limits.memory_mb * MEGABYTE  # as the exact sum can't be otherwise
        if moved or over or self._used > GOOD_FOR:
            self._exact, self._used = _sum(processes, _bytes), 0
            self._resident = resident
        return self._exact

    def _written(self) -> int:
        """Files in the rooms of the box: empty ones take no space that a limit on space sees."""
        if not self._confined:
            return 0
        for process in reversed(self._descendants()):
            try:
                rooms = [os.statvfs(f"/proc/{process.pid}/root/{room}") for room in ROOMS]
            except OSError:  # that process has just ended
                continue
            return sum(room.f_files - room.f_ffree for room in rooms)
        return 0


def _descendants(process: psutil.Process) -> list[psutil.Process]:
    """The processes below one, parents first."""
    try:
        return [psutil.Process(pid) for pid in _below(process.pid)]
    except OSError:  # a system without such lists, or one of them has just ended
        return process.children(recursive=True)


def _below(pid: int) -> Iterator[int]:
    """Their numbers, without looking at every process of the machine as psutil does."""
    for path in Path(f"/proc/{pid}/task").iterdir():
        for child in map(int, (path / "children").read_text().split()):
            yield child
            yield from _below(child)


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
    except psutil.AccessDenied:  # a process may forbid that it is looked into, not that it is seen
        return process.memory_info().rss
    return getattr(memory, "pss", memory.rss)
