"""The candidate: the student's kernel, to run cells in and to ask for values."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import time
from contextlib import ExitStack

import psutil
import zmq.asyncio
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.session import json_unpacker
from nbclient import NotebookClient
from nbclient.exceptions import CellControlSignal
from nbformat import NotebookNode
from nbformat.v4 import new_output

from grading.candidate.box import Box
from grading.candidate.watchdog import Watchdog
from grading.replay import Loops
from grading.stops import Stop

START_SECONDS = 60
GRACE_SECONDS = 5  # for an interrupted kernel to answer
BREAK_SECONDS = 0.5  # between a kernel's connection and the kernel itself
LATE_SECONDS = 60  # for the last that a cell showed to arrive
PORTS = {"shell_port": 1, "iopub_port": 2, "stdin_port": 3, "control_port": 4, "hb_port": 5}
LISTENING = (1, 2, 3, 4)  # the heartbeat is not used
MOST_QUESTIONS = 200  # of one cell's training loops
# How many messages of a channel wait here at most: what a kernel sends while nobody reads fills its
# own memory, not the grader's.
WAITING = {"iopub": 20, "shell": 2, "control": 10}
LARGEST_ANSWER = 300 * 2**20
# All cells of a notebook may show so many times what one may. Each message counts for no less than
# what it costs to record it.
CELLS_SHOWN = 4
LEAST_SHOWN = 500
MAX_DEPTH = 50  # of an output, which many programs will walk through later
MOST_MESSAGES = 10_000  # on their channel, whatever else a cell sends there


class CandidateLost(Exception):
    """The kernel ended or was ended; `stop` says why."""

    def __init__(self, stop: Stop):
        super().__init__(stop.name)
        self.stop = stop


class CandidateLate(Exception):
    """The kernel did not answer a question in its time, but lives."""


class _Manager(AsyncKernelManager):
    """Starts the box, whatever kernel the notebook asks for."""

    @property
    def kernel_spec(self) -> KernelSpec:
        provisioner = {"provisioner_name": "grading-candidate", "config": self.placement}
        return KernelSpec(
            argv=["python"],
            display_name="candidate",
            language="python",
            interrupt_mode="message",
            metadata={"kernel_provisioner": provisioner},
        )


class _Client(NotebookClient):
    """nbclient's, counting what a cell shows and taking no message at its word."""

    spare: int  # bytes that the cells to come may show together

    def begin(self, limit: int) -> None:
        """A cell begins, which may show `limit` bytes."""
        self.left = min(limit, self.spare)
        self.broken = asyncio.get_running_loop().create_future()

    async def _async_poll_output_msg(self, *args):
        """Take what the cell shows until it has ended, or until no word of that can come."""
        polling = asyncio.ensure_future(super()._async_poll_output_msg(*args))
        try:
            await asyncio.wait({polling, self.broken}, return_when=asyncio.FIRST_COMPLETED)
            if polling.done():
                polling.result()
        finally:
            polling.cancel()

    def process_message(self, msg, cell, cell_index):
        if msg.get("msg_type") not in ("status", "execute_input"):
            if _is_deeper(msg.get("content"), MAX_DEPTH):
                return None
            shown = LEAST_SHOWN + len(json.dumps(msg.get("content"), default=str))
            shown += sum(len(buffer) for buffer in msg.get("buffers", []))
            self.left -= shown
            self.spare -= shown
            if self.left < 0:
                return None
        try:
            if msg["msg_type"] == "execute_input" and not _is_counted(msg):
                return None
            return super().process_message(msg, cell, cell_index)
        except CellControlSignal:
            raise
        except Exception:  # no message that a kernel sends of itself
            return None


