"""The blocks of checks at the left margin of a cell, which give its marks part by part."""

import ast
from dataclasses import dataclass

from helpers._titles import check_title


@dataclass(frozen=True)
class Block:
    """A block of checks with marks at the left margin of a cell.

    line: the number of the line on which it begins, counted from 1. marks: what it is worth; None
    where that is no number that its source writes out. title: what it is called; None for a block
    that is alone in its cell, which gives its cell's title or has none.
    """

    line: int
    marks: float | None
    title: str | None


def blocks(source, hidden=()):
    """The blocks at the left margin of a cell's source, top to bottom, as a list of `Block`.

    Several are called by the first comment that stands above each of them or in it, those without
    one by the cell's title and their number. hidden: the numbers of the lines whose comments name
    nothing. Empty where the source is not Python.
    """
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    found = [(node, marks[0]) for node in body if (marks := marks_of(node))]
    if len(found) < 2:
        return [Block(node.lineno, marks, None) for node, marks in found]
    lines = ["" if number in hidden else line for number, line in enumerate(source.split("\n"), 1)]
    whole, above, named = check_title("\n".join(lines)), 0, []
    for number, (node, marks) in enumerate(found, 1):
        own = check_title("\n".join(lines[above : node.end_lineno]))
        named.append(Block(node.lineno, marks, own or (f"{whole} ({number})" if whole else None)))
        above = node.end_lineno
    return named


def marks_of(node):
    """What the blocks that a statement opens are worth, a list; empty where it opens none.

    node: a node of a syntax tree.
    """
    if not isinstance(node, ast.With):
        return []
    calls = (item.context_expr for item in node.items)
    return [_number(call.args[-1]) for call in calls if _opens_block(call)]


def _opens_block(call):
    if not isinstance(call, ast.Call) or not call.args:
        return False
    return isinstance(call.func, ast.Attribute) and call.func.attr in ("marks", "Marks")


def _number(argument):
    value = argument.value if isinstance(argument, ast.Constant) else None
    return value if isinstance(value, int | float) else None
