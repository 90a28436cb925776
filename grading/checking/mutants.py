"""Small faults in a solution, as students make them: signs, indices, transposes, swapped names.

Mutation testing after DeMillo, Lipton and Sayward, "Hints on Test Data Selection" (1978): tests
that do not notice a small fault would not notice a student's. The operators are those that matter
in numerical code. Made on the syntax tree and written into the text, so that a line stays as it
was but for the fault.
"""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from grading.checking.cell_text import CellText, Edit
from grading.regions import Region
from grading.source import parses, python, python_magic, statements

OPERATORS = {
    ast.Add: ("+", ["-"]),
    ast.Sub: ("-", ["+"]),
    ast.Mult: ("*", ["/", "+"]),
    ast.Div: ("/", ["*"]),
    ast.MatMult: ("@", ["*"]),
    ast.Pow: ("**", ["*"]),
    ast.Mod: ("%", ["//"]),
    ast.FloorDiv: ("//", ["/"]),
    ast.BitAnd: ("&", ["|"]),
    ast.BitOr: ("|", ["&"]),
    ast.BitXor: ("^", ["&"]),
    ast.LShift: ("<<", [">>"]),
    ast.RShift: (">>", ["<<"]),
    ast.Lt: ("<", ["<=", ">"]),
    ast.LtE: ("<=", ["<", ">"]),
    ast.Gt: (">", [">=", "<"]),
    ast.GtE: (">=", [">", "<"]),
    ast.Eq: ("==", ["!="]),
    ast.NotEq: ("!=", ["=="]),
    ast.Is: ("is", ["is not"]),
    ast.IsNot: ("is not", ["is"]),
    ast.In: ("in", ["not in"]),
    ast.NotIn: ("not in", ["in"]),
    ast.And: ("and", ["or"]),
    ast.Or: ("or", ["and"]),
}
# Where a swap of both sides is none.
COMMUTE = (ast.Add, ast.Mult, ast.BitAnd, ast.BitOr, ast.BitXor)
OPPOSITES = {"eval": "train", "train": "eval", "append": "extend"}
PRODUCTS = ("dot", "matmul", "outer", "subtract", "divide", "power")


@dataclass(frozen=True)
class Mutant:
    """A solution cell with one fault.

    source: the cell's text. line: of the fault, counted from 1 in the cell; before, after: that
    line without and with the fault.
    """

    cell: str
    line: int
    before: str
    after: str
    source: str

    @property
    def change(self) -> str:
        return f"{self.before} → {self.after}"


def mutants(cell: str, source: str, solutions: Region) -> list[Mutant]:
    """Every cell that differs from `source` by one fault within its solution regions.

    cell: its grade_id. solutions: how the course marks those regions. Cells that are no Python are
    left out, and one of each text is kept. A line such as %%time stays above the faults; a cell in
    another language, as below %%bash, has none, nor has one that is not Python.
    """
    magic = python_magic(source)
    other_language = source.lstrip().startswith("%%") and not magic
    if other_language or not statements(source):  # or no Python, or nothing at all
        return []
    text = CellText(python(source), solutions)
    above, names = magic.count("\n"), _Names(text.tree)  # empty lines instead of the magic
    by_source: dict[str, Mutant] = {}
    for node in text.nodes():
        for make in EDITS:
            for edit in make(node, text, names):
                edited = text.edited(edit)
                mutated = magic + edited[above:]
                if text.is_asked(edit) and edited.encode() != text.raw and mutated not in by_source:
                    before, after = text.lines(edit)
                    line = text.line(edit.start)
                    by_source[mutated] = Mutant(cell, line, before, after or "(nothing)", mutated)
    return sorted((m for m in by_source.values() if parses(m.source)), key=lambda m: m.line)


class _Names:
    """The names that a cell binds, and for each those that it could be mistaken for."""

    def __init__(self, tree: ast.Module):
        bound = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
        bound |= {
            node.id
            for node in ast.walk(tree)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        }
        self._bound = sorted(bound)

    def like(self, name: str) -> list[str]:
        """At most two: W_f and W_i, dg and di, training_set and validation_set."""
        if name not in self._bound:
            return []
        place = self._bound.index(name)
        others = self._bound[place + 1 :] + self._bound[:place]
        return [other for other in others if _alike(name, other)][:2]


def _alike(one: str, other: str) -> bool:
    if len(one) == len(other) and sum(a != b for a, b in zip(one, other, strict=True)) == 1:
        return True
    parts, others = one.split("_"), other.split("_")
    if len(parts) == 1 or len(others) == 1:
        return False
    return sorted(parts) == sorted(others) or parts[1:] == others[1:] or parts[:-1] == others[:-1]


def _operators(node, text: CellText, names: _Names) -> Iterator[Edit]:
    """+ for -, @ for *, < for <=."""
    if isinstance(node, ast.BinOp):
        pairs = [(node.left, node.op, node.right)]
    elif isinstance(node, ast.Compare):
        pairs = zip([node.left, *node.comparators], node.ops, node.comparators, strict=False)
    elif isinstance(node, ast.BoolOp):
        pairs = [(left, node.op, right) for left, right in pairwise(node.values)]
    else:
        return
    for left, kind, right in pairs:
        old, others = OPERATORS[type(kind)]
        for new in others:
            yield from text.between(left, right, old, new)


