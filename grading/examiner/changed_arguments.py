"""Brings what a call has changed in its arguments over to the test's own objects."""

import collections
import io
import sys

import numpy as np

CONTAINERS = (list, dict, set, bytearray, collections.deque)


def can_change(value) -> bool:
    """Whether a value of a test's is of a kind that a call may change in place."""
    return isinstance(value, (*CONTAINERS, np.ndarray, io.StringIO, io.BytesIO)) or _is_frame(value)


def bring_over(mine, theirs) -> None:
    """Make the object of a test's what the call has made of its copy.

    theirs: a value of the same kind, else nothing is changed; the content of a file. Lists and
    dictionaries within keep being the same objects where they stand in the same place.
    """
    if isinstance(mine, io.StringIO | io.BytesIO):
        if type(theirs) is type(mine.getvalue()):
            mine.seek(0)
            mine.truncate()
            mine.write(theirs)
    elif type(mine) is not type(theirs):
        return
    elif isinstance(mine, list):
        mine[:] = _merged(mine, theirs)
    elif isinstance(mine, dict):
        kept = {key: _kept(mine[key], value) if key in mine else value
                for key, value in theirs.items()}  # fmt: skip
        mine.clear()
        mine.update(kept)
    elif isinstance(mine, set):
        mine.clear()
        mine.update(theirs)
    elif isinstance(mine, bytearray):
        mine[:] = theirs
    elif isinstance(mine, collections.deque):
        kept = _merged(mine, theirs)
        mine.clear()
        mine.extend(kept)
    elif isinstance(mine, np.ndarray):
        if mine.shape == theirs.shape:
            mine[...] = theirs
    elif _is_frame(mine):
        mine.__init__(theirs)


def _is_frame(value) -> bool:
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(value, pandas.DataFrame)


def _merged(mine, theirs) -> list:
    if len(mine) != len(theirs):
        return list(theirs)
    return [_kept(own, other) for own, other in zip(mine, theirs, strict=True)]


def _kept(own, other):
    """The object of the test's with the content of the other, where it can have that."""
    if type(own) is not type(other) or not isinstance(own, list | dict | set):
        return other
    bring_over(own, other)
    return own
