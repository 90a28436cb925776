"""The blocks of a test cell, `with tick.marks(n):`, which give its marks part by part."""

import ast
from dataclasses import dataclass

from grading.source import statements, walk
from helpers._titles import check_title


@dataclass(frozen=True)
class Block:
    """A block at the left margin of a test cell.

    marks: what it is worth. place: its number among the statements of the cell. title: the first
    comment since the block before it; None where there is none that is a title.
    """

    marks: float
    place: int
    title: str | None


def blocks(source: str) -> list[Block]:
    """The blocks of marks at the left margin of a cell; none where it is not Python."""
    found, lines, above = [], source.split("\n"), 0
    for place, node in enumerate(statements(source)):
        if isinstance(node, ast.With) and (marks := _marks(node)):
            title = check_title("\n".join(lines[above : node.end_lineno]))
            found.append(Block(sum(marks), place, title))
            above = node.end_lineno
    return found


def tick_marks(source: str) -> list[float]:
    """The marks of every `with tick.marks(n):` of a cell, wherever it stands."""
    withs = (node for node in walk(source) if isinstance(node, ast.With))
    return [marks for node in withs for marks in _marks(node)]


def _marks(node: ast.With) -> list[float]:
    calls = (item.context_expr for item in node.items)
    return [
        call.args[-1].value
        for call in calls
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr in ("marks", "Marks")
        and call.args
        and isinstance(call.args[-1], ast.Constant)
    ]
