"""The grader's end of the examiner: start it, have a check run, relay its questions."""

from __future__ import annotations

import asyncio
import struct
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import msgpack

from grading.candidate.kernel import Candidate, CandidateLate, CandidateLost
from grading.examiner.forked import Forked, environment, fork_examiner
from grading.examiner.link import LENGTH, frame
from grading.model.limits import Limits
from grading.model.stops import Stop
from grading.processes.fork_servers import ColdStart, why_cold


class ExaminerLost(Exception):
    """The examiner's process ended by itself or did not come up: our failure."""


class CheckTooLong(Exception):
    """A check passed its time; the examiner was ended for it and starts anew for the next one."""


@dataclass(frozen=True)
class Paper:
    """What an examiner is set up with.

    folder: the scratch folder that it removes if the grader vanishes. work: where tests run, with
    the master's files. imports: sources with the master's imports. tests: the test cells.
    warm: the import statements that it has run when it starts; None for a cold start.
    measures: whether it notes how far numbers are from their thresholds.
    """

    folder: Path
    work: Path
    imports: list[str]
    tests: list[str]
    warm: tuple[str, ...] | None = None
    measures: bool = False


class Examiner:
    """The process that judges one notebook, from `start` to `stop`."""

    def __init__(self, paper: Paper, limits: Limits):
        self._paper, self._limits = paper, limits
        self._log = paper.folder / "examiner.log"
        self._process: asyncio.subprocess.Process | Forked | None = None

    async def start(self) -> None:
        with self._log.open("wb") as log:
            self._process = await self._start_warm(log) or await self._start_cold(log)
        await self._write(
            {
                "folder": str(self._paper.folder),
                "work": str(self._paper.work),
                "imports": self._paper.imports,
                "tests": self._paper.tests,
                "memory_mb": self._limits.memory_mb,
                "measures": self._paper.measures,
            }
        )

    async def _start_warm(self, log: BinaryIO) -> Forked | None:
        if self._paper.warm is None or why_cold():
            return None
        try:
            return await fork_examiner(self._paper.warm, log.fileno())
        except ColdStart:  # it starts from nothing, which takes longer
            return None

    async def _start_cold(self, log: BinaryIO) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable, "-s", "-P", "-m", "grading.examiner",
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            stderr=log, env=environment(),
            start_new_session=True,  # Ctrl-C is the grader's to handle
        )  # fmt: skip

    async def check(
        self, source: str, grade_id: str, candidate: Candidate, stops: list[tuple[str, str, str]]
    ) -> dict:
        """Run one test cell; see `grading.examiner.tests.run_check` for what it gives.

        stops: the cells before it that stopped, for its hints, see `helpers._order.told`.

        Raises CheckTooLong, and ExaminerLost when the process is gone.
        """
        if self._process is None:
            await self.start()
        try:
            async with asyncio.timeout(self._limits.check_seconds):
                await self._write({"source": source, "grade_id": grade_id, "stops": stops})
                while True:
                    message = await self._read()
                    if "result" in message:
                        return message["result"]
                    await self._write(await self._answer(message["question"], candidate))
        except TimeoutError:
            await self.stop()
            await self._answer(msgpack.packb({"ask": "end"}), candidate)  # in the examiner's stead
            raise CheckTooLong from None

    async def _answer(self, question: bytes, candidate: Candidate) -> dict:
        try:
            return {"answer": await candidate.ask(question, self._limits.call_seconds)}
        except CandidateLate:
            return {"lost": Stop.CALL_TIME.to_student(self._limits)}
        except CandidateLost as lost:
            return {"lost": lost.stop.to_student(self._limits)}

    async def _write(self, message: dict) -> None:
        try:
            self._process.stdin.write(frame(message))
            await self._process.stdin.drain()
        except (BrokenPipeError, ConnectionResetError) as error:
            raise ExaminerLost(await self._why_it_ended()) from error

    async def _read(self) -> dict:
        try:
            (length,) = LENGTH.unpack(await self._process.stdout.readexactly(LENGTH.size))
            return msgpack.unpackb(await self._process.stdout.readexactly(length))
        except (asyncio.IncompleteReadError, ConnectionResetError, struct.error) as error:
            raise ExaminerLost(await self._why_it_ended()) from error

    async def _why_it_ended(self) -> str:
        code = await self._process.wait()
        written = self._log.read_text("utf-8", "replace").strip().splitlines()
        return f"the examiner ended by itself ({written[-1] if written else code})"

    async def stop(self) -> None:
        """End the process now."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.returncode is None:
            process.kill()
        await process.wait()
        if isinstance(process, Forked):
            process.close()
        else:
            process._transport.close()
