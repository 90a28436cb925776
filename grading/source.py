"""The source of a cell as Python: what IPython's magics and `!` lines stand for included."""

from __future__ import annotations

import ast
import symtable

from IPython.core.inputtransformer2 import TransformerManager

# Cell magics below which there is Python that runs where the cell does.
PYTHON_MAGICS = ("%%time", "%%capture", "%%prun")


def python(source: str) -> str:
    """The Python that IPython runs for a code cell; the line of a magic such as %%time is empty."""
    magic = python_magic(source)
    if not magic:
        return TransformerManager().transform_cell(source)
    return "\n" + TransformerManager().transform_cell(source.partition("\n")[2])


def python_magic(source: str) -> str:
    """The first line of a cell, without its end, where it is one of PYTHON_MAGICS."""
    first = source.partition("\n")[0]
    return first if first.split()[:1] and first.split()[0] in PYTHON_MAGICS else ""


def parse(source: str) -> ast.Module:
    """The syntax tree of a code cell, magics included. Raises SyntaxError."""
    return ast.parse(python(source))


def parses(source: str) -> bool:
    """Whether a cell is Python that can be compiled."""
    try:
        compile(parse(source), "cell", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    except SyntaxError:
        return False
    return True


def names(source: str) -> tuple[set[str], set[str]]:
    """Names that a cell binds at its top level, and global names that it reads anywhere."""
    table = symtable.symtable(python(source), "cell", "exec")
    bound = {s.get_name() for s in table.get_symbols() if s.is_assigned() or s.is_imported()}
    read, tables = set(), [table]
    while tables:
        scope = tables.pop()
        tables += scope.get_children()
        read |= {
            s.get_name()
            for s in scope.get_symbols()
            if s.is_referenced() and (scope is table or s.is_global())
        }
    return bound, read