class Candidate:
    """One kernel in a box, from `start` to `stop`.

    lost: why the kernel ended; None while it lives. loops: answers what training loops ask.
    """

    def __init__(self, notebook: NotebookNode, box: Box, loops: Loops):
        self._box, self._limits, self._loops = box, box.limits, loops
        self._client = _Client(
            notebook, timeout=None, allow_errors=True, iopub_timeout=LATE_SECONDS
        )
        self._shown = self._limits.output_mb * 2**20
        self._client.spare = CELLS_SHOWN * self._shown
        self._watchdog: Watchdog | None = None
        self.lost: Stop | None = None

    async def start(self) -> None:
        """Start the kernel. Raises RuntimeError when it does not come up: our failure."""
        context = zmq.asyncio.Context()
        context.setsockopt(zmq.LINGER, 0)
        context.setsockopt(zmq.RECONNECT_IVL, -1)
        context.setsockopt(zmq.HANDSHAKE_IVL, START_SECONDS * 1000)
        # Sending waits for a listener, and holds up everything here: none is left if the student's
        # code has closed the kernel's sockets.
        context.setsockopt(zmq.SNDTIMEO, 0)
        manager = _Manager(
            connection_file=str(self._box.folder / "kernel.json"),
            transport="ipc",
            ip=self._socket_prefix(),
            transport_encryption="disabled",
            context=context,
            **PORTS,
        )
        self._client.km, self._context = manager, context
        with ExitStack() as stack:
            # They listen before the kernel starts, and what connects waits for it.
            listening = {port: _listen(f"{manager.ip}-{port}") for port in LISTENING}
            for each in listening.values():
                stack.enter_context(each)
            manager.placement = {"box": self._box, "sockets": listening}
            await manager.start_kernel()
        process = psutil.Process(manager.provisioner.process.pid)
        self._watchdog = Watchdog(process, self._limits, self._box.confined)
        kernel = self._client.kc = manager.client(context=context)
        kernel.session.unpack = _reader(self._shown + 2**20)
        for channel, waiting in {**WAITING, "stdin": 2}.items():
            largest = LARGEST_ANSWER if channel == "shell" else self._shown + 2**20
            largest = self._loops.largest if channel == "stdin" else largest
            context.setsockopt(zmq.MAXMSGSIZE, largest)
            context.setsockopt(zmq.RCVHWM, waiting)
            getattr(kernel, f"{channel}_channel")  # connects
        self._outputs = kernel.iopub_channel.socket
        self._breaks = self._outputs.get_monitor_socket(zmq.EVENT_DISCONNECTED)
        kernel.start_channels(stdin=False, hb=False)
        kernel.allow_stdin = False
        self._outputs_url = f"ipc://{manager.ip}-{PORTS['iopub_port']}"
        await self._wait_until_ready()

    async def _wait_until_ready(self) -> None:
        """Wait until the kernel answers and what it shows arrives here.

        jupyter_client's own way ends with 0.2 s of silence, more than a small notebook takes.
        """
        kernel, deadline = self._client.kc, time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and await self._client.km.is_alive():
            asked = kernel.kernel_info()
            if await _ends(kernel.shell_channel, asked) and await _ends(kernel.iopub_channel, asked):
                return
        raise RuntimeError("the kernel did not answer: it ended, or the machine is overloaded")

    def _socket_prefix(self) -> str:
        """Where the sockets stand, in few letters: their addresses hold about a hundred."""
        self._folder = os.open(self._box.sockets, os.O_RDONLY)
        short = f"/proc/self/fd/{self._folder}"
        return f"{short}/k" if os.path.isdir(short) else str(self._box.sockets / "k")

    async def run(self, cell: NotebookNode, index: int, seconds: float) -> Stop | None:
        """Run a code cell and keep what it shows; returns the limit that stopped it, if one did.

        Raises CandidateLost when the kernel is gone.
        """
        self._require_alive()
        await self._connected_again()
        await self._forget_questions()
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
            if await self._connected_again():
                self._client.left = -1
                self._client.broken.set_result(None)
            if self._client.left < 0:
                stop = Stop.OUTPUT
            elif not running.done() and time.monotonic() > deadline:
                stop = Stop.CELL_TIME
            if stop is not None:
                # What a flood has left on its way comes first, then the end of the cell.
                await self._interrupt(
                    running, LATE_SECONDS if stop is Stop.OUTPUT else GRACE_SECONDS
                )
                return stop
        return None

    async def _forget_questions(self) -> None:
        """Drop what an interrupted cell has asked."""
        channel = self._client.kc.stdin_channel
        for _ in range(MOST_MESSAGES):
            if not await channel.socket.poll(0):
                return
            await channel.socket.recv_multipart()

    async def _answer_loops(self) -> None:
        """Answer what the training loops of the cell that runs now ask; other messages are dropped.

        They come over the channel for `input()`, which stays without an answer here.
        """
        kernel, answered = self._client.kc, 0
        for _ in range(MOST_MESSAGES):
            try:
                message = await kernel.stdin_channel.get_msg()
                reply = kernel.session.msg("loop_reply", {}, parent=message)
                reply["buffers"] = [self._loops.answer(bytes(message["buffers"][0]))]
                kernel.stdin_channel.send(reply)
            except Exception:  # no message that a kernel sends of itself, or nobody waits for it
                continue
            answered += 1
            if answered == MOST_QUESTIONS:
                return

    async def _connected_again(self) -> bool:
        """Whether the kernel lives on though what it shows did not arrive, for its sheer size."""
        if not await self._breaks.poll(0):
            return False
        await self._breaks.recv_multipart()
        await asyncio.sleep(BREAK_SECONDS)
        if not await self._client.km.is_alive():
            return False
        try:
            self._outputs.disconnect(self._outputs_url)
        except zmq.ZMQError:  # it has given that connection up by itself
            pass
        self._outputs.connect(self._outputs_url)
        return True

    async def _interrupt(self, running: asyncio.Future, grace: float = GRACE_SECONDS) -> None:
        """Ask the kernel to stop what it does; end it when it does not within `grace` seconds."""
        if not running.done():
            self._send_interrupt()
            await asyncio.wait({running}, timeout=grace)
        if not running.done():
            self._watchdog.kill()
            running.cancel()
            await asyncio.wait({running}, timeout=GRACE_SECONDS)

    def _send_interrupt(self) -> None:
        kernel = self._client.kc  # the manager's own connection is older than the sockets
        try:
            kernel.control_channel.send(kernel.session.msg("interrupt_request", {}))
        except zmq.Again:  # nobody listens any more
            pass

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
        except zmq.Again:  # nobody listens any more
            self._watchdog.kill()
            self._lose(Stop.DIED)
            raise CandidateLost(self.lost) from None
        answering = asyncio.ensure_future(self._answer(message["header"]["msg_id"]))
        try:
            await asyncio.wait({answering}, timeout=seconds)
        except asyncio.CancelledError:  # the check was given up: so is this question
            answering.cancel()
            self._send_interrupt()
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
        kernel = self._client.kc
        while True:
            if not await kernel.shell_channel.socket.poll(200):
                if not await self._client.km.is_alive():
                    self._lose(Stop.DIED)
                    raise CandidateLost(self.lost)
                continue
            try:
                reply = await kernel.shell_channel.get_msg(timeout=0)
                if reply["parent_header"]["msg_id"] == message_id and reply["buffers"]:
                    return bytes(reply["buffers"][0])
            except Exception:  # no message that a kernel sends of itself
                continue

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
        manager, kernel = self._client.km, self._client.kc
        if manager is None:
            return
        if kernel is not None:
            kernel.stop_channels()
        # First of all: once the kernel is gone, ZeroMQ waits a second for the connections.
        self._context.destroy(linger=0)
        if self._watchdog is not None:
            self._watchdog.kill()
            self._watchdog.stop()
        if manager.provisioner is not None and manager.provisioner.process is not None:
            manager.provisioner.process.wait(GRACE_SECONDS)
        await manager.cleanup_resources()
        os.close(self._folder)


