"""What a failed `assert loss < 22` compared: the comparison and the values of its names.

Nothing is computed again. A name is looked up, and a list, tuple, dictionary, array or tensor is
indexed by a constant. A call or a sum could take long or change something, so that a comparison
with one of those is not described.
"""

import ast
import linecache
import operator
import traceback
from collections import ChainMap
from itertools import pairwise

from helpers.messages import message

_OPERATORS = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
# Classes by name, because importing NumPy and torch here would make every check slow. Another
# class, such as the student's own, may do anything when it is indexed or compared.
_INDEXED = {"builtins.list", "builtins.tuple", "builtins.dict", "numpy.ndarray", "torch.Tensor"}
_WITH_NUMBERS = {"builtins", "numpy", "torch"}


_hidden = set()


class _Unknown(Exception):
    """An expression is no number, or evaluating it is the only way to know its value."""


def failed_comparison(error, filename):
    """A sentence on the comparison of numbers that made an `assert` raise `error`.

    `filename` is the one that the test was compiled with. Returns None where the comparison is not
    known: it is not of plain names, constants and items, the assert stands in another file (in the
    student's own code, for example), or it stands in, or is called from, a line that `hide` named.
    """
    steps = list(traceback.walk_tb(error.__traceback__))
    own = [step for step in steps if step[0].f_code.co_filename == filename]
    lines = linecache.getlines(filename)
    if not own or own[-1] != steps[-1] or any(line in _hidden for _, line in own):
        return None
    frame, line = own[-1]
    try:
        tests = [
            node.test
            for node in ast.walk(ast.parse("".join(lines)))
            if isinstance(node, ast.Assert) and node.lineno <= line <= node.end_lineno
        ]
        return _first_failure(tests, ChainMap(frame.f_locals, frame.f_globals))
    except (_Unknown, LookupError, SyntaxError, ValueError):
        return None


def hide(lines):
    """Say which lines of the next test (numbers, the first is 1) students do not get.

    The grader calls this before each test. A student's own test has no such lines.
    """
    _hidden.clear()
    _hidden.update(lines)


def _first_failure(tests, names):
    """The sentence on the first comparison in `tests` that does not hold, None if all of them do.

    Raises `_Unknown` at the first one that cannot be judged: it may be the one that failed.
    """
    for left, sign, right in _comparisons(tests):
        compare = _OPERATORS.get(type(sign))
        values = [_value(side, names) for side in (left, right)]
        numbers = [_number(value) for value in values]
        if compare is None:
            raise _Unknown
        if not compare(*values):
            comparison = ast.unparse(ast.Compare(left, [sign], [right]))
            texts = [repr(n) if isinstance(n, int) else f"{n:.6g}" for n in numbers]
            if compare(*map(float, texts)):  # rounded to six digits, it would seem to hold
                texts = [repr(number) for number in numbers]
            sides = zip((left, right), texts, strict=True)
            shown = [f"{ast.unparse(side)} = {text}" for side, text in sides if _has_name(side)]
            return message("failed_comparison", comparison=comparison, values=", ".join(shown))
    return None


def _comparisons(tests):
    """Each comparison of two sides, in the order in which Python evaluates them."""
    for test in tests:
        if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
            yield from _comparisons(test.values)
        elif isinstance(test, ast.Compare):
            sides = pairwise([test.left, *test.comparators])
            for (left, right), sign in zip(sides, test.ops, strict=True):
                yield left, sign, right
        else:
            raise _Unknown


def _value(node, names):
    """The value of a constant, of a name, or of its item at a constant index."""
    if isinstance(node, ast.Name):
        return names[node.id]
    if isinstance(node, ast.Subscript):
        whole, index = _value(node.value, names), ast.literal_eval(node.slice)
        kind = type(whole)
        if f"{kind.__module__}.{kind.__qualname__}" not in _INDEXED:
            raise _Unknown
        return whole[index]
    return ast.literal_eval(node)


def _number(value):
    """`value` as an int or a float, also when it is an array or tensor of no dimensions."""
    if type(value).__module__ not in _WITH_NUMBERS:
        raise _Unknown
    if getattr(value, "shape", None) == ():
        value = value.item()
    if type(value) not in (int, float):
        raise _Unknown
    return value


def _has_name(side):
    return any(isinstance(node, ast.Name) for node in ast.walk(side))
