"""Watches what a box uses as a whole: limits of the system hold for each process alone."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import psutil

from grading.limits import Limits
from grading.stops import Stop

INTERVAL = 0.2
MEGABYTE = 2**20
ROOMS = ("home/student", "tmp", "dev/shm")  # where a boxed kernel may write


class Watchdog:
    """Ends a kernel whose processes together pass a limit, or that fills our own memory.

    limit: the limit that was passed; None as long as none was.
    """

    def __init__(self, process: psutil.Process, limits: Limits, confined: bool):
        self.limit: Stop | None = None
        self._process, self._limits = process, limits
        self._confined = confined
        self._peak = 0
        self._own = psutil.Process()
        self._before = self._own.memory_info().rss
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
        # A message of endless parts waits here, whatever ZeroMQ says of its size.
        received = self._own.memory_info().rss - self._before
        if max(memory, received) > self._limits.memory_mb * MEGABYTE:
            return Stop.MEMORY
        if self._written() > self._limits.files:
            return Stop.FILES
        return None

    def _descendants(self) -> list[psutil.Process]:
        try:
            return self._process.children(recursive=True)
        except psutil.NoSuchProcess:
            return []

    def _memory(self) -> int:
        """Bytes that the processes hold, what they share counted once where the system says it."""
        total = 0
        for process in self._descendants() or [self._process]:
            try:
                total += _bytes(process)
            except (psutil.NoSuchProcess, psutil.ZombieProcess):
                continue
        return total

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


def _bytes(process: psutil.Process) -> int:
    try:
        memory = process.memory_full_info()
    except psutil.AccessDenied:  # a process may forbid that it is looked into, not that it is seen
        return process.memory_info().rss
    return getattr(memory, "pss", memory.rss)
