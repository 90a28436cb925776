"""Write Python over: a student's own names for what is local to functions, and nothing else."""

from __future__ import annotations

import ast

from grading.source import parse


def written(source: str, suffix: str) -> str:
    """`source` with local names that end in `suffix`; a cell without functions stays as it is.

    The suffix is in a comment too: a function may have no names of its own.
    """
    tree = parse(source)
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    for function in functions:
        _rename_locals(function, suffix)
    return f"{ast.unparse(tree)}\n# {suffix}" if functions else source


def _rename_locals(function: ast.FunctionDef, suffix: str) -> None:
    names = [node for node in ast.walk(function) if isinstance(node, ast.Name)]
    own = {name.id for name in names if isinstance(name.ctx, ast.Store)}
    own -= {node.arg for node in ast.walk(function) if isinstance(node, ast.arg)}
    for name in names:
        name.id += suffix if name.id in own else ""
