"""The master's test cells: where their names come from, and what running one gives."""

from __future__ import annotations

import ast
import linecache
import math
import traceback
from collections.abc import Iterator
from itertools import zip_longest

import numpy as np

from candidate_kernel.wire import printable
from grading.examiner.asking import Lost
from grading.examiner.handles import Handle, ask_attribute
from grading.examiner.master_functions import changed_parameters, names_read
from grading.examiner.measuring import Measuring
from grading.examiner.messages import Test, Verdict
from grading.examiner.names import Names
from grading.examiner.namespace import RemoteNamespace, seed_generators
from grading.examiner.shown import Shown, put_back
from grading.examiner.student_errors import StudentError
from grading.model.outcome import CheckResult, Part
from grading.source import statements, walk
from helpers import tick
from helpers._blocks import blocks
from helpers._comparison import failed_comparison, hide

MAX_REASON = 4000


class Imports:
    """The import statements of a master, each run when a test first needs its name.

    sources: cells that students are given. answers: solution cells, whose imports are part of the
    answer: such a name counts where the submission has imported the same thing under it. classes:
    the names of the classes that the master defines. read: the global names that its functions
    read. changing: the arguments that its functions change in place.
    """

    def __init__(self, sources: list[str], answers: list[str] = ()):
        self._statements: dict[str, list[ast.stmt]] = {}
        self._values: dict = {}
        self._answers = Imports(answers) if answers else None
        self.classes = {name for source in [*sources, *answers] for name in _classes(source)}
        self.read = names_read([*sources, *answers])
        self.changing = changed_parameters([*sources, *answers])
        for source in sources:
            for node in import_statements(statements(source)):
                for name in bound_names(node):
                    self._statements.setdefault(name, []).append(node)
                    if name == "*":  # only running it tells its names
                        self._run(node)

    def __contains__(self, name: str) -> bool:
        return name in self._statements or name in self._values

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


class Tests:
    """Runs the test cells of a notebook, one after another, in a namespace that they share.

    imports: what the master imports. submission: has all other names. measures: note how far
    numbers are from their thresholds, see `grading.examiner.measuring`.
    """

    __test__ = False  # pytest takes it for one of its own

    def __init__(self, imports: Imports, submission: RemoteNamespace, measures: bool = False):
        self._submission, self._measures = submission, measures
        self._names = Names(imports, submission)
        submission.know(Shown(self._names, imports.read), imports.changing)

    def run(self, test: Test) -> Verdict:
        """Run one test cell; whatever goes wrong in it is a verdict."""
        filename = f"<check {test.grade_id}>"
        lines = [f"{line}\n" for line in test.source.split("\n")]  # as Python counts them
        linecache.cache[filename] = (len(test.source), None, lines, filename)
        tick.reset_marks()
        hide(test.hidden_lines)
        error, value, measuring = None, None, Measuring()
        try:
            self._submission.begin(self._names.objects())
            seed_generators(test.seed)
            self._names.begin(test.rebound, measuring.names)
            tree = measuring.of(test.source) if self._measures else ast.parse(test.source)
            with put_back():
                value = _execute(tree, filename, self._names)
        except Exception as raised:  # every failure of a check is a result
            error = raised
        cause = error.__cause__ if isinstance(error, tick.CheckFailed) else error
        try:
            self._submission.end(self._names.objects())
        except Exception:  # whatever it is, the next check will find out and say so
            pass
        results, parts = tick.results(), _parts(test, filename, error)
        score = sum(part.earned for part in parts) if parts else _score(value, test.points)
        result = CheckResult(
            test.grade_id,
            (results[-1].name if results and not parts else None) or test.title,
            test.points,
            passed=error is None and score in (None, test.points),
            reason=printable(_reason(error, filename)[:MAX_REASON]),
            part=_part(cause, filename, test.hidden_lines) if error is not None else None,
            traceback=[_step(*step) for step in getattr(cause, "student_steps", [])],
            margins=measuring.margins,
            score=score,
            parts=parts,
        )
        broken = str(cause) if _is_ours(cause) else ""
        return Verdict(result, late=isinstance(cause, Lost), broken=broken)


def _execute(tree: ast.Module, filename: str, names: Names):
    """Run a test and give the value of the expression that it ends in, None where there is none."""
    *_, last = [None, *tree.body]
    expression = tree.body.pop().value if isinstance(last, ast.Expr) else None
    # As written: with its asserts, whatever PYTHONOPTIMIZE says, and without our own futures.
    how = {"dont_inherit": True, "optimize": 0}
    exec(compile(tree, filename, "exec", **how), names)
    if expression is None:
        return None
    return eval(compile(ast.Expression(expression), filename, "eval", **how), names)


def _score(value, points: float) -> float | None:
    """The marks that a test gives by the number that it ends in, as nbgrader's partial credit; None
    where it ends in no number."""
    value = value.item() if isinstance(value, np.generic) else value
    if type(value) not in (int, float) or math.isnan(value):
        return None
    return min(max(float(value), 0), points)


def _parts(test: Test, filename: str, error: Exception | None) -> list[Part]:
    """What each of several blocks of marks gave; empty for a test that has not several."""
    found = blocks(test.source)
    if len(found) < 2:
        return []
    causes, parts = getattr(error, "causes", {}), []
    for block, result in zip_longest(found, tick.results()):
        title = block.title or test.title
        if result is None:  # an error between the blocks has ended the test
            parts.append(Part(title, block.marks, False, _reason(error, filename)[:MAX_REASON]))
            continue
        cause = causes.get(block.line)
        part = _part(cause, filename, test.hidden_lines) if cause is not None else None
        reason = printable(result.hint[:MAX_REASON])
        parts.append(Part(title, block.marks, result.passed, reason, part))
    return parts


def _is_ours(error: Exception | None) -> bool:
    """Whether a check failed for something that the machine or the course lacks."""
    return isinstance(error, ImportError | FileNotFoundError) and not isinstance(
        error, StudentError
    )


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
