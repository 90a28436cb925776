"""Answers that a visible hash gives away, because it is soon found by trying."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, product
from string import ascii_lowercase, digits

from nbformat import NotebookNode

from grading.masters.cells import is_test
from grading.source import walk
from helpers import checkarr

LARGEST = 10_000  # whole numbers that are tried
WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class WeakHash:
    """A check whose answer was found by trying: of the notebook's words, or of small numbers."""

    notebook: str
    check: str
    call: str
    answer: str


def weak_hashes(name: str, released: NotebookNode) -> Iterator[WeakHash]:
    """The hashes in a released notebook's checks that a student could try answers against."""
    texts = [""] + sorted({w.lower() for cell in released.cells for w in WORD.findall(cell.source)})
    texts += map("".join, chain.from_iterable(product(ascii_lowercase + digits, repeat=n)
                                              for n in (1, 2)))  # fmt: skip
    for cell in released.cells:
        if not is_test(cell):
            continue
        for node in walk(cell.source):
            answer = _found(node, texts) if isinstance(node, ast.Call) else None
            if answer is not None:
                call = ast.unparse(node)
                yield WeakHash(name, cell.metadata.nbgrader.grade_id, call, answer)


def _found(call: ast.Call, texts: list[str]) -> str | None:
    values = [each.value for each in call.args if isinstance(each, ast.Constant)]
    if not values:
        return None
    called = getattr(call.func, "id", getattr(call.func, "attr", ""))
    if called == "check_scalar":
        numbers = chain(range(-100, LARGEST), (n / 100 for n in range(-1000, 1000)))
        return next((f"{n:g}" for n in numbers if values[0] in checkarr.nearby_crcs(n, 5)), None)
    if called in ("check_string", "check_list", "check_anagram"):
        return next((t for t in texts if checkarr.text_crc(t) == values[0]), None)
    return None
