"""The grader's end of a kernel's channels, over sockets in the box's folder."""

import asyncio
import os
import signal
import socket
import time
from contextlib import ExitStack

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.session import json_unpacker

from grading.candidate.box import Box
from grading.candidate.channel import Channel
from grading.candidate.zmtp import ZmtpSocket

START_SECONDS = 60
PORTS = {"shell_port": 1, "iopub_port": 2, "stdin_port": 3, "control_port": 4}
HEARTBEAT = 5  # a port that nobody listens at
# How many messages of a channel wait here at most.
WAITING = {"iopub": 20, "shell": 1, "control": 10, "stdin": 1}
MOST_FORGOTTEN = 10_000  # questions, whatever else a cell sends on their channel


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

    def _connect_control_socket(self) -> None:
        """Open none: this one would be libzmq's, and a `Connection` has its own."""


class Connection:
    """One kernel in a box and the channels to it, from `open` to `close`.

    largest: bytes that a message of each channel may have. kernel: jupyter_client's client.
    """

    def __init__(self, box: Box, largest: dict[str, int]):
        self._box, self._largest = box, largest
        self._sockets: dict[str, ZmtpSocket] = {}
        self.manager: _Manager | None = None
        self.kernel = None

    @property
    def pid(self) -> int:
        return self.manager.provisioner.process.pid

    async def open(self) -> None:
        """Start the kernel and connect to it; `wait_until_ready` comes next."""
        self.manager = self._make_manager()
        self.kernel = self.manager.client()
        session = self.kernel.session
        session.unpack = _reader(self._largest["iopub"])
        session.digest_history_size = 0  # of signatures that may be of any size
        with ExitStack() as stack:
            # They listen before the kernel starts, so that our connections wait for it.
            listening = {port: _listen(f"{self.manager.ip}-{port}") for port in PORTS.values()}
            for each in listening.values():
                stack.enter_context(each)
            self.manager.placement = {"box": self._box, "sockets": listening}
            await self.manager.start_kernel()
            for name, waiting in WAITING.items():
                kind = "SUB" if name == "iopub" else "DEALER"
                new = ZmtpSocket(kind, session.bsession, self._largest[name], waiting)
                await new.open(f"{self.manager.ip}-{PORTS[f'{name}_port']}")
                self._sockets[name] = new
                setattr(self.kernel, f"_{name}_channel", Channel(session, new))
        self.kernel.allow_stdin = False

    def _make_manager(self) -> _Manager:
        """Its sockets have short addresses, as an address holds about a hundred characters."""
        self._folder = os.open(self._box.sockets, os.O_RDONLY)
        short = f"/proc/self/fd/{self._folder}"
        return _Manager(
            connection_file=str(self._box.folder / "kernel.json"),
            transport="ipc",
            ip=f"{short}/k" if os.path.isdir(short) else str(self._box.sockets / "k"),
            transport_encryption="disabled",
            **PORTS,
            hb_port=HEARTBEAT,
        )

    async def wait_until_ready(self) -> None:
        """Wait until the kernel answers and what it shows arrives here.

        jupyter_client's own way ends with 0.2 s of silence, more than a small notebook takes.
        Raises RuntimeError when the kernel does not come up, which is a failure of the grader's.
        """
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and await self.is_alive():
            try:
                async with asyncio.timeout(1):
                    for each in self._sockets.values():
                        await each.greeted()
                    asked = self.kernel.kernel_info()
                    await _end(self.kernel.shell_channel, asked)
                    await _end(self.kernel.iopub_channel, asked)
                    return
            except TimeoutError:
                continue
            except ConnectionError:
                break
        raise RuntimeError("the kernel did not answer: it ended, or the machine is overloaded")

    async def is_alive(self) -> bool:
        return await self.manager.is_alive()

    def passed_over(self) -> bool:
        """Whether the kernel has shown something, since the last call, that was too large."""
        outputs = self._sockets["iopub"]
        was_too_large, outputs.passed_over = outputs.passed_over, False
        return was_too_large

    async def forget_questions(self) -> None:
        """Drop the questions that an interrupted cell has left."""
        await self._sockets["stdin"].drop(MOST_FORGOTTEN)

    def interrupt(self) -> None:
        """Ask the kernel to stop what it does."""
        try:
            message = self.kernel.session.msg("interrupt_request", {})
            self.kernel.control_channel.send(message)
        except ConnectionError:  # nobody listens any more
            pass

    async def disconnect(self) -> None:
        """Close the channels."""
        for each in self._sockets.values():
            await each.close()

    async def close(self, seconds: float) -> None:
        """Release what belongs to the kernel, which is gone within so many seconds."""
        provisioner = self.manager.provisioner
        if provisioner is not None and provisioner.process is not None:
            # No watchdog has ended a kernel that did not come up. The signal goes to the process
            # group: a bubblewrap that is killed alone while it makes the box leaves a process.
            await provisioner.send_signal(signal.SIGKILL)
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


async def _end(channel: Channel, asked: str) -> None:
    """Wait until a channel says that a request is done."""
    while True:
        message = await channel.get_msg()
        if message["parent_header"].get("msg_id") != asked:
            continue
        if message["content"].get("execution_state", "idle") == "idle":
            return
