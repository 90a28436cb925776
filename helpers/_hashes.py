"""Hashes of arrays, numbers and texts: short values from which the right answer cannot be read.

They are those of the library that older editions of the course used, so that the values written in
old notebooks still hold. A CRC-32 is the checksum of zip and PNG files (`zlib.crc32`), written as
hexadecimal text that begins with 0x.
"""

from zlib import crc32

import numpy as np

from helpers._arrays import Unusable, quiet, real_array
from helpers.messages import message


def array_hash(arr):
    """Hash an array as its shape and one number.

    The number is the sum of seven statistics of the values, flattened row by row to x₀, x₁, …:
    maximum, minimum, mean, median, standard deviation, Σ xᵢ and Σ i·xᵢ. Each leaves NaN out.

    arr: an array, tensor, nested list or number; any shape, not empty.
    Returns (shape, sum): a tuple of ints and a float.
    Raises `Unusable`, a ValueError, when `arr` is not a non-empty array of real numbers.
    """
    return hash_of_array(real_array(arr))


def strict_array_hash(arr):
    """Hash an array as `array_hash` does, with each value weighted by its place.

    What is hashed has at each place the value there times the mean of its indices, one for each
    axis: an exchange of two values changes this hash more than that of `array_hash`.

    arr: an array, tensor or nested list with one axis or more, not empty.
    Returns (shape, sum): a tuple of ints and a float.
    Raises `Unusable`, a ValueError, for anything else.
    """
    return strict_hash_of_array(real_array(arr))


def moment_hash(arr):
    """Hash an array as text: the CRC-32 of its shape, then that of one number.

    The number is the sum, for k = 0, 1, 2, of six statistics of the values xᵢ·iᵏ, flattened row by
    row: maximum, minimum, mean, median, standard deviation and sum. Each leaves NaN out.

    arr: an array, tensor, nested list or number; any shape, not empty.
    Returns the digits of both checksums, without their 0x.
    Raises `Unusable`, a ValueError, when `arr` is not a non-empty array of real numbers.
    """
    array = real_array(arr)
    return shape_crc(array.shape) + _number_crc(sum_of_moments(array), decimals=5)[2:]


def hash_of_array(array):
    """`array_hash` of what is a NumPy array of real numbers already."""
    flat = array.ravel()
    with quiet():
        statistics = (*_statistics(flat), np.nansum(flat * np.arange(len(flat))))
        return array.shape, float(np.nansum(statistics))


def strict_hash_of_array(array):
    """`strict_array_hash` of what is a NumPy array of real numbers already."""
    if array.ndim == 0:
        raise Unusable(message("no_axes"))
    with quiet():
        weighted = np.mean([index * array for index in np.indices(array.shape)], axis=0)
    return hash_of_array(weighted)


def sum_of_moments(array):
    """The number that `moment_hash` takes the checksum of, for a NumPy array of real numbers."""
    flat = array.ravel()
    index = np.arange(len(flat))
    with quiet():
        return float(np.nansum([_statistics(flat * index**power) for power in range(3)]))


def text_crc(text):
    """The CRC-32 of a text in UTF-8, as `"0x…"`. Raises UnicodeEncodeError for half a character."""
    return hex(crc32(text.encode("utf8")))


def shape_crc(shape):
    """The CRC-32 of a printed shape such as `(2, 3)`, without its 0x."""
    return text_crc(f"{shape}")[2:]


def nearby_crcs(number, decimals):
    """The CRC-32 of a number, and of the same a little larger and smaller.

    The number is printed in scientific notation, `7.63722e+00` with 5 `decimals`. A tenth of the
    last decimal is added and taken away, so that an answer at the edge of a rounding is accepted.
    """
    offset = 10 ** (-decimals) * number * 0.1
    return [_number_crc(near, decimals) for near in (number, number + offset, number - offset)]


def _number_crc(number, decimals):
    return text_crc(f"{number:1.{decimals}e}")


def _statistics(flat):
    return (
        np.nanmax(flat),
        np.nanmin(flat),
        np.nanmean(flat),
        np.nanmedian(flat),
        np.nanstd(flat),
        np.nansum(flat),
    )
