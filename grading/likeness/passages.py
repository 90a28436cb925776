"""Two hand-ins side by side, with what they share marked."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from grading.likeness.comparison import Comparison, Pair, connected
from grading.likeness.fingerprints import RUN
from grading.likeness.own import KINDS, Own, Piece
from grading.likeness.symbols import WORD
from grading.text import CONTROL

MOST_SHOWN = 12_000  # characters of a cell; what comes after them is left out of the page
Segments = list[tuple[str, bool]]


@dataclass(frozen=True)
class Shown:
    """A piece, its text in segments: (text, whether it is shared). is_cut: it is longer."""

    piece: Piece
    segments: Segments
    is_cut: bool


@dataclass(frozen=True)
class Row:
    """What stands side by side: usually one answer and the other's answer to the same."""

    left: list[Shown]
    right: list[Shown]


def side_by_side(hand_ins: list[Own], compared: Comparison, pair: Pair) -> list[Row]:
    """The pieces of two hand-ins that have something in common, in the order of the first's."""
    rows = []
    for kind in KINDS:
        left, right = compared.left[kind][pair.first], compared.left[kind][pair.second]
        shared = np.intersect1d(left, right)
        if len(shared):
            sides = [_Side(hand_ins[n], kind, shared) for n in (pair.first, pair.second)]
            rows += _rows(*sides)
    return rows


class _Side:
    """One of the two hand-ins. where: shared hash → the piece in whose middle it stands."""

    def __init__(self, own: Own, kind: str, shared: np.ndarray):
        run, self._own, self._symbols = RUN[kind], own, own.symbols[kind]
        at = np.flatnonzero(np.isin(own.hashes[kind], shared))
        self.where = [(int(own.hashes[kind][n]), self._symbols[n + run // 2][0]) for n in at]
        self._marked = {self._place(n + more) for n in at for more in range(run)}

    def _place(self, number: int) -> tuple[int, int]:
        piece, symbol = self._symbols[number]
        return piece, symbol.line

    @property
    def pieces(self) -> list[int]:
        return sorted({piece for _, piece in self.where})

    def best(self, other: "_Side") -> Iterator[tuple[int, int]]:
        """For each piece the one of the other side with which it shares most."""
        theirs: dict[int, set[int]] = {}
        for value, piece in other.where:
            theirs.setdefault(value, set()).add(piece)
        counts: dict[int, Counter] = {piece: Counter() for piece in self.pieces}
        for value, piece in self.where:
            counts[piece].update(theirs[value])
        for piece, found in counts.items():
            yield piece, found.most_common(1)[0][0]

    def shown(self, number: int) -> Shown:
        piece = self._own.pieces[number]
        marked = {line for each, line in self._marked if each == number}
        text = piece.source[:MOST_SHOWN]
        parts = _lines(text, marked) if piece.kind == "code" else _words(text, marked)
        joined = [
            ("".join(text for text, _ in group), is_shared)
            for is_shared, group in groupby(parts, key=lambda part: part[1])
        ]
        return Shown(piece, [(_fit(text), shared) for text, shared in joined if text],
                     len(piece.source) > MOST_SHOWN)  # fmt: skip


def _fit(text: str) -> str:
    """A text that can't reverse what stands around it."""
    kept = text.replace("\r\n", "\n").expandtabs(4)
    return "\n".join(CONTROL.sub("�", line) for line in kept.split("\n"))


def _lines(text: str, marked: set[int]) -> Segments:
    lines = text.split("\n")
    return [
        (line + "\n" * (number < len(lines)), number in marked)
        for number, line in enumerate(lines, 1)
    ]


def _words(text: str, marked: set[int]) -> Segments:
    """The text cut at its words. What stands between two marked words is marked too."""
    parts, end, before = [], 0, False
    for number, word in enumerate(WORD.finditer(text)):
        now = number in marked
        parts += [(text[end : word.start()], before and now), (word[0], now)]
        end, before = word.end(), now
    return [*parts, (text[end:], False)]


def _rows(left: _Side, right: _Side) -> list[Row]:
    """Pieces that share most with each other in one row, so that a cell that was split stands
    beside its parts."""
    ours, theirs = left.pieces, right.pieces
    places = {("left", piece): n for n, piece in enumerate(ours)}
    places |= {("right", piece): n for n, piece in enumerate(theirs, len(ours))}
    edges = [(places["left", a], places["right", b]) for a, b in left.best(right)]
    edges += [(places["left", b], places["right", a]) for a, b in right.best(left)]
    return [
        Row([left.shown(ours[n]) for n in group if n < len(ours)],
            [right.shown(theirs[n - len(ours)]) for n in group if n >= len(ours)])
        for group in connected(len(places), edges)
    ]  # fmt: skip
