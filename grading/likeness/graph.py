"""The pairs that stand out as a drawing: hand-ins are dots, and a line joins two that are alike."""

import math
from dataclasses import dataclass

from grading.likeness.comparison import Pair, connected

ROW = 900  # units of the drawing, of which a group takes as much as its names need
GAP, LETTER, HEIGHT, AWAY = 24, 8.2, 28, 11


@dataclass(frozen=True)
class Dot:
    """A hand-in, by its number, and where it stands. text_x, text_y: where its name stands, and
    anchor: which end of the name that is, as SVG says it."""

    number: int
    x: float
    y: float
    text_x: float
    text_y: float
    anchor: str


@dataclass(frozen=True)
class Line:
    """A pair that stands out. rank: its place among the pairs, from 1."""

    begin: Dot
    end: Dot
    rank: int
    pair: Pair


@dataclass(frozen=True)
class Graph:
    """Dots and lines in a drawing of `width` by `height` units, and the groups they make."""

    dots: list[Dot]
    lines: list[Line]
    groups: list[list[int]]
    width: float
    height: float


def graph(pairs: list[Pair], names: list[str]) -> Graph:
    """Draw pairs that stand out, most unusual first: each group on a circle of its own, the
    largest group first. names: of the hand-ins."""
    found = connected(len(names), [(pair.first, pair.second) for pair in pairs])
    groups = sorted((g for g in found if len(g) > 1), key=lambda g: (-len(g), g))
    dots: dict[int, Dot] = {}
    x = y = tallest = width = 0.0
    for group in groups:
        radius = max(30.0, 16.0 * len(group) / 2)
        side = LETTER * max(len(names[n]) for n in group) + 12
        wide, tall = 2 * (radius + side), 2 * (radius + HEIGHT)
        if x and x + wide > ROW:
            x, y, tallest = 0.0, y + tallest + GAP, 0.0
        for place, n in enumerate(group):
            angle = 2 * math.pi * place / len(group) + (
                math.pi if len(group) == 2 else -math.pi / 2
            )
            dots[n] = _dot(n, x + wide / 2, y + tall / 2, radius, angle)
        x, tallest, width = x + wide + GAP, max(tallest, tall), max(width, x + wide)
    lines = [
        Line(dots[pair.first], dots[pair.second], rank, pair) for rank, pair in enumerate(pairs, 1)
    ]
    return Graph(list(dots.values()), lines, groups, width, y + tallest)


def _dot(number: int, x: float, y: float, radius: float, angle: float) -> Dot:
    """A dot on a circle around (x, y), with its name outside of the circle."""
    cos, sin = math.cos(angle), math.sin(angle)
    anchor = "middle" if abs(cos) < 0.1 else "start" if cos > 0 else "end"
    out = radius + AWAY
    text_y = y + out * sin + LETTER / 2 * (1 + sin)  # a name above a dot ends there, below begins
    return Dot(number, x + radius * cos, y + radius * sin, x + out * cos, text_y, anchor)
