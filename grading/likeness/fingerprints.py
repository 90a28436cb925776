"""Fingerprints of a row of symbols, by winnowing.

Source: S. Schleimer, D. S. Wilkerson and A. Aiken, "Winnowing: Local Algorithms for Document
Fingerprinting", SIGMOD 2003. Names are compared by how far back each was used last within the
same run, so that a copy with other names is the same (B. S. Baker, "Parameterized Duplication in
Strings", SIAM J. Comput. 26, 1997).

Own code: copydetect 0.5.0 (2024, its last edition) has a winnowing of as many lines, reads whole
files and compares each with each; Dolos is JavaScript.
"""

import hashlib
from functools import lru_cache

import numpy as np

from grading.likeness.symbols import Symbol

RUN = {"code": 14, "prose": 4}  # symbols that must be the same in a row
WINDOW = {"code": 4, "prose": 1}  # of this many hashes in a row one is kept
FACTOR = np.uint64(0x9E3779B97F4A7C15)  # odd, so that no bits are lost


def hashes(symbols: list[Symbol], run: int) -> np.ndarray:
    """A 64-bit hash for each `run` symbols in a row; the same in every process."""
    if len(symbols) < run:
        return np.zeros(0, np.uint64)
    codes = np.array([_code(symbol.text) for symbol in symbols], np.uint64)
    windows = np.lib.stride_tricks.sliding_window_view
    back = windows(_back(symbols), run)
    # How far back, where that lies within the run: else the name is new here.
    inside = np.where(back <= np.arange(run), back, 0).astype(np.uint64)
    values = windows(codes, run) + inside * np.uint64(0xD1B54A32D192ED03)
    result = np.zeros(len(values), np.uint64)
    for column in range(run):
        result = _mixed(result * FACTOR + values[:, column])
    return result


@lru_cache(maxsize=2**16)
def _code(text: str) -> int:
    raw = text.encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(raw, digest_size=8).digest())


def _back(symbols: list[Symbol]) -> np.ndarray:
    """For each symbol how many symbols ago its name was used last; 0 for a first use, or none."""
    last: dict[str, int] = {}
    back = np.zeros(len(symbols), np.int64)
    for at, symbol in enumerate(symbols):
        if symbol.name:
            back[at] = at - last.get(symbol.name, at)
            last[symbol.name] = at
    return back


def _mixed(values: np.ndarray) -> np.ndarray:
    """The hashes with their bits mixed, so that the smallest one is any of them."""
    values = (values ^ (values >> np.uint64(31))) * FACTOR
    return values ^ (values >> np.uint64(29))


def winnowed(values: np.ndarray, window: int) -> np.ndarray:
    """The smallest of each `window` hashes in a row, each once: runs of `window - 1` symbols more
    than a hash has can't be shared without sharing one of them."""
    if len(values) <= window:
        return np.unique(values)[:1] if len(values) else values
    return np.unique(np.lib.stride_tricks.sliding_window_view(values, window).min(axis=1))
