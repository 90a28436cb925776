"""Compare an answer with a hash of the right one, so that a notebook can check without telling.

The hashes keep the values of the library that older editions used. A check returns True or False
and, when it is False, says what to look at: to the `tick` block around it, or printed when there is
none. It never raises because of the answer and never warns.
"""

from functools import wraps
from numbers import Real
from zlib import crc32

import numpy as np

from helpers._arrays import Unusable, not_finite_reason, quiet, real_array, shape_reason
from helpers._reasons import report
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


def array_hash(arr):
    """Hash an array as (shape, sum of its statistics).

    The statistics are the maximum, minimum, mean, median, standard deviation and sum of the values,
    and the sum of value × position in the flattened array; NaN is left out of each. Raises
    `Unusable`, a ValueError, for what is not a non-empty array of real numbers.
    """
    return _array_hash(real_array(arr))


def strict_array_hash(arr):
    """As `array_hash`, of the mean over the axes of index × value: the places count more."""
    return _strict_array_hash(real_array(arr))


def moment_hash(arr):
    """Hash an array as text: CRC32 of its shape, then of the sum of its moments' statistics.

    The moments are value × position^k, k = 0, 1, 2; of each, the first six of `array_hash`.
    """
    array = real_array(arr)
    return _shape_crc(array.shape) + _scalar_crc(_moments(array))[2:]


def _check(reason_of):
    """Make a check of a function that returns the reason why an answer is wrong, or None."""

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
    """Whether `arr` has the hash `test`, as `array_hash` (or `strict_array_hash`) gave it.

    Shapes must be equal and sums within 1e-5, relative or absolute. The hash leaves NaN out, so
    that an array which should hold some passes.
    """
    shape, expected = tuple(test[0]), test[1]
    array = real_array(arr)
    if reason := shape_reason(array.shape, shape):
        return reason
    digest = _strict_array_hash if strict else _array_hash

    def accepted(candidate):
        # equal_nan: the sums of huge values overflow, here and where the hash was taken.
        return np.allclose(digest(candidate)[1], expected, rtol=1e-5, atol=1e-5, equal_nan=True)

    if accepted(array):
        return None
    if reason := not_finite_reason(array):
        return reason
    if array.ndim == 2 and shape == shape[::-1] and accepted(array.T):
        return message("transposed_values")
    key = "values" if array.dtype.kind == "f" else "values_integer"
    return message(key, shape=array.shape, dtype=array.dtype)


@_check
def check_moment(arr, hash):
    """Whether `arr` has the `moment_hash` given."""
    array = real_array(arr)
    reason = not_finite_reason(array)
    if reason:
        return reason
    if not hash.startswith(_shape_crc(array.shape)):
        turned = array.ndim > 1 and hash.startswith(_shape_crc(array.shape[::-1]))
        return message("transposed" if turned else "shape", shape=array.shape)
    crcs = [_shape_crc(array.shape) + crc[2:] for crc in nearby_crcs(_moments(array), 5)]
    if hash in crcs:
        return None
    key = "values" if array.dtype.kind == "f" else "values_integer"
    return message(key, shape=array.shape, dtype=array.dtype)


@_check
def check_scalar(x, h, tol=5):
    """Whether the number `x`, written with `tol` decimals, has the CRC32 `h` (`"0x…"`).

    A tenth of the last decimal more or less is accepted, so that rounding does not decide.
    """
    number = _number(x)
    reason = not_finite_reason(np.array(number))
    if reason:
        return reason
    return None if h in nearby_crcs(number, tol) else message("scalar", value=f"{number:.6g}")


@_check
def check_string(s, h):
    """Whether the text `s` has the CRC32 `h` (`"0x…"`); capital letters do not matter."""
    return _text_reason(s, h, "text")


@_check
def check_anagram(l, h):  # noqa: E741  (the older library's name)
    """Whether the texts in `l`, sorted and joined, have the CRC32 `h`; their order is free."""
    items = _texts(l)
    return _text_reason("".join(sorted(items)), h, "anagram", length=len(items))


@_check
def check_list(l, h):  # noqa: E741  (the older library's name)
    """Whether the texts in `l`, joined, have the CRC32 `h`; their order counts."""
    items = _texts(l)
    return _text_reason("".join(items), h, "list_", length=len(items))


def _array_hash(array):
    flat = array.ravel()
    with quiet():
        stats = (*_statistics(flat), np.nansum(flat * np.arange(len(flat))))
        return array.shape, float(np.nansum(stats))


def _strict_array_hash(array):
    if array.ndim == 0:
        raise Unusable(message("no_axes"))
    with quiet():
        weighted = np.mean([index * array for index in np.indices(array.shape)], axis=0)
    return _array_hash(weighted)


def _moments(array):
    flat = array.ravel()
    index = np.arange(len(flat))
    with quiet():
        return float(np.nansum([_statistics(flat * index**power) for power in range(3)]))


def _statistics(flat):
    return (
        np.nanmax(flat),
        np.nanmin(flat),
        np.nanmean(flat),
        np.nanmedian(flat),
        np.nanstd(flat),
        np.nansum(flat),
    )


def text_crc(text):
    return hex(crc32(text.encode("utf8")))


def _shape_crc(shape):
    return text_crc(f"{shape}")[2:]


def _scalar_crc(x, tol=5):
    return text_crc(f"{x:1.{tol}e}")


def nearby_crcs(x, tol):
    offset = 10 ** (-tol) * x * 0.1
    return [_scalar_crc(near, tol) for near in (x, x + offset, x - offset)]


def _number(x):
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
