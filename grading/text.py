"""Text that came from a submission, made fit to show."""

from __future__ import annotations

import re

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def printable(text: str) -> str:
    """`text` without halves of characters, which no file or terminal takes."""
    return text.encode("utf-8", "replace").decode("utf-8")


def for_terminal(text: str) -> str:
    """`text` on one line, without codes that move a terminal's cursor or turn its text round."""
    return CONTROL.sub("�", printable(text).replace("\n", " ").replace("\t", " "))
