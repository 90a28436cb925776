"""The lines of a mark scheme that say how many marks they are worth."""

import re
from typing import NamedTuple

AMOUNTS = {"un": 1.0, "one": 1.0, "medio": 0.5, "half a": 0.5, "half": 0.5, "½": 0.5, "1/2": 0.5}
LINE = re.compile(
    r"^\s{0,3}[-*+]\s+(?P<amount>\d+(?:[.,]\d+)?|\d+ ?½|½|1/2|un|one|medio|half(?: a)?)"
    r"\s+(?:puntos?|points?|marks?|pts?\.?)\s*:\s*(?P<text>\S.*)$",
    re.IGNORECASE,
)
INSTEAD = re.compile(
    r"(?:en lugar de|en vez de) la (?:l.nea )?anterior|"
    r"(?:instead|in place) of the (?:line above|(?:line before|previous line))",
    re.IGNORECASE,
)


class Line(NamedTuple):
    """What an answer may be given marks for.

    instead: the index of the line that it stands in the place of; None where it stands for itself.
    """

    marks: float
    text: str
    instead: int | None


def rubric(scheme: str) -> list[Line]:
    """The lines of a mark scheme that begin with marks, in order; empty where it has none.

    `- 1 punto: …`, `- medio punto: …`, `- 0.5 points: …`, `- half a mark: …`. A line whose text
    begins with "in place of the line above" is an alternative to the last line that does not.
    """
    lines: list[Line] = []
    whole = None
    for written in scheme.splitlines():
        found = LINE.match(written)
        if not found:
            continue
        text = found["text"].strip()
        instead = whole if INSTEAD.match(text) else None
        if instead is None:
            whole = len(lines)
        lines.append(Line(_amount(found["amount"].lower()), text, instead))
    return lines


def _amount(written: str) -> float:
    if written in AMOUNTS:
        return AMOUNTS[written]
    number = float(written.rstrip("½ ").replace(",", "."))
    return number + 0.5 if written.endswith("½") else number
