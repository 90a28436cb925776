"""The candidate: the student's kernel, to run cells in and to ask for values."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from pathlib import Path

import psutil
import zmq.asyncio
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellControlSignal
from nbformat import NotebookNode
from nbformat.v4 import new_output

from grading.candidate.box import Box
from grading.candidate.watchdog import Watchdog
from grading.stops import Stop

START_SECONDS = 60
GRACE_SECONDS = 5  # for an interrupted kernel to answer
LARGEST_MESSAGE = 300 * 2**20
CHANNELS = 4  # shell, iopub, stdin, control; the heartbeat is not used


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
        provisioner = {"provisioner_name": "grading-candidate", "config": {"box": self.box}}
        return KernelSpec(
            argv=["python"],
            display_name="candidate",
            language="python",
            interrupt_mode="message",
            metadata={"kernel_provisioner": provisioner},
        )


class _Client(NotebookClient):
    """nbclient's, counting what a cell shows and taking no message at its word."""

    def begin(self, limit: int) -> None:
        """A cell begins, which may show `limit` bytes."""
        self.left = limit

    def process_message(self, msg, cell, cell_index):
        if msg.get("msg_type") not in ("status", "execute_input"):
            self.left -= len(json.dumps(msg.get("content"), default=str))
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

    lost: why the kernel ended; None while it lives.
    """

    def __init__(self, notebook: NotebookNode, box: Box):
        self._box, self._limits = box, box.limits
        self._client = _Client(notebook, timeout=None, allow_errors=True, iopub_timeout=10)
        self._watchdog: Watchdog | None = None
        self.lost: Stop | None = None

    async def start(self) -> None:
        """Start the kernel. Raises RuntimeError when it does not come up: our failure."""
        connection = self._box.sockets / "kernel.json"
        context = zmq.asyncio.Context()
        context.setsockopt(zmq.MAXMSGSIZE, LARGEST_MESSAGE)
        # Whoever waits for the connection to break must not be the next to be connected to.
        context.setsockopt(zmq.RECONNECT_IVL, -1)
        context.setsockopt(zmq.LINGER, 0)
        # Sending waits for a listener, and holds up everything here: none is left if the student's
        # code has closed the kernel's sockets.
        context.setsockopt(zmq.SNDTIMEO, 0)
        manager = _Manager(
            connection_file=str(connection),
            transport="ipc",
            ip=str(self._box.sockets / "k"),
            transport_encryption="disabled",
            context=context,
        )
        manager.box = self._box
        self._client.km, self._context = manager, context
        await manager.start_kernel()
        process = psutil.Process(manager.provisioner.process.pid)
        self._watchdog = Watchdog(process, self._limits, self._box.sockets, self._box.confined)
        await self._wait_for_sockets(manager)
        kernel = self._client.kc = manager.client(context=context)
        kernel.start_channels(stdin=False, hb=False)
        kernel.allow_stdin = False
        await kernel.wait_for_ready(timeout=START_SECONDS)

    async def _wait_for_sockets(self, manager: AsyncKernelManager) -> None:
        deadline = time.monotonic() + START_SECONDS
        ports = (manager.shell_port, manager.iopub_port, manager.control_port)
        for port in ports:
            while not _listens(Path(f"{manager.ip}-{port}")):
                if not await manager.is_alive():
                    raise RuntimeError("the student's kernel ended while it started")
                if time.monotonic() > deadline:
                    raise RuntimeError(f"the student's kernel did not start in {START_SECONDS} s")
                await asyncio.sleep(0.01)

    async def run(self, cell: NotebookNode, index: int, seconds: float) -> Stop | None:
        """Run a code cell and keep what it shows; returns the limit that stopped it, if one did.

        Raises CandidateLost when the kernel is gone.
        """
        self._require_alive()
        self._client.begin(self._limits.output_mb * 2**20)
        running = asyncio.ensure_future(self._client.async_execute_cell(cell, index))
        stop = await self._supervise(running, seconds)
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
            if self._client.left < 0:
                stop = Stop.OUTPUT
            elif not running.done() and time.monotonic() > deadline:
                stop = Stop.CELL_TIME
            if stop is not None:
                await self._interrupt(running)
                return stop
        return None

    async def _interrupt(self, running: asyncio.Future) -> None:
        """Ask the kernel to stop what it does; end it when it does not."""
        if not running.done():
            self._send_interrupt()
            await asyncio.wait({running}, timeout=GRACE_SECONDS)
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


def _listens(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return False
    return True


def _is_counted(msg: dict) -> bool:
    """Whether an execute_input message has a number, which the cell keeps, and no other thing."""
    return type(msg["content"]["execution_count"]) is int


def _error(text: str) -> NotebookNode:
    return new_output("error", ename="Limit", evalue=text, traceback=[text])
