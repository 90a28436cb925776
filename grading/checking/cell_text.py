"""The text of a cell, changed at the places that its syntax tree names."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from grading.regions import Region


@dataclass(frozen=True)
class Edit:
    """New text for the bytes from `start` to `end`."""

    start: int
    end: int
    text: str


class CellText:
    """The text of a cell, by the places that its syntax tree names: lines and UTF-8 columns.

    source: Python, without IPython's magics. solutions: how what students write is marked in it.
    Raises SyntaxError when the source is no Python.
    """

    def __init__(self, source: str, solutions: Region):
        self.raw = source.encode()
        self.tree = ast.parse(source)
        lines = self.raw.splitlines(keepends=True)
        self._starts = [sum(map(len, lines[:number])) for number in range(len(lines) + 1)]
        self._asked = solutions.lines(source)
        if solutions.begin not in source:  # the whole cell is the solution
            self._asked = set(range(1, len(lines) + 1))

    def nodes(self) -> Iterator[ast.AST]:
        """Every node, outermost first, but docstrings and what is in an f-string: Python 3.11 does
        not say where that is, and what is printed is no answer."""
        waiting = [self.tree]
        while waiting:
            node = waiting.pop(0)
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
                continue
            yield node
            if not isinstance(node, ast.JoinedStr):
                waiting += ast.iter_child_nodes(node)

    def start(self, node: ast.AST) -> int:
        return self._starts[node.lineno - 1] + node.col_offset

    def end(self, node: ast.AST) -> int:
        return self._starts[node.end_lineno - 1] + node.end_col_offset

    def of(self, node: ast.AST) -> str:
        """The text of an expression, in parentheses unless it needs none."""
        text = self.raw[self.start(node) : self.end(node)].decode()
        plain = (ast.Name, ast.Constant, ast.Call, ast.Attribute, ast.Subscript)
        return text if isinstance(node, plain) else f"({text})"

    def edited(self, edit: Edit) -> str:
        return (self.raw[: edit.start] + edit.text.encode() + self.raw[edit.end :]).decode()

    def instead(self, node: ast.AST, text: str) -> Edit:
        return Edit(self.start(node), self.end(node), text)

    def between(self, left: ast.AST, right: ast.AST, old: str, new: str) -> Iterator[Edit]:
        """Another operator between two expressions."""
        start, end = self.end(left), self.start(right)
        place = self.raw[start:end].find(old.encode())
        if place >= 0:
            yield Edit(start + place, start + place + len(old), new)

    def line(self, place: int) -> int:
        """The line of a byte, counted from 1."""
        return self.raw[:place].count(b"\n") + 1

    def is_asked(self, edit: Edit) -> bool:
        """Whether a fault stands where students write."""
        return self.line(edit.start) in self._asked and self.line(edit.end) in self._asked

    def lines(self, edit: Edit) -> tuple[str, str]:
        """The lines that an edit is in, without and with it, each in one line."""
        first, last = self.line(edit.start), self.line(edit.end)
        before = self.raw.decode().split("\n")[first - 1 : last]
        after = self.edited(edit).split("\n")[first - 1 : first + edit.text.count("\n")]
        return _one_line(before), _one_line(after)


def _one_line(lines: list[str]) -> str:
    return " ".join(" ".join(lines).split())
