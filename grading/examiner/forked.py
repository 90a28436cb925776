"""Warm starts of examiners: the grader's end of one that was forked from a fork server."""

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


class _ExaminerForkServer(ForkServer):
    """It runs `grading.examiner.fork_main` and holds the examiner's own code too."""

    def __init__(self, imports: tuple[str, ...]):
        command = [sys.executable, "-s", "-P", "-m", "grading.examiner.fork_main"]
        super().__init__(command, environment(), imports)


_fork_servers = ForkServers(_ExaminerForkServer)


async def fork_examiner(imports: tuple[str, ...], log: int) -> Forked:
    """Start an examiner.

    imports: the import statements that it has run when it starts. log: the descriptor of a file
    where it writes what goes wrong. Raises ColdStart when a warm start is not possible.
    """
    ours, theirs = socket.socketpair()
    with theirs:
        try:
            passed = [theirs.fileno(), log]
            pidfd = await asyncio.to_thread(_fork_servers.fork, imports, {}, passed)
        except BaseException:
            ours.close()
            raise
    stdout, stdin = await asyncio.open_unix_connection(sock=ours)
    return Forked(pidfd, stdin, stdout)


class Forked:
    """What an examiner needs of `asyncio.subprocess.Process`.

    pidfd: of the process. returncode: -9 for any that has ended, as the system tells the exit code
    to the parent alone, and that is the fork server.
    """

    def __init__(self, pidfd: int, stdin: asyncio.StreamWriter, stdout: asyncio.StreamReader):
        self._pidfd, self.stdin, self.stdout = pidfd, stdin, stdout
        self.returncode: int | None = None

    def kill(self) -> None:
        try:
            signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
        except ProcessLookupError:  # it has ended by itself
            return

    async def wait(self) -> int:
        """Wait until the process has ended."""
        if self.returncode is None:
            await asyncio.to_thread(select.select, [self._pidfd], [], [])
            self.returncode = -signal.SIGKILL
        return self.returncode

    def close(self) -> None:
        self.stdin.close()
        os.close(self._pidfd)
