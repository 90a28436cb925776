"""Compare numbers and lists in a check whose threshold should not be read at a glance.

    assert compare_numbers(new_representation(loss), "3c3d", "0x1.8p+1")  # loss <= 3

A comparison that fails tells the block of `helpers.tick` around it what to show.
"""

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

_MISSING = object()  # stands for what the shorter of two lists lacks


def new_representation(num):
    """Write a number as hexadecimal text, exactly: 3 is `"0x1.8000000000000p+1"`.

    num: a number, or an array or tensor that holds one.
    Returns the text of `float.hex`. Raises ValueError when `num` is not a number.
    """
    try:
        single = num.item() if hasattr(num, "item") else num
        return float(single).hex()
    except (TypeError, ValueError, OverflowError, RuntimeError):
        raise ValueError(message("bad_number", value=num)) from None


def hex_to_float(hex_str):
    """Read the float that `new_representation` wrote: `"0x1.8p+1"` is 3.0.

    Raises ValueError when `hex_str` is not such a text.
    """
    try:
        return float.fromhex(hex_str)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(message("bad_hex", value=hex_str)) from None


def compare_numbers(num1_hex, operator_hex, num2_hex):
    """Whether a comparison of two numbers holds.

    num1_hex, num2_hex: the numbers as hexadecimal text, as `new_representation` writes them.
    operator_hex: the ASCII codes, in hexadecimal, of one of `OPERATORS`: `"3c3d"` is <=.
    Raises ValueError for anything else.
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
    """The percentage of places where two sequences have the same element.

    list1, list2: two iterables. Where one is shorter, what it lacks counts as different, and a
    UserWarning says so.
    Returns a number from 0 to 100, of the places of the longer one; 0 when both are empty.
    Raises TypeError for what cannot be listed.
    """
    return _percentage(_listed(list1), _listed(list2), stacklevel=3)


def compare_lists_by_percentage(list1, list2, min_percentage):
    """Whether two sequences have the same element in enough places.

    list1, list2: two iterables, see `calculate_coincidences_percentage`.
    min_percentage: the least percentage of places, from 0 to 100.
    Raises TypeError for what cannot be listed.
    """
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