async def _ends(channel, asked: str) -> bool:
    """Whether a channel says within a second that a request is done."""
    deadline = time.monotonic() + 1
    while await channel.socket.poll(max(0, deadline - time.monotonic()) * 1000):
        message = await channel.get_msg(timeout=0)
        if message["parent_header"].get("msg_id") != asked:
            continue
        if message["content"].get("execution_state", "idle") == "idle":
            return True
    return False


def _listen(path: str) -> socket.socket:
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(path)
    listening.listen()
    return listening


def _reader(largest: int):
    """Reads a part of a message, unless it is too large: lists and objects take some thirty times
    the memory of their JSON. Such a part is an error without words."""

    def read(raw: bytes):
        return json_unpacker(raw) if len(raw) <= largest else {"status": "error"}

    return read


def _is_deeper(value, most: int) -> bool:
    """Whether lists and dicts are nested to more than `most` levels."""
    level = [value]
    for _ in range(most):
        level = [
            inner
            for each in level
            if isinstance(each, list | dict)
            for inner in (each.values() if isinstance(each, dict) else each)
        ]
    return bool(level)


def _is_counted(msg: dict) -> bool:
    """Whether an execute_input message has a number, which the cell keeps, and no other thing."""
    return type(msg["content"]["execution_count"]) is int


def _error(text: str) -> NotebookNode:
    return new_output("error", ename="Limit", evalue=text, traceback=[text])
