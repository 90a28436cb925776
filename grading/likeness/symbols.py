"""Code and prose as symbols: what stays of them when names, comments and formatting are taken away.

Code is read from its syntax tree, so that comments, docstrings, annotations, parentheses and the
breaking of lines are gone by themselves, and some ways to write the same thing are one: `a += b`
and `a = a + b`, a comprehension and the loop that appends.
"""

import ast
import builtins
import keyword
import re
import unicodedata
from collections.abc import Collection, Iterator
from typing import NamedTuple

from grading.source import python

NAME = "name"  # of whatever name: `fingerprints` tells by its distance which one is meant
KNOWN = frozenset(dir(builtins)) | frozenset(keyword.kwlist)
WORD = re.compile(r"\w+")
PLAIN_NUMBERS = (
    0,
    1,
    2,
)  # indices, axes, halves: part of how a thing is done. Others are settings.
MOST_FAULTS = 30  # lines of a cell that are no Python and are left out, one after another
MOST_CHARACTERS = 200_000  # of one cell; who writes by hand writes less


class Symbol(NamedTuple):
    """text: what is compared. line: counted from 1; of prose, the word's number from 0. name: the
    name as it was written, where it may be another one in a copy, else ""."""

    text: str
    line: int
    name: str = ""


class TooLong(Exception):
    """A cell that is not compared; the message says why."""


def prose(text: str) -> list[Symbol]:
    """The words of a text without case and accents. Raises TooLong."""
    _require_short(text)
    return [Symbol(_plain(word[0]), number) for number, word in enumerate(WORD.finditer(text))]


def _plain(word: str) -> str:
    letters = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def names_in(source: str) -> set[str]:
    """The functions and classes that a code cell defines, and what it imports; none where it is no
    Python. Variables are not among them: whoever copies may rename a parameter of the release."""
    try:
        nodes = list(ast.walk(_tree(source)))
    except TooLong:
        return set()
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    imported = (node for node in nodes if isinstance(node, ast.alias))
    return {node.name for node in nodes if isinstance(node, kinds)} | {
        node.asname or node.name for node in imported
    }


def code(source: str, given: Collection[str] = ()) -> list[Symbol]:
    """The symbols of a code cell; lines that are no Python are left out.

    given: names that `names_in` finds in the release. Tests call them, so they stay as they are, as
    the names of builtins and attributes do. Raises TooLong.
    """
    try:
        return list(_Writer(given).body(_tree(source).body))
    except RecursionError:
        raise TooLong("its expressions are nested too deep") from None


def by_line(symbols: list[Symbol]) -> dict[int, tuple[tuple[str, str], ...]]:
    """What stands on each line, with names as they were written."""
    found: dict[int, list[tuple[str, str]]] = {}
    for symbol in symbols:
        found.setdefault(symbol.line, []).append((symbol.text, symbol.name))
    return {line: tuple(said) for line, said in found.items()}


def _require_short(text: str) -> None:
    if len(text) > MOST_CHARACTERS:
        raise TooLong(f"it has over {MOST_CHARACTERS:,} characters")


def _tree(source: str) -> ast.Module:
    _require_short(source)
    lines = _as_python(source).split("\n")
    for _ in range(MOST_FAULTS):
        try:
            return ast.parse("\n".join(lines))
        except SyntaxError as error:
            number = min(error.lineno or 1, len(lines)) - 1
            if not lines[number].strip():  # the fault is what stands above, such as an open bracket
                number = max((n for n in range(number) if lines[n].strip()), default=number)
            indent = len(lines[number]) - len(lines[number].lstrip())
            filler = lines[number][:indent] + "pass"
            # In place of a line that begins a block `pass` keeps the lines around it readable.
            lines[number] = "" if lines[number] == filler else filler
        except (ValueError, RecursionError, MemoryError):
            break
    return ast.Module([], [])


def _as_python(source: str) -> str:
    try:
        return python(source)
    except (SyntaxError, ValueError, RecursionError):
        return source


