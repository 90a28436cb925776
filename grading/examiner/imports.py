"""The import statements of a master, for the names of its tests."""

import ast
import os
from collections.abc import Iterator
from contextlib import suppress
from types import ModuleType

from grading.examiner.handles import Handle, ask_attribute
from grading.examiner.master_functions import (
    changed_parameters,
    names_bound,
    names_read,
    set_attributes,
)
from grading.source import statements, walk

SETTINGS = ("set_printoptions", "set_option", "seterr")  # of NumPy, PyTorch and pandas


class Imports:
    """The import statements of a master, each run when a test first needs its name.

    sources: cells that students are given. answers: solution cells, whose imports are part of the
    answer: such a name counts where the submission has imported the same thing under it. classes:
    the names of the classes that the master defines. What the given cells set of a library, such as
    `np.set_printoptions(precision=4)`, holds for tests too. others: all of these sources. read: the
    global names that their functions read. changing: the arguments that these change in place.
    bound: the global names that they bind. settable: the attributes that they set.
    """

    def __init__(self, sources: list[str], answers: list[str] = ()):
        self._statements: dict[str, list[ast.stmt]] = {}
        self._settings: dict[str, list[ast.stmt]] = {}
        self._values: dict = {}
        self.failed: Exception | None = None  # of a star import, whose names are not known
        self.others = [*sources, *answers]
        self.read, self.changing = names_read(self.others), changed_parameters(self.others)
        self.bound = names_bound(self.others)
        self.settable = set_attributes(self.others)
        self._answers = Imports(answers) if answers else None
        self.classes = {name for source in [*sources, *answers] for name in _classes(source)}
        for source in sources:
            for name, node in _settings(source):
                self._settings.setdefault(name, []).append(node)
            for node in import_statements(statements(source)):
                for name in bound_names(node):
                    self._statements.setdefault(name, []).append(node)
                    if name == "*":  # only running it tells its names
                        self._run_star(node)

    def __contains__(self, name: str) -> bool:
        return name in self._statements or name in self._values

    def modules(self) -> list[ModuleType]:
        """The modules beside the masters that have been imported so far."""
        here = os.getcwd()
        modules = [value for value in self._values.values() if isinstance(value, ModuleType)]
        files = [(module, getattr(module, "__file__", None) or "") for module in modules]
        return [module for module, file in files if file.startswith(here + os.sep)]

    def names(self) -> list[str]:
        """The names that the imports bind."""
        return [name for name in self._statements if name != "*"]

    def get(self, name: str):
        if name not in self._values:
            *others, last = self._statements[name]
            try:
                self._run(last)
            except ImportError:
                if not others:
                    raise
                self._run(others[-1])  # try: import a … except ImportError: import b as a
            for setting in self._settings.get(name, []):
                with suppress(Exception):  # the master's own cell says so
                    self._run(setting)
        return self._values[name]

    def as_answered(self, name: str, value):
        """What a name of the submission's stands for: our own module or function where it is that.

        A library that is called over there could agree with anything. value: what the submission
        has under that name.
        """
        if self._answers is None or name not in self._answers or not isinstance(value, Handle):
            return value
        try:
            ours = self._answers.get(name)
        except ImportError:
            return value
        return ours if _full_name(value) == _full_name(ours) else value

    def _run_star(self, node: ast.stmt) -> None:
        try:
            self._run(node)
        except Exception as error:  # a test that misses a name says so
            self.failed = error

    def _run(self, node: ast.stmt) -> None:
        module = ast.Module([node], type_ignores=[])
        exec(compile(module, "<imports>", "exec"), self._values)

    def warm(self, source: str) -> None:
        """Import what a test cell will need, before it does."""
        read = {node.id for node in walk(source) if isinstance(node, ast.Name)}
        for name in read & self._statements.keys():
            self.get(name)


def import_statements(body: list[ast.stmt]) -> Iterator[ast.Import | ast.ImportFrom]:
    """The imports that a cell runs, those in a `try` or an `if` too.

    What a test takes for a library must never be the student's.
    """
    for node in body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            for part in ("body", "handlers", "orelse", "finalbody"):
                yield from import_statements(getattr(node, part, []))


def _settings(source: str) -> Iterator[tuple[str, ast.stmt]]:
    """The statements of a cell that set an option of a library: its name there, and each."""
    for node in statements(source):
        match getattr(node, "value", None):
            case ast.Call(ast.Attribute(ast.Name(name), attribute)) if attribute in SETTINGS:
                yield name, node


def bound_names(node: ast.Import | ast.ImportFrom) -> list[str]:
    """The names that an import statement binds."""
    return [alias.asname or alias.name.partition(".")[0] for alias in node.names]


def _classes(source: str) -> list[str]:
    return [node.name for node in statements(source) if isinstance(node, ast.ClassDef)]


def _full_name(value) -> list:
    """A module by its name, a function or class by its module's and its own."""
    parts = ("__name__", "__module__", "__qualname__")
    return [_attribute(value, part) for part in parts]


def _attribute(value, name: str):
    try:
        return ask_attribute(value, name) if isinstance(value, Handle) else getattr(value, name)
    except AttributeError:
        return None


def imported_modules(node: ast.AST) -> list[str]:
    """The modules that a statement imports; none where it is another statement."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module] if isinstance(node, ast.ImportFrom) and not node.level else []
