"""The master's test cells: what running one gives."""

from __future__ import annotations

import ast
import linecache
import math
import traceback
from collections.abc import Mapping
from itertools import zip_longest
from types import MappingProxyType

import numpy as np

from candidate_kernel.wire import printable
from grading.examiner.asking import Lost
from grading.examiner.imports import Imports
from grading.examiner.lacking import what_is_lacking
from grading.examiner.magics import without_magics
from grading.examiner.measuring import Measuring
from grading.examiner.messages import Test, Verdict
from grading.examiner.names import Names
from grading.examiner.namespace import RemoteNamespace, seed_generators
from grading.examiner.shown import Shown, put_back
from grading.model.outcome import CheckResult, Part
from grading.words import say
from helpers import tick
from helpers._blocks import blocks
from helpers._comparison import failed_comparison, hide

MAX_REASON = 4000


class Tests:
    """Runs the test cells of a notebook, one after another, in a namespace that they share.

    imports: what the master imports. submission: has all other names. measures: note how far
    numbers are from their thresholds, see `grading.examiner.measuring`.
    """

    __test__ = False  # pytest takes it for one of its own

    def __init__(self, imports: Imports, submission: RemoteNamespace, measures: bool = False):
        self._submission, self._measures, self._imports = submission, measures, imports
        self._names = Names(imports, submission)
        shown = Shown(self._names, imports.read, imports.modules)
        submission.know(shown, imports.changing, imports.settable, self._names.look_again)

    def run(self, test: Test, refused: Mapping[str, str] = MappingProxyType({})) -> Verdict:
        """Run one test cell; whatever goes wrong in it is a verdict.

        refused: files of the submission's that are not brought to tests, by name, with the reason.
        """
        filename = f"<check {test.grade_id}>"
        lines = [f"{line}\n" for line in test.source.split("\n")]  # as Python counts them
        linecache.cache[filename] = (len(test.source), None, lines, filename)
        tick.reset_marks()
        hide(test.hidden_lines)
        error, value, measuring = None, None, Measuring()
        try:
            self._submission.figures.begin(test.source)
            self._submission.begin(self._names.objects())
            seed_generators(test.seed)
            self._names.begin(test.rebound, measuring.names)
            tree = without_magics(test.source)
            tree = measuring.of(tree) if self._measures else tree
            with put_back():
                value = _execute(tree, filename, self._names)
        except Exception as raised:  # every failure of a check is a result
            error = raised
        cause = (isinstance(error, tick.CheckFailed) and error.__cause__) or error
        try:
            self._submission.end(self._names.objects())
        except Exception:  # whatever it is, the next check will find out and say so
            pass
        parts = _parts(test, filename, error)
        score = sum(part.earned for part in parts) if parts else _score(value, test.points)
        result = CheckResult(
            test.grade_id,
            test.title,
            test.points,
            passed=error is None and score in (None, test.points),
            reason=printable(_reason(error, filename)[:MAX_REASON]),
            part=_part(cause, filename, test.hidden_lines) if error is not None else None,
            traceback=[_step(*step) for step in getattr(cause, "student_steps", [])],
            margins=measuring.margins,
            score=score,
            parts=parts,
        )
        broken = what_is_lacking(cause, test.source, self._imports, refused)
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
    """The marks that a test gives by the value that it ends in, None where that is no number.

    A number is nbgrader's partial credit, from 0 to the test's points; a comparison that does not
    hold gives none of them.
    """
    value = value.item() if isinstance(value, np.generic) else value
    if type(value) is bool:
        return points if value else 0
    if type(value) not in (int, float) or math.isnan(value):
        return None
    return min(max(float(value), 0), points)


def _parts(test: Test, filename: str, error: Exception | None) -> list[Part]:
    """What each of several blocks of marks gave; empty for a test that has not several."""
    found = blocks(test.source, test.hidden_lines)
    if len(found) < 2:
        return []
    causes, parts = error.causes if isinstance(error, tick.CheckFailed) else {}, []
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


def _reason(error: Exception | None, filename: str) -> str:
    if error is None:
        return ""
    if isinstance(error, MemoryError):
        return say("too_much_memory")
    text = str(error).strip()
    if isinstance(error, AssertionError):  # a failed block and no answer are such errors too
        return text or failed_comparison(error, filename) or ""
    return f"{type(error).__name__}: {text}".rstrip(": ")


def _step(function: str, line: int, source: str) -> str:
    return say("step", function=function, line=line, source=source).rstrip(": ")


def _part(error: Exception, filename: str, hidden: list[int]) -> str:
    """Where the check failed: in what students see of it, or in what they do not."""
    failed = [
        line
        for frame, line in traceback.walk_tb(error.__traceback__)
        if frame.f_code.co_filename == filename
    ]
    return "hidden" if failed and failed[-1] in hidden else "visible"
