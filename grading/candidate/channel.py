"""One channel of a kernel: Jupyter's messages over a connection whose messages have limits."""

import asyncio
from queue import Empty

from jupyter_client.session import Session

from grading.candidate.zmtp import ZmtpSocket


class Channel:
    """Stands in for a channel of jupyter_client: a kernel client reads from it and writes to it."""

    def __init__(self, session: Session, socket: ZmtpSocket):
        self._session, self.socket = session, socket

    def send(self, message: dict) -> None:
        """Send a message. Raises ConnectionError when it can't arrive."""
        self._session.send(self, message)

    def send_multipart(self, parts: list[bytes], copy: bool = True) -> None:
        """Send the parts of a message, as `Session.send` asks of a socket."""
        self.socket.send(parts)

    async def get_msg(self, timeout: float | None = None) -> dict:
        """The next message; what is not one of Jupyter's is passed over.

        Raises queue.Empty after `timeout` seconds, ConnectionError when no more can come.
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
        except Exception:  # whatever its parts are, they are no message
            return None
