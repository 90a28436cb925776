"""The way of a reason from a failed check to the block of checks that surrounds it."""

from contextlib import contextmanager
from contextvars import ContextVar

_open_block = ContextVar("open_block", default=None)


@contextmanager
def collecting():
    """Collect the reasons given inside the `with` block; yields the list that they go to."""
    reasons = []
    token = _open_block.set(reasons)
    try:
        yield reasons
    finally:
        _open_block.reset(token)


def report(reason, outside=True):
    """Give `reason` to the surrounding block; without one, print it if `outside` is true."""
    reasons = _open_block.get()
    if reasons is not None:
        reasons.append(reason)
    elif outside:
        print(reason)
