"""One connection of ZeroMQ's wire protocol, as much of it as a kernel's channels need.

ZMTP 3.0 with its NULL mechanism over a Unix socket: https://rfc.zeromq.org/spec/23. Not libzmq,
which trusts its peer more than a kernel deserves: 4.3.5 ends the process that reads when a
connection breaks within a message of several parts, and keeps a message of endless parts in memory.
"""

import asyncio
from collections.abc import Iterator

MORE, LONG, COMMAND = 1, 2, 4  # flags of a frame
SIGNATURE = b"\xff" + bytes(8) + b"\x7f"
GREETING = SIGNATURE + b"\x03\x00" + b"NULL".ljust(20, b"\0") + bytes(32)
READY = b"\x05READY"
SUBSCRIBE_TO_ALL = b"\x01"
LARGEST_COMMAND = 512  # bytes of one in the handshake
PART = 100  # bytes that a part of a message counts for, besides its own
CHUNK = 2**20
TOGETHER = 2**16  # bytes of a message that is written at once


class ProtocolError(Exception):
    """The other end does not keep to the protocol."""


class ZmtpSocket:
    """A connection to a kernel's socket, from `open` to `close`.

    kind: DEALER or SUB. identity: what a kernel's ROUTER knows it by. largest: bytes that a message
    may have; a larger one is read past and leaves `passed_over` true. waiting: how many messages
    are kept at most while nobody takes them; what comes later fills the other end's memory.
    """

    def __init__(self, kind: str, identity: bytes, largest: int, waiting: int):
        self.passed_over = False
        self._properties = [
            _property(b"Socket-Type", kind.encode()),
            _property(b"Identity", identity),
        ]
        self._largest = largest
        self._received: asyncio.Queue[list[bytes] | None] = asyncio.Queue(waiting)
        self._unsent = [[SUBSCRIBE_TO_ALL]] if kind == "SUB" else []
        self._greeted = asyncio.Event()

    async def open(self, path: str) -> None:
        """Connect; the other end may greet later. Raises OSError when nobody listens there."""
        self._reader, self._writer = await asyncio.open_unix_connection(path, limit=CHUNK)
        self._talking = asyncio.create_task(self._talk())

    async def greeted(self) -> None:
        """Wait for the handshake; for ever if it does not come."""
        await self._greeted.wait()

    def send(self, parts: list[bytes]) -> None:
        """Send a message, without waiting. Raises ConnectionError when it can't arrive."""
        if self._talking.done() or self._writer.is_closing():
            raise ConnectionError("the kernel has closed its end")
        if not self._greeted.is_set():
            self._unsent.append(parts)
            return
        frames = list(_frames(parts))
        if sum(map(len, frames)) <= TOGETHER:  # each write is a system call, and wakes the kernel
            frames = [b"".join(frames)]
        for frame in frames:
            self._writer.write(frame)

    async def receive(self) -> list[bytes]:
        """The next message, in parts; the order of arrival is kept, and nothing lost when the
        caller does not wait for it.

        Raises ConnectionError when no more can come.
        """
        message = await self._received.get()
        if message is None:
            self._received.put_nowait(None)
            raise ConnectionError("the kernel has closed its end")
        return message

    async def drop(self, most: int) -> None:
        """Drop what has come, `most` messages at the most."""
        # Not by a timeout of 0: that takes a Ctrl-C which came just before it for its own end.
        for _ in range(most):
            if self._received.empty():
                return
            if self._received.get_nowait() is None:
                self._received.put_nowait(None)
                return
            await asyncio.sleep(0)  # the next one may take its place

    async def close(self) -> None:
        """Drop what was neither sent nor taken."""
        self._talking.cancel()
        self._writer.transport.abort()
        await asyncio.wait({self._talking})

    async def _talk(self) -> None:
        try:
            await self._greet()
            while True:
                message = await self._message()
                if message is not None:
                    await self._received.put(message)
        except (EOFError, OSError, ProtocolError):
            self._writer.transport.abort()
            await self._received.put(None)  # after all that has come

    async def _greet(self) -> None:
        self._writer.write(GREETING)
        greeting = await self._reader.readexactly(len(GREETING))
        if greeting[:1] + greeting[9:10] != b"\xff\x7f" or greeting[10] < 3:
            raise ProtocolError("no greeting of ZMTP 3")
        self._writer.write(_frame(COMMAND, READY + b"".join(self._properties)))
        flags, size = await self._head()
        if not flags & COMMAND or size > LARGEST_COMMAND:
            raise ProtocolError("no handshake")
        if not (await self._reader.readexactly(size)).startswith(READY):
            raise ProtocolError("the handshake was refused")
        self._greeted.set()
        for parts in self._unsent:
            self.send(parts)

    async def _message(self) -> list[bytes] | None:
        """The parts of the next message; None if it was too large, or a command."""
        parts, room = [], self._largest
        while True:
            flags, size = await self._head()
            room -= size + PART
            if room < 0:
                self.passed_over = True
                parts = []
            parts.append(await self._take(size, kept=room >= 0))
            if flags & COMMAND:
                return None
            if not flags & MORE:
                return parts if room >= 0 else None

    async def _head(self) -> tuple[int, int]:
        """The flags of the next frame and the bytes that follow."""
        (flags,) = await self._reader.readexactly(1)
        if flags & ~(MORE | LONG | COMMAND):
            raise ProtocolError("a frame with unknown flags")
        size = await self._reader.readexactly(8 if flags & LONG else 1)
        return flags, int.from_bytes(size)

    async def _take(self, size: int, kept: bool) -> bytes | bytearray:
        """So many bytes: memory is used as they come, not as they are announced."""
        if size <= CHUNK and kept:
            return await self._reader.readexactly(size)
        taken = bytearray()
        while size:
            some = await self._reader.read(min(size, CHUNK))
            if not some:
                raise EOFError
            size -= len(some)
            if kept:
                taken += some
        return taken


def _property(name: bytes, value: bytes) -> bytes:
    return bytes([len(name)]) + name + len(value).to_bytes(4) + value


def _frames(parts: list[bytes]) -> Iterator[bytes]:
    for part in parts[:-1]:
        yield _frame(MORE, part)
    yield _frame(0, parts[-1])


def _frame(flags: int, body: bytes) -> bytes:
    size = len(body)
    head = bytes([flags, size]) if size < 256 else bytes([flags | LONG]) + size.to_bytes(8)
    return head + body
