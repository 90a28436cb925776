"""Warm starts of examiners: the grader's end of one that was forked from a fork server."""

from __future__ import annotations

import asyncio
import os
import select
import signal
import socket
import sys
from contextlib import suppress

from grading.candidate import bubblewrap, holder
from grading.examiner import box
from grading.processes.fork_servers import ForkServer, ForkServers


class _ExaminerForkServer(ForkServer):
    """It runs `grading.examiner.fork_main`, which holds nothing of the grader's."""

    def __init__(self, imports: tuple[str, ...]):
        command = [sys.executable, "-s", "-P", "-m", "grading.examiner.fork_main"]
        # The home is the user's own: libraries find there what they have prepared for later.
        variables = bubblewrap.environment(os.path.expanduser("~")) | {"MPLBACKEND": "agg"}
        super().__init__(command, variables, imports)


_fork_servers = ForkServers(_ExaminerForkServer)


async def fork_examiner(imports: tuple[str, ...], log: int, boxed: Started | None) -> Forked:
    """Start an examiner.

    imports: the import statements that it has run when it starts. log: where it writes what goes
    wrong. boxed: bubblewrap, which holds the box open that the examiner joins; None where there is
    no sandbox. Raises ColdStart when none can be had.
    """
    request: dict = {}
    namespaces: list[int] = []
    if boxed is not None:
        request = {"environment": box.environment(), **holder.dropped(box.user())}
        namespaces = holder.namespaces(boxed.pid)
    ours, theirs = socket.socketpair()
    try:
        with theirs:
            passed = [theirs.fileno(), log, *namespaces]
            pidfd = await asyncio.to_thread(_fork_servers.fork, imports, request, passed)
    except BaseException:
        ours.close()
        raise
    finally:
        for each in namespaces:
            os.close(each)
    stdout, stdin = await asyncio.open_unix_connection(sock=ours)
    return Forked(pidfd, stdin, stdout, boxed)


class Forked:
    """An examiner that is a child of the fork server; the grader has its pidfd."""

    def __init__(
        self,
        pidfd: int,
        stdin: asyncio.StreamWriter,
        stdout: asyncio.StreamReader,
        boxed: Started | None,
    ):
        self._pidfd, self.stdin, self.stdout, self._boxed = pidfd, stdin, stdout, boxed

    async def wait(self) -> int:
        """Wait for its end; returns -9, as only its parent is told more."""
        await asyncio.to_thread(select.select, [self._pidfd], [], [])
        return -signal.SIGKILL

    async def end(self) -> None:
        """End it, and its box with all that is in it."""
        with suppress(ProcessLookupError):  # it has ended by itself
            signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
        await self.wait()
        if self._boxed is not None:
            await self._boxed.end()
        self.stdin.close()
        os.close(self._pidfd)


class Started:
    """A program that the grader has started itself."""

    def __init__(self, process: asyncio.subprocess.Process):
        self._process = process
        self.pid, self.stdin, self.stdout = process.pid, process.stdin, process.stdout

    async def wait(self) -> int:
        """Wait for its end; returns its exit code."""
        return await self._process.wait()

    async def end(self) -> None:
        """End it; bubblewrap takes all that is in its box along.

        A bubblewrap that is killed while it makes the box may leave the box's first process behind,
        and `wait` would wait for that one too. Until it has a session of its own, it is in the
        process group; afterwards it ends when it finds its standard input closed.
        """
        if self._process.returncode is None:
            with suppress(ProcessLookupError):  # it has ended by itself
                os.killpg(self.pid, signal.SIGKILL)
        self.stdin.close()
        await self._process.wait()
        self._process._transport.close()
