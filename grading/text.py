"""Text that came from a submission, made fit to show."""

import re
import unicodedata

# What ends a line, moves a terminal's cursor or reverses the direction of text: the control
# characters, Unicode's own line and paragraph separators, and its overrides of direction.
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


def printable(text: str) -> str:
    """`text` without lone surrogates (halves of characters), which no file or terminal takes."""
    return text.encode("utf-8", "replace").decode("utf-8")


def composed(name: str) -> str:
    """A name with each accented letter as one character (NFC), as most systems write it.

    macOS takes a letter followed by its accent (NFD) for the same name, and some of its programs
    write that.
    """
    return unicodedata.normalize("NFC", name)


def for_terminal(text: str) -> str:
    """`text` on one line, without codes that move a terminal's cursor or reverse its text."""
    return CONTROL.sub("�", printable(text).replace("\n", " ").replace("\t", " "))
