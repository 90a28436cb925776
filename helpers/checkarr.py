"""Compare an answer with a hash of the right one, so that a notebook can check without telling.

    check_hash(outputs, ((16, 4, 1), 519.7419046193046))

A check returns True or False and, when it is False, says what to look at: to the block of
`helpers.tick` around it, or printed where there is none. It never raises because of the answer and
never warns. The hashes are those of the library that older editions of the course used.
"""

from functools import wraps
from numbers import Real

import numpy as np

from helpers._arrays import Unusable, not_finite_reason, quiet, real_array, shape_reason
from helpers._hashes import (
    array_hash,
    hash_of_array,
    moment_hash,
    nearby_crcs,
    shape_crc,
    strict_array_hash,
    strict_hash_of_array,
    sum_of_moments,
    text_crc,
)
from helpers._reasons import Vague, report
from helpers.messages import message

__all__ = [
    "array_hash",
    "check_anagram",
    "check_hash",
    "check_list",
    "check_moment",
    "check_scalar",
    "check_string",
    "moment_hash",
    "strict_array_hash",
]


def _check(reason_of):
    """Make a check of a function that returns why an answer is wrong, or None for a right one.

    The check returns whether the answer is right. It reports the reason otherwise, also the one of
    an `Unusable` that the function raises.
    """

    @wraps(reason_of)
    def check(*args, **kwargs):
        try:
            with quiet():
                reason = reason_of(*args, **kwargs)
        except Unusable as unusable:
            reason = str(unusable)
        if reason is not None:
            report(reason)
        return reason is None

    return check


@_check
def check_hash(arr, test, strict=False):
    """Whether an array has a given hash.

    arr: the answer: an array, tensor, nested list or number.
    test: (shape, sum), as `array_hash` or, if `strict`, `strict_array_hash` gave it.
    Returns True when the shapes are equal and the sums differ by at most 1e-5 (1 + |sum|).

    The hash leaves NaN out, so that an array which should hold some passes.
    """
    shape, expected = tuple(test[0]), test[1]
    array = real_array(arr)
    if reason := shape_reason(array.shape, shape):
        return reason
    digest = strict_hash_of_array if strict else hash_of_array

    def accepted(candidate):
        # equal_nan: the sums of huge values overflow, here and where the hash was taken.
        return np.allclose(digest(candidate)[1], expected, rtol=1e-5, atol=1e-5, equal_nan=True)

    if accepted(array):
        return None
    if reason := not_finite_reason(array):
        return reason
    if array.ndim == 2 and shape == shape[::-1] and accepted(array.T):
        return message("transposed_values")
    return _other_values(array)


@_check
def check_moment(arr, hash):
    """Whether an array has a given hash of moments.

    arr: the answer: an array, tensor, nested list or number.
    hash: the text that `moment_hash` gave.
    Returns True when shape and number, printed with 5 decimals, are equal. NaN and infinity never
    pass.
    """
    array = real_array(arr)
    reason = not_finite_reason(array)
    if reason:
        return reason
    if not hash.startswith(shape_crc(array.shape)):
        turned = array.ndim > 1 and hash.startswith(shape_crc(array.shape[::-1]))
        return message("transposed" if turned else "shape", shape=array.shape)
    crcs = [shape_crc(array.shape) + crc[2:] for crc in nearby_crcs(sum_of_moments(array), 5)]
    return None if hash in crcs else _other_values(array)


@_check
def check_scalar(x, h, tol=5):
    """Whether a number has a given CRC-32.

    x: the answer: a number, or an array or tensor that holds one.
    h: `"0x…"`, the CRC-32 of the right number in scientific notation with `tol` decimals, as
    `"7.63722e+00"` with 5.
    Returns True also when a tenth of the last decimal, more or less, gives that number, so that
    rounding does not decide.
    """
    number = _number(x)
    reason = not_finite_reason(np.array(number))
    if reason:
        return reason
    if h in nearby_crcs(number, tol):
        return None
    return Vague(message("scalar", value=f"{number:.6g}"))


@_check
def check_string(s, h):
    """Whether a text has a given CRC-32.

    s: the answer, a str. Capital letters do not matter.
    h: `"0x…"`, the CRC-32 of the right text in small letters and UTF-8.
    """
    return _text_reason(s, h, "text")


@_check
def check_anagram(l, h):  # noqa: E741  (the older library's name)
    """Whether a list of texts has, in any order, a given CRC-32.

    l: the answer, an iterable of str. Capital letters do not matter where the order of the sorted
    texts is the same without them.
    h: `"0x…"`, the CRC-32 of the right texts, sorted, joined and in small letters.
    """
    items = _texts(l)
    return _text_reason("".join(sorted(items)), h, "anagram", length=len(items))


@_check
def check_list(l, h):  # noqa: E741  (the older library's name)
    """Whether a list of texts has, in its order, a given CRC-32.

    l: the answer, an iterable of str. Capital letters do not matter.
    h: `"0x…"`, the CRC-32 of the right texts, joined and in small letters.
    """
    items = _texts(l)
    return _text_reason("".join(items), h, "list_", length=len(items))


def _other_values(array):
    """What to say of an array that has the right shape only."""
    if array.dtype.kind == "f":
        return Vague(message("values", shape=array.shape))
    return message("values_integer", shape=array.shape, dtype=array.dtype)


def _number(x):
    """`x` as a float. Raises `Unusable` when it is not one number."""
    if isinstance(x, str | bytes):
        raise Unusable(message("not_number", type=type(x).__name__))
    if isinstance(x, Real):
        try:
            return float(x)
        except OverflowError:
            return float("inf")
    array = real_array(x)
    if array.size != 1:
        raise Unusable(message("many_numbers", shape=array.shape))
    return float(array.item())


def _texts(items):
    """`items` as a list of texts. Raises `Unusable` when it is not one, or empty."""
    if items is None:
        raise Unusable(message("none"))
    try:
        items = list(items)
    except Exception:  # an iterator of the student's may raise anything
        raise Unusable(message("not_list", type=type(items).__name__)) from None
    if not items:
        raise Unusable(message("empty_list"))
    for item in items:
        if not isinstance(item, str):
            raise Unusable(message("not_texts", type=type(item).__name__))
    return items


def _text_reason(text, expected, key, **values):
    """Why `text` has not the CRC-32 `expected`, None if it has.

    key, values: the message for a text that is another one.
    """
    if text is None:
        return message("none")
    if not isinstance(text, str):
        return message("not_text", type=type(text).__name__)
    try:
        if text_crc(text.lower()) == expected:
            return None
    except UnicodeEncodeError:  # half of a surrogate pair: no text that could be right
        return message(key, **values)
    if not text:
        return message("empty_text")
    if text != text.strip() and text_crc(text.strip().lower()) == expected:
        return message("spaces")
    return message(key, **values)
