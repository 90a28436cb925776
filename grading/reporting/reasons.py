"""Why checks fail: the hints that students read, counted, with those alike counted together."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from helpers.messages import TEXTS

NUMBER = "#"
_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]+")
# A number that stands alone, not the one of a name such as W_1 or b2.
_NUMBER = re.compile(r"(?<![\w.,])[-+]?\d+(?:[.,]\d+)*(?:[eE][-+]?\d+)?(?!\w)")
# "It happened in …", in each language: a line of one student's code
_PLACE = tuple(table["error_place"].partition("{")[0] for table in TEXTS.values())
LONGEST = 300


@dataclass(frozen=True)
class Reason:
    """A reason and how many submissions failed the check for it."""

    notebook: str
    check: str
    text: str
    count: int


def alike(reason: str) -> str:
    """The text that a reason shares with all others that differ from it only in their numbers or in
    the line where it happened."""
    lines = [line.strip() for line in reason.splitlines() if not line.startswith(_PLACE)]
    text = _NUMBER.sub(NUMBER, _ADDRESS.sub(NUMBER, " ".join(filter(None, lines))))
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def common(failures: Iterable[tuple[str, str, str]]) -> list[Reason]:
    """The reasons of failures (notebook, check, reason), the most common first."""
    counts = Counter((notebook, check, alike(text)) for notebook, check, text in failures)
    reasons = [Reason(*failure, count) for failure, count in counts.items()]
    return sorted(
        reasons, key=lambda reason: (-reason.count, reason.notebook, reason.check, reason.text)
    )
