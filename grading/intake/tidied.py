"""Markdown texts compared without what editors change when they tidy them."""

import re
import unicodedata

# What begins a line of a list, of a quotation or a heading; and a line that only draws or parts.
MARKER = re.compile(r"\s*(?:[-+*>]|#+|(?P<number>\d{1,9})[.)])(?:\s+|$)")
LINE = re.compile(r"[-=*|:`~\s]*")


def untidied(text: str) -> str:
    """A Markdown text without what editors write in another way when they tidy it.

    Emphasis stays, and so does a list whose numbers are not in order: they may be an answer.
    """
    kept, before = [], 0
    text = unicodedata.normalize("NFC", text).replace("\\", "").replace("_", "*")
    for line in text.splitlines():
        while marker := MARKER.match(line):
            number = int(marker["number"] or 1)
            if number not in (1, before + 1):
                break
            before = number if marker["number"] else before
            line = line[marker.end() :]
        kept.append("" if LINE.fullmatch(line) else "".join(line.split()))
    return "".join(kept)
