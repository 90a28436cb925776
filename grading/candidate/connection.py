"""The grader's end of a kernel's channels: ZeroMQ over sockets in the box's folder."""

from __future__ import annotations

import asyncio
import os
import socket
import time
from contextlib import ExitStack

import zmq.asyncio
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.session import json_unpacker

from grading.candidate.box import Box

START_SECONDS = 60
BREAK_SECONDS = 0.5  # between a kernel's connection and the kernel itself
PORTS = {"shell_port": 1, "iopub_port": 2, "stdin_port": 3, "control_port": 4, "hb_port": 5}
LISTENING = (1, 2, 3, 4)  # the heartbeat is not used
# How many messages of a channel wait here at most: what a kernel sends while nobody reads fills its
# own memory, not the grader's.
WAITING = {"iopub": 20, "shell": 2, "control": 10, "stdin": 2}


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


class Connection:
    """One kernel in a box and the channels to it, from `open` to `close`.

    largest: bytes that a message of each channel may have. kernel: jupyter_client's client.
    """

    def __init__(self, box: Box, largest: dict[str, int]):
        self._box, self._largest = box, largest
        self.manager: _Manager | None = None
        self.kernel = None

    @property
    def pid(self) -> int:
        return self.manager.provisioner.process.pid

    async def open(self) -> None:
        """Start the kernel and connect to it; `wait_until_ready` comes next."""
        context = zmq.asyncio.Context()
        context.setsockopt(zmq.LINGER, 0)
        context.setsockopt(zmq.RECONNECT_IVL, -1)
        context.setsockopt(zmq.HANDSHAKE_IVL, START_SECONDS * 1000)
        # Sending waits for a listener, and holds up everything here: none is left if the student's
        # code has closed the kernel's sockets.
        context.setsockopt(zmq.SNDTIMEO, 0)
        self.manager, self._context = self._make_manager(context), context
        with ExitStack() as stack:
            # They listen before the kernel starts, and what connects waits for it.
            listening = {port: _listen(f"{self.manager.ip}-{port}") for port in LISTENING}
            for each in listening.values():
                stack.enter_context(each)
            self.manager.placement = {"box": self._box, "sockets": listening}
            await self.manager.start_kernel()
        self.kernel = self.manager.client(context=context)
        self.kernel.session.unpack = _reader(self._largest["iopub"])
        for channel in WAITING:
            self._connect(channel)
        self._breaks = self._breaks_of_outputs()
        self.kernel.start_channels(stdin=False, hb=False)
        self.kernel.allow_stdin = False

    def _connect(self, channel: str) -> None:
        self._context.setsockopt(zmq.MAXMSGSIZE, self._largest[channel])
        self._context.setsockopt(zmq.RCVHWM, WAITING[channel])
        getattr(self.kernel, f"{channel}_channel")  # which makes it

    def _breaks_of_outputs(self) -> zmq.asyncio.Socket:
        return self.kernel.iopub_channel.socket.get_monitor_socket(zmq.EVENT_DISCONNECTED)

    def _make_manager(self, context: zmq.asyncio.Context) -> _Manager:
        """Its sockets stand at addresses of few letters: they hold about a hundred."""
        self._folder = os.open(self._box.sockets, os.O_RDONLY)
        short = f"/proc/self/fd/{self._folder}"
        return _Manager(
            connection_file=str(self._box.folder / "kernel.json"),
            transport="ipc",
            ip=f"{short}/k" if os.path.isdir(short) else str(self._box.sockets / "k"),
            transport_encryption="disabled",
            context=context,
            **PORTS,
        )

    async def wait_until_ready(self) -> None:
        """Wait until the kernel answers and what it shows arrives here.

        jupyter_client's own way ends with 0.2 s of silence, more than a small notebook takes.
        Raises RuntimeError when it does not come up: our failure.
        """
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and await self.is_alive():
            asked = self.kernel.kernel_info()
            channels = self.kernel.shell_channel, self.kernel.iopub_channel
            if all([await _ends(channel, asked) for channel in channels]):
                return
        raise RuntimeError("the kernel did not answer: it ended, or the machine is overloaded")

    async def is_alive(self) -> bool:
        return await self.manager.is_alive()

    async def connected_again(self) -> bool:
        """Whether the kernel lives on though what it shows did not arrive, for its sheer size."""
        if not await self._breaks.poll(0):
            return False
        await self._breaks.recv_multipart()
        await asyncio.sleep(BREAK_SECONDS)
        if not await self.is_alive():
            return False
        # On a socket of its own: libzmq ends its process where one goes on after half a message.
        # The old one, on which somebody may still wait, is closed with its context.
        self.kernel._iopub_channel = None
        self._connect("iopub")
        self._breaks = self._breaks_of_outputs()
        return True

    def interrupt(self) -> None:
        """Ask the kernel to stop what it does."""
        try:  # the manager's own connection is older than the sockets
            message = self.kernel.session.msg("interrupt_request", {})
            self.kernel.control_channel.send(message)
        except zmq.Again:  # nobody listens any more
            pass

    def disconnect(self) -> None:
        """Close the channels. First of all: once the kernel is gone, ZeroMQ waits a second."""
        if self.kernel is not None:
            self.kernel.stop_channels()
        self._context.destroy(linger=0)

    async def close(self, seconds: float) -> None:
        """Take leave of a kernel that was ended, which is gone within so many seconds."""
        provisioner = self.manager.provisioner
        if provisioner is not None and provisioner.process is not None:
            provisioner.process.wait(seconds)
        await self.manager.cleanup_resources()
        os.close(self._folder)


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