def _terms(node, text: CellText, names: _Names) -> Iterator[Edit]:
    """A term or factor left out, both sides swapped, a sign lost or put in."""
    if isinstance(node, ast.BinOp):
        yield text.instead(node, text.of(node.left))
        yield text.instead(node, text.of(node.right))
        if not isinstance(node.op, COMMUTE):
            symbol, _ = OPERATORS[type(node.op)]
            yield text.instead(node, f"{text.of(node.right)} {symbol} {text.of(node.left)}")
    elif isinstance(node, ast.UnaryOp):
        yield text.instead(node, text.of(node.operand))
    elif isinstance(node, ast.Assign | ast.Return) and _is_number(node.value):
        yield text.instead(node.value, f"-{text.of(node.value)}")


def _is_number(value: ast.AST | None) -> bool:
    """Whether an expression may be one that has a sign."""
    return isinstance(value, ast.BinOp | ast.Call | ast.Subscript)


def _attributes(node, text: CellText, names: _Names) -> Iterator[Edit]:
    """A transpose left out; eval for train."""
    if not isinstance(node, ast.Attribute):
        return
    if node.attr == "T":
        yield text.instead(node, text.of(node.value))
    elif node.attr in OPPOSITES:
        yield Edit(text.end(node) - len(node.attr), text.end(node), OPPOSITES[node.attr])


def _indices(node, text: CellText, names: _Names) -> Iterator[Edit]:
    """Off by one."""
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Name | ast.BinOp):
        place = text.of(node.slice)
        yield text.instead(node.slice, f"{place} - 1")
        yield text.instead(node.slice, f"{place} + 1")
    elif isinstance(node, ast.Slice):
        for bound in (node.lower, node.upper):
            if bound is not None and not isinstance(bound, ast.Constant):
                yield text.instead(bound, f"{text.of(bound)} - 1")
                yield text.instead(bound, f"{text.of(bound)} + 1")
    elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "range":
        for bound in node.args:
            if not isinstance(bound, ast.Constant):
                yield text.instead(bound, f"{text.of(bound)} - 1")


def _constants(node, text: CellText, names: _Names) -> Iterator[Edit]:
    """Another number, truth value or text."""
    if not isinstance(node, ast.Constant):
        return
    value = node.value
    if isinstance(value, bool):
        yield text.instead(node, str(not value))
    elif isinstance(value, int):
        yield text.instead(node, str(value + 1))
        yield text.instead(node, str(value - 1))
    elif isinstance(value, float):
        yield text.instead(node, repr(value * 2))
        yield text.instead(node, repr(value / 2) if value else "1.0")
    elif isinstance(value, str) and value:
        yield text.instead(node, '""')


def _names(node, text: CellText, names: _Names) -> Iterator[Edit]:
    """A name for another one that looks like it."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        for other in names.like(node.id):
            yield text.instead(node, other)


def _calls(node, text: CellText, names: _Names) -> Iterator[Edit]:
    """A function not applied, its arguments swapped or one of them left out."""
    if not isinstance(node, ast.Call):
        return
    called = getattr(node.func, "attr", getattr(node.func, "id", ""))
    if len(node.args) == 1 and not isinstance(node.args[0], ast.Starred):
        yield text.instead(node, text.of(node.args[0]))
    if len(node.args) >= 2 and not any(isinstance(each, ast.Starred) for each in node.args[:2]):
        first, second = node.args[:2]
        swapped = f"{text.of(second)}, {text.of(first)}"
        yield Edit(text.start(first), text.end(second), swapped)
        if called in PRODUCTS:
            yield text.instead(node, f"{text.of(first)} * {text.of(second)}")
    for argument in node.keywords:
        yield _without(text, node, argument)


def _without(text: CellText, call: ast.Call, argument: ast.keyword) -> Edit:
    """A call without one of its keywords, and without the comma before it."""
    start = text.start(argument)
    before = text.raw[:start].decode()
    stripped = re.sub(r",\s*$", "", before)
    return Edit(len(stripped.encode()), text.end(argument), "")


def _statements(node, text: CellText, names: _Names) -> Iterator[Edit]:
    """A statement forgotten or out of order, a sum that is not accumulated, a test turned round."""
    for body in (getattr(node, name, None) for name in ("body", "orelse")):
        if not isinstance(body, list):
            continue
        for statement in body:
            if isinstance(statement, ast.Expr | ast.AugAssign) and not _is_docstring(statement):
                yield text.instead(statement, "pass")
        for first, second in pairwise(body):
            if isinstance(first, ast.Expr) and isinstance(second, ast.Expr):
                parts = (text.end(first), text.start(second))
                swapped = (
                    text.raw[text.start(second) : text.end(second)]
                    + text.raw[slice(*parts)]
                    + text.raw[text.start(first) : text.end(first)]
                )
                yield Edit(text.start(first), text.end(second), swapped.decode())
    if isinstance(node, ast.AugAssign):
        symbol, others = OPERATORS[type(node.op)]
        yield from text.between(node.target, node.value, f"{symbol}=", "=")
        for new in others:
            yield from text.between(node.target, node.value, f"{symbol}=", f"{new}=")
    elif isinstance(node, ast.If | ast.While | ast.IfExp):
        yield text.instead(node.test, f"not {text.of(node.test)}")


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


EDITS: tuple[Callable[..., Iterator[Edit]], ...] = (
    _operators, _terms, _attributes, _indices, _constants, _names, _calls, _statements,
)  # fmt: skip
