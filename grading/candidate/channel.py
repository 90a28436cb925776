"""One channel of a kernel: Jupyter's messages on a connection that keeps to limits."""

from __future__ import annotations

import asyncio
from queue import Empty

from jupyter_client.session import Session

from grading.candidate.zmtp import ZmtpSocket


class Channel:
    """What a client of jupyter_client's reads from and writes to, as its own channels."""

    def __init__(self, session: Session, socket: ZmtpSocket):
        self._session, self.socket = session, socket

    def send(self, message: dict) -> None:
        """Raises ConnectionError when it can't arrive."""
        self._session.send(self, message)

    def send_multipart(self, parts: list[bytes], copy: bool = True) -> None:
        """What a Session asks of a socket."""
        self.socket.send(parts)

    async def get_msg(self, timeout: float | None = None) -> dict:
        """The next message; what is none that a kernel sends of itself is passed over.

        Raises queue.Empty after so many seconds, ConnectionError when no more can come.
        """
        try:
            async with asyncio.timeout(timeout):
                while True:
                    message = self._read(await self.socket.receive())
                    if message is not None:
                        return message
        except TimeoutError:
            raise Empty from None

    def _read(self, parts: list[bytes]) -> dict | None:
        try:
            _, message = self._session.feed_identities(parts)
            return self._session.deserialize(message)
        except Exception:  # whatever its parts are, it is none
            return None
