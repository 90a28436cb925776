"""Starts an examiner: warm or cold, in its box or, where there is no sandbox, without one."""

import asyncio
import os
import sys
from pathlib import Path

import grading.processes.fork_servers
from grading.candidate import holder, seccomp
from grading.candidate.bubblewrap import THREADS
from grading.examiner import box
from grading.examiner.forked import Forked, Started, fork_examiner
from grading.model.limits import Limits
from grading.processes.fork_servers import ColdStart

COMMAND = [sys.executable, "-s", "-P", "-m", "grading.examiner"]


async def start(
    folder: Path, limits: Limits, confined: bool, warm: tuple[str, ...] | None, log: int
) -> Forked | Started:
    """Start an examiner whose messages go over its stdin and stdout.

    folder: a scratch folder with what its box shows, see `box.command`. confined: in a box. warm:
    the import statements that it has run; None for a cold start. log: where it writes what
    goes wrong.
    """
    boxed = box.command(folder, limits) if confined else []
    why_cold = holder.why_cold() if confined else grading.processes.fork_servers.why_cold()
    if warm is not None and not why_cold:
        try:
            return await _start_warm(boxed, warm, log)
        except ColdStart:  # the same examiner, later
            pass
    return await _launch([*boxed, *COMMAND], log, confined)


async def _start_warm(boxed: list[str], warm: tuple[str, ...], log: int) -> Forked:
    if not boxed:
        return await fork_examiner(warm, log, None)
    held = await _launch([*boxed, *holder.PROGRAM], log, confined=True)
    try:
        held.stdin.write(b"?")
        async with asyncio.timeout(holder.BOX_SECONDS):
            await held.stdout.readexactly(1)
        return await fork_examiner(warm, log, held)
    except (ConnectionError, asyncio.IncompleteReadError, TimeoutError) as error:
        await held.end()
        raise ColdStart("bubblewrap did not make the box") from error
    except BaseException:
        await held.end()
        raise


async def _launch(command: list[str], log: int, confined: bool) -> Started:
    """Start a program, with the filter of system calls where it is bubblewrap with a box."""
    program = seccomp.program() if confined else None
    variables = {"PATH": os.environ["PATH"]} if confined else _environment()
    read, write = os.pipe()
    try:
        with os.fdopen(write, "wb") as pipe:
            pipe.write(program or b"")
        if program is not None:
            command = [command[0], "--seccomp", str(read), *command[1:]]
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=log,
            env=variables, pass_fds=[read] if program is not None else [],
            start_new_session=True,  # Ctrl-C is the grader's to handle
        )  # fmt: skip
    finally:
        os.close(read)
    return Started(process)


def _environment() -> dict[str, str]:
    """The variables of an examiner that no box keeps from the grader's."""
    return {**os.environ, **dict.fromkeys(THREADS, "1"), "PYTHONHASHSEED": "0", "MPLBACKEND": "agg"}
