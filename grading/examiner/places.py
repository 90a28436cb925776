"""Where the cells that students are given look for modules, and which folder they change into.

A test finds what its notebook has told Python before, by `sys.path.append("code")` and
`os.chdir("data")`. These statements alone are run, as they stand in cells
of the master; those of solution cells are not.
"""

import ast
import os
import sys
from collections.abc import Iterator
from contextlib import suppress

from grading.examiner.tests import Imports
from grading.source import statements

PATHS = {"sys.path.append", "sys.path.insert", "sys.path.extend"}
FOLDER = "os.chdir"


class Places:
    """Follows what the provided cells do to `sys.path` and to the working folder.

    work: the folder of the assignment. provided: the sources of these cells. imports: the master's.
    """

    def __init__(self, work: str, provided: list[str], imports: Imports):
        self._work, self._done = os.path.realpath(work), 0
        self._cells = [list(place_statements(source)) for source in provided]
        self._names = _Names(provided, imports)
        for statement in (each for cell in self._cells for each in cell):
            if ast.unparse(statement.value.func) in PATHS:
                self._run(statement)

    def follow(self, cells: int) -> None:
        """Go where the first `cells` provided cells go, from where the test before has left."""
        for cell in self._cells[self._done : cells]:
            for statement in cell:
                if ast.unparse(statement.value.func) == FOLDER:
                    before = os.getcwd()
                    self._run(statement)
                    if not f"{os.getcwd()}/".startswith(f"{self._work}/"):
                        os.chdir(before)
        self._done = max(self._done, cells)

    def _run(self, statement: ast.stmt) -> None:
        code = compile(ast.Module([statement], type_ignores=[]), "<places>", "exec")
        with suppress(Exception):  # a test that needs it says what it did not find
            exec(code, self._names)


class _Names(dict):
    """The names that such a statement reads: imports, and what provided cells set to a value."""

    def __init__(self, provided: list[str], imports: Imports):
        super().__init__(os=os, sys=sys)
        self._imports = imports
        self._set = {
            target.id: node.value
            for source in provided
            for node in statements(source)
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }

    def __missing__(self, name):
        if name in self._imports:
            return self._imports.get(name)
        value = self._set.pop(name)  # a name that is made of itself is not known
        self[name] = eval(compile(ast.Expression(value), "<places>", "eval"), self)
        return self[name]


def place_statements(source: str) -> Iterator[ast.Expr]:
    """The statements of a cell, those in an `if` or a `try` too, that say where things are."""
    waiting = statements(source)
    while waiting:
        node, *waiting = waiting
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            folder = _magic_folder(node.value)
            if folder is not None:
                yield ast.parse(f"{FOLDER}({folder!r})").body[0]
            elif ast.unparse(node.value.func) in {*PATHS, FOLDER}:
                yield node
        elif isinstance(node, ast.If | ast.Try):
            waiting = [*node.body, *node.orelse, *waiting]


def _magic_folder(call: ast.Call) -> str | None:
    """The folder of a `%cd` line; None for any other call."""
    match call:
        case ast.Call(
            func=ast.Attribute(attr="run_line_magic"),
            args=[ast.Constant(value="cd"), ast.Constant(value=str() as folder)],
        ):
            return folder.strip().strip("'\"")
    return None
