"""The candidate: the student's kernel, to run cells in and to ask for values."""

import asyncio
import time

import psutil
from nbformat import NotebookNode
from nbformat.v4 import new_output

from grading.candidate.box import Box
from grading.candidate.client import Client
from grading.candidate.connection import Connection
from grading.candidate.watchdog import Watchdog
from grading.model.stops import Stop
from grading.replay.replay import Loops

GRACE_SECONDS = 5  # for an interrupted kernel to answer
LATE_SECONDS = 60  # for the last that a cell showed to arrive
MOST_QUESTIONS = 200  # of one cell's training loops
LARGEST_ANSWER = 300 * 2**20
CELLS_SHOWN = 4  # all cells together may show this many times what one cell may


class CandidateLost(Exception):
    """The kernel ended or was ended; `stop` says why."""

    def __init__(self, stop: Stop):
        super().__init__(stop.name)
        self.stop = stop


class CandidateLate(Exception):
    """The kernel did not answer a question in its time, but lives."""


class Candidate:
    """One kernel in a box, from `start` to `stop`.

    lost: why the kernel ended; None while it lives. loops: answers what training loops ask.
    """

    def __init__(self, notebook: NotebookNode, box: Box, loops: Loops):
        self._limits, self._loops = box.limits, loops
        self._confined = box.confined
        self._shown = self._limits.output_mb * 2**20
        shown = self._shown + 2**20
        largest = {
            "shell": LARGEST_ANSWER,
            "stdin": loops.largest,
            "iopub": shown,
            "control": shown,
        }
        self._connection = Connection(box, largest)
        self._client = Client(notebook, timeout=None, allow_errors=True, iopub_timeout=LATE_SECONDS)
        self._client.spare = CELLS_SHOWN * self._shown
        self._watchdog: Watchdog | None = None
        self.lost: Stop | None = None

    async def start(self) -> None:
        """Start the kernel. Raises RuntimeError when it does not come up: the grader's failure."""
        connection = self._connection
        await connection.open()
        process = psutil.Process(connection.pid)
        self._watchdog = Watchdog(process, self._limits, self._confined)
        self._client.km, self._client.kc = connection.manager, connection.kernel
        await connection.wait_until_ready()

    async def run(self, cell: NotebookNode, index: int, seconds: float) -> Stop | None:
        """Run a code cell and keep what it shows; returns the limit that stopped it, if one did.

        Raises CandidateLost when the kernel is gone.
        """
        self._require_alive()
        self._connection.passed_over()
        await self._connection.forget_questions()
        self._client.begin(self._shown)
        running = asyncio.ensure_future(self._client.async_execute_cell(cell, index))
        answering = asyncio.ensure_future(self._answer_loops())
        try:
            stop = await self._supervise(running, seconds)
        finally:
            answering.cancel()
        ended = running.cancelled() or running.exception() is not None
        if ended:
            self._lose(Stop.UNINTERRUPTED if stop else Stop.DIED)
        reason = self.lost or stop
        if reason is not None:
            cell.outputs = [o for o in cell.outputs if o.get("ename") != "KeyboardInterrupt"]
            cell.outputs.append(_error(reason.to_student(self._limits, seconds)))
        if ended:
            raise CandidateLost(self.lost)
        return stop

    async def _supervise(self, running: asyncio.Future, seconds: float) -> Stop | None:
        """Wait for a cell within its limits; returns the one that it passed, or None."""
        deadline = time.monotonic() + seconds
        while not running.done():
            await asyncio.wait({running}, timeout=min(0.1, seconds))
            stop = None
            if self._connection.passed_over():
                self._client.left = -1
            if self._client.left < 0:
                stop = Stop.OUTPUT
            elif not running.done() and time.monotonic() > deadline:
                stop = Stop.CELL_TIME
            if stop is not None:
                # After a flood, what is still on its way arrives before the end of the cell.
                await self._interrupt(
                    running, LATE_SECONDS if stop is Stop.OUTPUT else GRACE_SECONDS
                )
                return stop
        return None

    async def _answer_loops(self) -> None:
        """Answer what the training loops of the cell that runs now ask; other messages are dropped.

        They come over the channel for `input()`, which stays without an answer here.
        """
        kernel, answered = self._client.kc, 0
        while answered < MOST_QUESTIONS:
            try:
                message = await kernel.stdin_channel.get_msg()
            except ConnectionError:
                return
            try:
                reply = kernel.session.msg("loop_reply", {}, parent=message)
                reply["buffers"] = [self._loops.answer(bytes(message["buffers"][0]))]
                kernel.stdin_channel.send(reply)
            except Exception:  # not a question of the kit's, or nobody waits for the answer
                continue
            answered += 1

    async def _interrupt(self, running: asyncio.Future, grace: float = GRACE_SECONDS) -> None:
        """Ask the kernel to stop what it does; end it when it does not within `grace` seconds."""
        if not running.done():
            self._connection.interrupt()
            await asyncio.wait({running}, timeout=grace)
        if not running.done():
            self._watchdog.kill()
            running.cancel()
            await asyncio.wait({running}, timeout=GRACE_SECONDS)

    async def ask(self, question: bytes, seconds: float) -> bytes:
        """What the kernel answers to a question, unread.

        Raises CandidateLate when it does not answer in time, CandidateLost when it is gone.
        """
        self._require_alive()
        kernel = self._client.kc
        message = kernel.session.msg("candidate_request", {})
        message["buffers"] = [question]
        try:
            kernel.shell_channel.send(message)
        except ConnectionError:  # nobody listens any more
            self._watchdog.kill()
            self._lose(Stop.DIED)
            raise CandidateLost(self.lost) from None
        answering = asyncio.ensure_future(self._answer(message["header"]["msg_id"]))
        try:
            await asyncio.wait({answering}, timeout=seconds)
        except asyncio.CancelledError:  # the check was given up, and this question with it
            answering.cancel()
            self._connection.interrupt()
            raise
        if not answering.done():
            await self._interrupt(answering)
            if answering.cancelled() or answering.exception() is not None:
                self._lose(Stop.UNINTERRUPTED)
                raise CandidateLost(self.lost)
            raise CandidateLate
        return answering.result()

    async def _answer(self, message_id: str) -> bytes:
        """The reply to one message; what answers another is dropped."""
        while True:
            try:
                reply = await self._client.kc.shell_channel.get_msg()
            except ConnectionError:
                self._lose(Stop.DIED)
                raise CandidateLost(self.lost) from None
            if reply["parent_header"].get("msg_id") == message_id and reply["buffers"]:
                return bytes(reply["buffers"][0])

    def peak_mb(self) -> float:
        """The most memory that all processes used since the last call, in MB."""
        return self._watchdog.peak_mb()

    def _require_alive(self) -> None:
        if self.lost is not None:
            raise CandidateLost(self.lost)

    def _lose(self, stop: Stop) -> None:
        """The kernel is gone: for the limit of the box that it passed, else for `stop`."""
        self.lost = self.lost or self._watchdog.limit or stop

    async def stop(self) -> None:
        """End every process of the kernel and close the connection."""
        if self._connection.manager is None:
            return
        await self._connection.disconnect()
        if self._watchdog is not None:
            self._watchdog.kill()
            self._watchdog.stop()
        await self._connection.close(GRACE_SECONDS)


def _error(text: str) -> NotebookNode:
    return new_output("error", ename="Limit", evalue=text, traceback=[text])
