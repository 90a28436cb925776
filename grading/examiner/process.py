"""The grader's end of the examiner: start it, have a check run, relay its questions."""

import asyncio
import struct
from dataclasses import asdict, dataclass
from pathlib import Path

import msgpack

from grading.candidate import bubblewrap
from grading.candidate.kernel import Candidate, CandidateLate, CandidateLost
from grading.examiner import box
from grading.examiner.forked import Forked, Started
from grading.examiner.link import LENGTH, frame
from grading.examiner.messages import Test, Verdict
from grading.examiner.starting import start
from grading.model.limits import Limits
from grading.model.stops import Stop
from grading.words import FIRST

LARGEST = 2**29  # bytes of a message: a question holds values, of 256 MiB at the most


class ExaminerLost(Exception):
    """The examiner's process ended by itself or did not come up: our failure."""


class CheckTooLong(Exception):
    """A check passed its time; the examiner was ended for it and starts anew for the next one."""


@dataclass(frozen=True)
class Paper:
    """What an examiner is set up with.

    folder: a scratch folder of the grader's, with the examiner's small course in course/. work:
    where tests run, inside of that course. imports: the cells that students are given, with their
    imports. answers: the solution cells. tests: the test cells. confined: in a box. warm: the
    import statements that it has run when it starts; None for a cold start. measures: whether it
    notes how far numbers are from their thresholds. language: of what students read.
    """

    folder: Path
    work: str
    imports: list[str]
    answers: list[str]
    tests: list[str]
    confined: bool
    warm: tuple[str, ...] | None = None
    measures: bool = False
    language: str = FIRST


class Examiner:
    """The process that judges one notebook, from `start` to `stop`."""

    def __init__(self, paper: Paper, limits: Limits):
        self._paper, self._limits = paper, limits
        self._log = paper.folder / "examiner.log"
        self._process: Forked | Started | None = None

    async def start(self) -> None:
        paper = self._paper
        course = str(paper.folder / "course")
        copied = [box.COURSE, box.WORKING_COPY] if paper.confined else []
        with self._log.open("wb") as log:
            self._process = await start(
                paper.folder, self._limits, paper.confined, paper.warm, log.fileno()
            )
        await self._write(
            {
                "limits": bubblewrap.limits(self._limits, paper.confined),
                "copied": copied,
                "work": f"{copied[1] if copied else course}/{paper.work}",
                "room": self._limits.test_files_mb * 2**20,
                "imports": paper.imports,
                "answers": paper.answers,
                "tests": paper.tests,
                "measures": paper.measures,
                "language": paper.language,
            }
        )

    async def run(self, test: Test, candidate: Candidate) -> Verdict:
        """Run one test cell on the names of a candidate.

        Raises CheckTooLong, and ExaminerLost when the process is gone.
        """
        if self._process is None:
            await self.start()
        try:
            async with asyncio.timeout(self._limits.check_seconds):
                await self._write(asdict(test))
                while True:
                    message = await self._read()
                    if "verdict" in message:
                        return Verdict.of(test, message["verdict"])
                    await self._write(await self._answer(message["question"], candidate))
        except TimeoutError:
            await self.stop()
            # In the examiner's stead, whose names are gone with it.
            await self._answer(msgpack.packb({"ask": "end", "kept": []}), candidate)
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
            if length > LARGEST:
                raise ValueError(f"a message of {length} bytes")
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
        if process is not None:
            await process.end()
