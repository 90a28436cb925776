"""Compare numbers and lists in a check whose threshold should not be read at a glance."""

import operator
import warnings
from itertools import zip_longest

from helpers._reasons import report
from helpers.messages import message

__all__ = [
    "calculate_coincidences_percentage",
    "compare_lists_by_percentage",
    "compare_numbers",
    "hex_to_float",
    "new_representation",
]

OPERATORS = {
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}

_MISSING = object()


def new_representation(num):
    """The number as the hexadecimal text of `float.hex`; ValueError when it is not a number."""
    try:
        single = num.item() if hasattr(num, "item") else num
        return float(single).hex()
    except (TypeError, ValueError, OverflowError, RuntimeError):
        raise ValueError(message("bad_number", value=num)) from None


def hex_to_float(hex_str):
    """The float of a hexadecimal text; ValueError when it is none."""
    try:
        return float.fromhex(hex_str)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(message("bad_hex", value=hex_str)) from None


def compare_numbers(num1_hex, operator_hex, num2_hex):
    """Whether `num1 operator num2` holds.

    The numbers are hexadecimal floats and the operator is the hexadecimal ASCII of one of
    `OPERATORS`: `"3c3d"` is `<=`. Raises ValueError for anything else.
    """
    first, second = hex_to_float(num1_hex), hex_to_float(num2_hex)
    try:
        compare = OPERATORS[bytes.fromhex(operator_hex).decode("ascii")]
    except (KeyError, TypeError, ValueError):
        known = ", ".join(OPERATORS)
        raise ValueError(message("bad_operator", value=operator_hex, known=known)) from None
    holds = compare(first, second)
    if not holds:
        report(message("comparison", value=f"{first:.6g}"), outside=False)
    return holds


def calculate_coincidences_percentage(list1, list2):
    """Percentage of places, of the longer sequence, where both hold the same element.

    Accepts anything that can be listed. Sequences of other lengths give a UserWarning; what the
    shorter one lacks coincides with nothing. Two empty sequences coincide in 0 %.
    """
    return _percentage(_listed(list1), _listed(list2), stacklevel=3)


def compare_lists_by_percentage(list1, list2, min_percentage):
    """Whether both sequences coincide in at least `min_percentage` per cent of their places."""
    percent = _percentage(_listed(list1), _listed(list2), stacklevel=3)
    if percent >= min_percentage:
        return True
    report(message("coincidences", percent=percent), outside=False)
    return False


def _listed(sequence):
    try:
        return list(sequence)
    except TypeError:
        raise TypeError(message("not_sequence", type=type(sequence).__name__)) from None


def _percentage(first, second, stacklevel):
    if len(first) != len(second):
        text = message("sizes", first=len(first), second=len(second))
        warnings.warn(text, UserWarning, stacklevel=stacklevel)
    if not first and not second:
        return 0.0
    pairs = zip_longest(first, second, fillvalue=_MISSING)
    return 100 * sum(_same(x, y) for x, y in pairs) / max(len(first), len(second))


def _same(x, y):
    if x is _MISSING or y is _MISSING:
        return False
    try:
        return bool(x == y)
    except (TypeError, ValueError, RuntimeError):  # arrays and tensors compare by element
        same_shape = getattr(x, "shape", None) == getattr(y, "shape", None)
        return same_shape and bool((x == y).all())
