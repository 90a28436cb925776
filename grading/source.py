"""The source of a cell as Python: what IPython's magics and `!` lines stand for included."""

from __future__ import annotations

import ast

from IPython.core.inputtransformer2 import TransformerManager


def python(source: str) -> str:
    """The Python that IPython runs for a code cell."""
    return TransformerManager().transform_cell(source)


def parse(source: str) -> ast.Module:
    """The syntax tree of a code cell, magics included. Raises SyntaxError."""
    return ast.parse(python(source))


def parses(source: str) -> bool:
    """Whether a cell is Python."""
    try:
        parse(source)
    except SyntaxError:
        return False
    return True
