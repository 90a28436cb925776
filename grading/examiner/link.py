"""Messages over a pair of pipes: a length, then msgpack."""

import struct
from typing import BinaryIO

import msgpack

LENGTH = struct.Struct("!I")


def frame(message: dict) -> bytes:
    """A message as bytes, with its length before it."""
    raw = msgpack.packb(message)
    return LENGTH.pack(len(raw)) + raw


class Link:
    """The examiner's end: read a message, write a message."""

    def __init__(self, incoming: BinaryIO, outgoing: BinaryIO):
        self._incoming, self._outgoing = incoming, outgoing

    def read(self) -> dict | None:
        """The next message; None when the other side has closed."""
        header = self._incoming.read(LENGTH.size)
        if len(header) < LENGTH.size:
            return None
        (length,) = LENGTH.unpack(header)
        try:
            raw = self._incoming.read(length)
        except MemoryError:  # nothing of it was read: the next message begins after it
            while length > 0 and (part := self._incoming.read(min(length, 65536))):
                length -= len(part)
            raise
        return msgpack.unpackb(raw) if len(raw) == length else None

    def write(self, message: dict) -> None:
        self._outgoing.write(frame(message))
        self._outgoing.flush()
