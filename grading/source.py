"""The source of a cell as Python: what IPython's magics and `!` lines stand for included."""

import ast
import symtable
import warnings
from collections.abc import Iterator
from functools import lru_cache

from IPython.core.inputtransformer2 import TransformerManager

# Cell magics below which there is Python that runs where the cell does.
PYTHON_MAGICS = ("%%time", "%%capture", "%%prun")


@lru_cache(maxsize=1024)  # IPython takes milliseconds, and a master's cells are asked for often
def python(source: str) -> str:
    """The Python that IPython runs for a code cell, line for line: that of a magic is empty."""
    magic = python_magic(source)
    body = source.removeprefix(magic)
    above = len(body) - len(body.lstrip())  # lines without anything, which IPython takes out
    empty = magic.count("\n") + body.count("\n", 0, above)
    return "\n" * empty + TransformerManager().transform_cell(body)


def python_magic(source: str) -> str:
    """The lines of a cell down to its cell magic, where that is one of PYTHON_MAGICS, else ""."""
    above = len(source) - len(source.lstrip())
    first = source[above:].partition("\n")[0]
    if first.split(maxsplit=1)[:1] and first.split()[0] in PYTHON_MAGICS:
        return source[: above + len(first) + 1]
    return ""


def parse(source: str) -> ast.Module:
    """The syntax tree of a code cell, magics included. Raises SyntaxError."""
    return ast.parse(python(source))


def statements(source: str) -> list[ast.stmt]:
    """The statements of a code cell; none where it is not Python, which only its kernel says."""
    try:
        return parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []


def walk(source: str) -> Iterator[ast.AST]:
    """Every node of a code cell's syntax tree; none below the top where it is not Python."""
    return ast.walk(ast.Module(statements(source), type_ignores=[]))


def require_python(source: str) -> None:
    """Raise SyntaxError for a cell that can't be compiled; not all that have a tree can."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        compile(parse(source), "cell", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)


def parses(source: str) -> bool:
    """Whether a cell is Python."""
    try:
        require_python(source)
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


def magics(source: str) -> list[str]:
    """The lines of a cell that only IPython understands: magics, `!` and `?` lines."""
    plain = TransformerManager().transform_cell(source).split("\n")
    written = [line.strip() for line in source.split("\n")]
    known = {line.strip() for line in plain}
    return [line for line in written if line[:1] in ("%", "!", "?") and line not in known]
