"""How far the numbers of a check are from their thresholds: which checks luck could decide.

A test is compiled with its comparisons replaced by ones that note what they compare. Each margin is
{"text", "value", "sign", "threshold", "room"}: the comparison as written, both numbers, and what is
left between them as a share of the larger one, so that a < b has the room of b > a; negative where
the check fails.
"""

import ast
from collections.abc import Callable
from contextlib import suppress
from itertools import pairwise
from numbers import Real

import numpy as np

from helpers import checkarr
from helpers.gradeutils import OPERATORS, calculate_coincidences_percentage, hex_to_float

SIGNS = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}
COMPARE, CHAIN, CALL = "__compare_and_note__", "__chain_and_note__", "__call_and_note__"
NO_ARGUMENTS = ast.parse("lambda: 0", mode="eval").body.args
MOST = 2000  # margins of one check


class Measuring(ast.NodeTransformer):
    """Compiles tests that note their margins.

    margins: what they have noted. names: what their code needs.
    """

    def __init__(self):
        self.margins: list[dict] = []
        self.names = {COMPARE: self._compare, CHAIN: self._chain, CALL: self._call}

    def of(self, tree: ast.Module) -> ast.Module:
        """The syntax tree of a test with its comparisons noted; lines stay as they were."""
        return ast.fix_missing_locations(self.visit(tree))

    def visit_Assert(self, node: ast.Assert) -> ast.Assert:
        node.test = _Noting().visit(node.test)
        return node

    def _compare(self, text: str, sign: str, left, right):
        if _is_number(left) and _is_number(right):
            with suppress(OverflowError, TypeError, ValueError):  # no float: nothing to measure
                self._note(text, float(left), sign, float(right))
        return OPERATORS[sign](left, right)

    def _chain(self, texts: tuple, signs: tuple, *sides: Callable):
        """a < b < c: each side is looked at once, and those after a failure are not."""
        left, held = sides[0](), True
        for text, sign, side in zip(texts, signs, sides[1:], strict=True):
            if not held:
                break
            right = side()
            left, held = right, self._compare(text, sign, left, right)
        return held

    def _call(self, text: str, name: str, function: Callable, *args, **kwargs):
        try:
            noted = NOTED[name](*args, **kwargs)
        except Exception:  # an answer that can't be compared: the function itself says so
            noted = None
        if noted is not None:
            self._note(text, *noted)
        return function(*args, **kwargs)

    def _note(self, text: str, value: float, sign: str, threshold: float) -> None:
        if len(self.margins) == MOST or not np.isfinite([value, threshold]).all():
            return
        distance = threshold - value if sign[0] == "<" else value - threshold
        room = distance / (max(abs(value), abs(threshold)) or 1.0)
        self.margins.append(
            {"text": text, "value": value, "sign": sign, "threshold": threshold, "room": room}
        )


class _Noting(ast.NodeTransformer):
    """Replaces the comparisons that must hold for an assertion to hold."""

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        return node  # what must not hold has no room to lose

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.expr:
        return node if isinstance(node.op, ast.Or) else self.generic_visit(node)

    def visit_IfExp(self, node: ast.IfExp) -> ast.expr:
        return node

    def visit_comprehension(self, node: ast.comprehension) -> ast.comprehension:
        return node

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        sides = [node.left, *node.comparators]
        texts = [
            ast.unparse(ast.Compare(left, [sign], [right]))
            for (left, right), sign in zip(pairwise(sides), node.ops, strict=True)
        ]
        fits = all(type(sign) in SIGNS for sign in node.ops)
        fits = fits and (len(node.ops) == 1 or not _binds(node))
        self.generic_visit(node)
        if not fits:
            return node
        signs, sides = [SIGNS[type(sign)] for sign in node.ops], [node.left, *node.comparators]
        if len(signs) == 1:
            return _call_of(COMPARE, [*_constants(texts + signs), *sides], node)
        asked = [ast.Lambda(NO_ARGUMENTS, side) for side in sides]
        return _call_of(CHAIN, [*_constants([tuple(texts), tuple(signs)]), *asked], node)

    def visit_Call(self, node: ast.Call) -> ast.expr:
        text = ast.unparse(node)
        self.generic_visit(node)
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name not in NOTED:
            return node
        arguments = [ast.Constant(text), ast.Constant(name), node.func, *node.args]
        return _call_of(CALL, arguments, node, node.keywords)


def _binds(node: ast.AST) -> bool:
    """Whether it does what it may not do in a function of its own."""
    kinds = (ast.NamedExpr, ast.Await, ast.Yield, ast.YieldFrom)
    return any(isinstance(each, kinds) for each in ast.walk(node))


def _constants(values: list) -> list[ast.Constant]:
    return [ast.Constant(value) for value in values]


def _call_of(name: str, arguments: list, at: ast.expr, keywords: list | None = None) -> ast.Call:
    function = ast.Name(name, ast.Load())
    return ast.copy_location(ast.Call(function, arguments, keywords or []), at)


def _is_number(value) -> bool:
    """Whether it is one number, be it in an array or tensor of no dimension."""
    return isinstance(value, Real) or getattr(value, "shape", None) == ()


def _numbers(first: str, sign: str, second: str):
    return hex_to_float(first), bytes.fromhex(sign).decode("ascii"), hex_to_float(second)


def _coincidences(first, second, least):
    return float(calculate_coincidences_percentage(first, second)), ">=", float(least)


def _close(got, want, rtol: float = 1e-5, atol: float = 1e-7):
    """The largest difference, in tolerances: see `grading.reference.close`."""
    got, want = _array(got), _array(want)
    tolerance = atol + rtol * np.abs(want).max()
    return float(np.abs(got - want).max() / tolerance), "<=", 1.0


def _allclose(got, want, rtol: float = 1e-5, atol: float = 1e-8):
    got, want = _array(got), _array(want)
    return float((np.abs(got - want) / (atol + rtol * np.abs(want))).max()), "<=", 1.0


def _array(value) -> np.ndarray:
    if hasattr(value, "detach"):
        value = value.detach().numpy()
    return np.asarray(value, dtype=float)


def _hash(array, test, strict: bool = False):
    digest = checkarr.strict_array_hash if strict else checkarr.array_hash
    tolerance = 1e-5 * (1 + abs(test[1]))  # as check_hash
    return abs(digest(array)[1] - test[1]) / tolerance, "<=", 1.0


def _scalar(x, h: str, tol: int = 5):
    """The least change of the number, relative to it, that the check does not accept."""
    number = float(x)
    for power in range(-15, 0):
        for digit in (1, 2, 5):
            change = digit * 10.0**power
            near = [number * (1 + change), number * (1 - change)]
            if not all(h in checkarr.nearby_crcs(each, tol) for each in near):
                return number, "<", number + abs(number) * change
    return None


NOTED = {
    "compare_numbers": _numbers,
    "compare_lists_by_percentage": _coincidences,
    "close": _close,
    "allclose": _allclose,
    "check_hash": _hash,
    "check_scalar": _scalar,
}
