"""The master's test cells: where their names come from, and what running one gives."""

from __future__ import annotations

import ast
import builtins
import linecache
import traceback
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from candidate_kernel.wire import printable
from grading.examiner.handles import ClassHandle, Handle, ask_attribute
from grading.examiner.lacking import what_is_lacking
from grading.examiner.measuring import Measuring
from grading.examiner.messages import Test, Verdict
from grading.examiner.namespace import Lost, RemoteNamespace, seed_generators
from grading.model.outcome import CheckResult
from grading.source import statements, walk
from helpers import tick
from helpers._comparison import failed_comparison, hide

MAX_REASON = 4000


class Names(dict):
    """The global names of one test cell: what the master imports, then what the submission has."""

    def __init__(self, imports: Imports, submission: RemoteNamespace, own: dict):
        super().__init__(own, __name__="__main__", __builtins__=builtins)
        self._imports, self._submission = imports, submission

    def __missing__(self, name):
        if hasattr(builtins, name):
            raise KeyError(name)
        if name in self._imports:
            value = self._submission.figures.seen(self._imports.get(name))
        else:
            value = self._imports.as_answered(name, self._submission.value(name))
            if name in self._imports.classes and isinstance(value, ClassHandle):
                self._submission.is_a_masters_class(value)
        self[name] = value
        return value

    def __setitem__(self, name, value):
        super().__setitem__(name, self._submission.figures.seen(value))


class Imports:
    """The import statements of a master, each run when a test first needs its name.

    sources: cells that students are given. answers: solution cells, whose imports are part of the
    answer: such a name counts where the submission has imported the same thing under it. classes:
    the names of the classes that the master defines. others: all of these sources.
    """

    def __init__(self, sources: list[str], answers: list[str] = ()):
        self._statements: dict[str, list[ast.stmt]] = {}
        self._values: dict = {}
        self.others = [*sources, *answers]
        self.failed: Exception | None = None  # of a star import, whose names are not known
        self._answers = Imports(answers) if answers else None
        self.classes = {name for source in [*sources, *answers] for name in _classes(source)}
        for source in sources:
            for node in import_statements(statements(source)):
                for name in bound_names(node):
                    self._statements.setdefault(name, []).append(node)
                    if name == "*":  # only running it tells its names
                        self._run_star(node)

    def __contains__(self, name: str) -> bool:
        return name in self._statements or name in self._values

    def get(self, name: str):
        if name not in self._values:
            *others, last = self._statements[name]
            try:
                self._run(last)
            except ImportError:
                if not others:
                    raise
                self._run(others[-1])  # try: import a … except ImportError: import b as a
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


def run_check(
    test: Test,
    imports: Imports,
    submission: RemoteNamespace,
    measures: bool = False,
    refused: Mapping[str, str] = MappingProxyType({}),
) -> Verdict:
    """Run one test cell; whatever goes wrong in it is a verdict.

    imports: what the master imports, submission: all other names. measures: note how far numbers
    are from their thresholds, see `grading.examiner.measuring`. refused: files of the submission's
    that are not brought to tests, by name, with the reason.
    """
    filename = f"<check {test.grade_id}>"
    lines = [f"{line}\n" for line in test.source.split("\n")]  # as Python counts them
    linecache.cache[filename] = (len(test.source), None, lines, filename)
    tick.reset_marks()
    hide(test.hidden_lines)
    error, measuring = None, Measuring()
    try:
        submission.figures.begin(test.source)
        submission.begin()
        seed_generators(test.seed)
        # As written: with its asserts, whatever PYTHONOPTIMIZE says, and without our own futures.
        tree = measuring.of(test.source) if measures else test.source
        code = compile(tree, filename, "exec", dont_inherit=True, optimize=0)
        exec(code, Names(imports, submission, measuring.names))
    except Exception as raised:  # every failure of a check is a result
        error = raised
    cause = error.__cause__ if isinstance(error, tick.CheckFailed) else error
    try:
        submission.end()
    except Exception:  # whatever it is, the next check will find out and say so
        pass
    results = tick.results()
    result = CheckResult(
        test.grade_id,
        (results[-1].name if results else None) or test.title,
        test.points,
        passed=error is None,
        reason=printable(_reason(error, filename)[:MAX_REASON]),
        part=_part(cause, filename, test.hidden_lines) if error is not None else None,
        traceback=[_step(*step) for step in getattr(cause, "student_steps", [])],
        margins=measuring.margins,
    )
    broken = what_is_lacking(cause, test.source, imports, refused)
    return Verdict(result, late=isinstance(cause, Lost), broken=broken)


def _reason(error: Exception | None, filename: str) -> str:
    if error is None:
        return ""
    if isinstance(error, MemoryError):
        return "La comprobación usó demasiada memoria con los valores recibidos."
    text = str(error).strip()
    if isinstance(error, AssertionError):  # a failed block and no answer are such errors too
        return text or failed_comparison(error, filename) or ""
    return f"{type(error).__name__}: {text}".rstrip(": ")


def _step(function: str, line: int, source: str) -> str:
    return f"{function}, línea {line}: {source}".rstrip(": ")


def _part(error: Exception, filename: str, hidden: list[int]) -> str:
    """Where the check failed: in what students see of it, or in what they do not."""
    failed = [
        line
        for frame, line in traceback.walk_tb(error.__traceback__)
        if frame.f_code.co_filename == filename
    ]
    return "hidden" if failed and failed[-1] in hidden else "visible"
