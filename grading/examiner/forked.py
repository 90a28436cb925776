"""An examiner that is forked from a warm process, seen from the grader."""

from __future__ import annotations

import asyncio
import os
import select
import signal
import socket
import sys

from grading.candidate.box import THREADS
from grading.processes.fork_servers import ForkServer, ForkServers


def environment() -> dict[str, str]:
    """The variables of an examiner."""
    return {**os.environ, **dict.fromkeys(THREADS, "1"), "PYTHONHASHSEED": "0", "MPLBACKEND": "agg"}


class _ExaminerMaker(ForkServer):
    """A warm process that holds the examiner's own code too."""

    def __init__(self, imports: tuple[str, ...]):
        command = [sys.executable, "-s", "-P", "-m", "grading.examiner.fork_main"]
        super().__init__(command, environment(), imports)


_makers = ForkServers(_ExaminerMaker)


async def fork_examiner(imports: tuple[str, ...], log: int) -> Forked:
    """Start one. log: where it writes what goes wrong. Raises ColdStart when none can be had."""
    ours, theirs = socket.socketpair()
    with theirs:
        try:
            held = await asyncio.to_thread(_makers.fork, imports, {}, [theirs.fileno(), log])
        except BaseException:
            ours.close()
            raise
    stdout, stdin = await asyncio.open_unix_connection(sock=ours)
    return Forked(held, stdin, stdout)


class Forked:
    """What an examiner needs of `asyncio.subprocess.Process`.

    returncode: of one that has ended, -9; only its parent is told more.
    """

    def __init__(self, held: int, stdin: asyncio.StreamWriter, stdout: asyncio.StreamReader):
        self._held, self.stdin, self.stdout = held, stdin, stdout
        self.returncode: int | None = None

    def kill(self) -> None:
        try:
            signal.pidfd_send_signal(self._held, signal.SIGKILL)
        except ProcessLookupError:  # it has ended by itself
            return

    async def wait(self) -> int:
        """Wait for its end."""
        if self.returncode is None:
            await asyncio.to_thread(select.select, [self._held], [], [])
            self.returncode = -signal.SIGKILL
        return self.returncode

    def close(self) -> None:
        self.stdin.close()
        os.close(self._held)
