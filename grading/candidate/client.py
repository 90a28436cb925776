"""nbclient for a kernel whose messages can't be trusted."""

import asyncio
import json

from nbclient import NotebookClient
from nbclient.exceptions import CellControlSignal

LEAST_SHOWN = 500  # bytes that any message counts for: about what it costs to record it
MAX_DEPTH = 50  # of an output, which many programs will walk through later


class Client(NotebookClient):
    """nbclient's client, which also counts what a cell shows and drops malformed messages."""

    spare: int  # bytes that the cells to come may show together

    def begin(self, limit: int) -> None:
        """A cell begins, which may show `limit` bytes."""
        self.left = min(limit, self.spare)

    async def _async_poll_for_reply(self, msg_id, cell, timeout, outputs, alive):
        """When the kernel ends within a cell, wait first for what it had shown by then."""
        try:
            return await super()._async_poll_for_reply(msg_id, cell, timeout, outputs, alive)
        except ConnectionError:
            await asyncio.wait({outputs})
            raise

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
        except Exception:  # no message that an unchanged kernel sends
            return None


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
