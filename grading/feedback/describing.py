"""The alternative text of a picture, for those who do not see it, from the code that drew it."""

import ast
from collections.abc import Iterator

from grading.source import parse
from grading.text import printable
from grading.words import say

MAX_CODE = 20_000
MAX_WORDS = 500
# Matplotlib's names for the texts of a plot, as functions, methods and keywords → key of its words.
PLACES = {
    "title": "plot_title",
    "set_title": "plot_title",
    "suptitle": "plot_title",
    "xlabel": "plot_x",
    "set_xlabel": "plot_x",
    "ylabel": "plot_y",
    "set_ylabel": "plot_y",
}
ORDER = ("plot_title", "plot_x", "plot_y")


def description(source: str) -> str:
    """The titles and axis labels that a cell's code gives to its plots; empty without any."""
    if len(source) > MAX_CODE:
        return ""
    try:
        texts = list(_texts(parse(source)))
    except (
        SyntaxError,
        ValueError,
        RecursionError,
        MemoryError,
    ):  # a student may have left it unfinished
        return ""
    parts = []
    for place in ORDER:
        if own := dict.fromkeys(text for where, text in texts if where == place):
            parts.append(f"{say(place)}: {', '.join(own)}")
    return printable(say("plot_with", parts="; ".join(parts))[:MAX_WORDS]) if parts else ""


def _texts(tree: ast.AST) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if name in PLACES and node.args and (text := _text(node.args[0])):
            yield PLACES[name], text
        for keyword in node.keywords:
            if keyword.arg in PLACES and (text := _text(keyword.value)):
                yield PLACES[keyword.arg], text


def _text(node: ast.expr) -> str:
    is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return " ".join(node.value.split()) if is_text else ""