class _Writer:
    """Writes a syntax tree as symbols, from left to right."""

    def __init__(self, given: Collection[str]):
        self._kept = KNOWN.union(given)

    def body(self, statements: list[ast.stmt]) -> Iterator[Symbol]:
        for statement in statements:
            if isinstance(statement, ast.Pass) or (
                isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
            ):
                continue  # a docstring, or what stands for nothing
            yield from self.node(statement, statement.lineno)

    def node(self, node: ast.AST, line: int) -> Iterator[Symbol]:
        line = getattr(node, "lineno", line)
        special = getattr(self, f"_{type(node).__name__}", None)
        if special:
            yield from special(node, line)
            return
        if not isinstance(node, ast.Expr | ast.expr_context):
            yield Symbol(type(node).__name__, line)
        yield from self._fields(node, line, node._fields)

    def _fields(self, node: ast.AST, line: int, names: Collection[str]) -> Iterator[Symbol]:
        for name in names:
            value = getattr(node, name, None)
            if name in ("body", "orelse", "finalbody") and isinstance(value, list):
                yield from self.body(value)
                continue
            for each in value if isinstance(value, list) else [value]:
                if isinstance(each, ast.AST):
                    yield from self.node(each, line)
                elif isinstance(each, str) and name not in ("type_comment", "kind"):
                    yield self._named(each, line)

    def _named(self, name: str, line: int) -> Symbol:
        return Symbol(name, line) if name in self._kept else Symbol(NAME, line, name)

    def _Name(self, node, line):
        yield self._named(node.id, line)

    def _arg(self, node, line):
        yield self._named(node.arg, line)  # and not its annotation

    def _Attribute(self, node, line):
        yield from self.node(node.value, line)
        yield Symbol(f".{node.attr}", line)

    def _keyword(self, node, line):
        yield Symbol(f"{node.arg}=", line)
        yield from self.node(node.value, line)

    def _Constant(self, node, line):
        value = node.value
        if value is None or isinstance(value, bool):
            yield Symbol(repr(value), line)
        elif isinstance(value, int | float | complex):
            yield Symbol(f"{value:g}" if value in PLAIN_NUMBERS else "number", line)
        else:
            yield Symbol("text", line)

    def _JoinedStr(self, node, line):
        yield Symbol("text", line)
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                yield from self.node(part.value, line)

    def _FunctionDef(self, node, line):
        yield Symbol("def", line)
        yield self._named(node.name, line)
        yield from self._fields(node, line, ("args", "body"))

    _AsyncFunctionDef = _FunctionDef

    def _AugAssign(self, node, line):
        """`a += b` as `a = a + b`."""
        yield Symbol("Assign", line)
        yield from self.node(node.target, line)
        yield from self.node(ast.BinOp(node.target, node.op, node.value), line)

    def _AnnAssign(self, node, line):
        if node.value is not None:
            yield Symbol("Assign", line)
            yield from self.node(node.target, line)
            yield from self.node(node.value, line)

    def _For(self, node, line):
        yield from self._loop(node, line)
        yield from self.body(node.body)
        yield from self.body(node.orelse)

    def _loop(self, node, line):
        yield Symbol("for", line)
        yield from self.node(node.target, line)
        yield from self.node(node.iter, line)

    def _If(self, node, line):
        yield Symbol("if", line)
        yield from self._fields(node, line, ("test", "body", "orelse"))

    def _ListComp(self, node, line):
        """As the loop that makes the same list: what is appended comes last."""
        for each in node.generators:
            yield from self._loop(each, line)
            for condition in each.ifs:
                yield Symbol("if", line)
                yield from self.node(condition, line)
        yield from self.node(node.elt, line)

    _GeneratorExp = _SetComp = _ListComp

    def _Expr(self, node, line):
        """`things.append(x)` as x, which is what a comprehension says."""
        call = node.value
        appends = isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)
        if appends and call.func.attr == "append" and len(call.args) == 1:
            yield from self.node(call.args[0], line)
        else:
            yield from self.node(call, line)
