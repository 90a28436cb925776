"""Keeps what is printed while a question is answered, for the test to read."""

import contextlib
import io

from .wire_rules import printable

MOST = 2**20  # characters of each stream for one question


class _Kept(io.StringIO):
    def __init__(self):
        super().__init__()
        self._left = MOST

    def write(self, text):
        written = super().write(text[: self._left] if isinstance(text, str) else text)
        self._left -= written
        return len(text)


class Printed(contextlib.ExitStack):
    """While it is entered, `print` and what else writes to the standard streams is kept."""

    def __enter__(self):
        super().__enter__()
        self._out, self._err = _Kept(), _Kept()
        self.enter_context(contextlib.redirect_stdout(self._out))
        self.enter_context(contextlib.redirect_stderr(self._err))
        return self

    def texts(self) -> dict[str, str]:
        """Stream → what was written to it; empty streams are left out."""
        texts = {"out": self._out.getvalue(), "err": self._err.getvalue()}
        return {name: printable(text) for name, text in texts.items() if text}
