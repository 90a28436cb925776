"""How a check that fails tells the block of checks around it what to show."""

from contextlib import contextmanager
from contextvars import ContextVar

_open_block = ContextVar("open_block", default=None)


class Vague(str):
    """A reason that says only that a value is another one: the text of a check says more."""


@contextmanager
def collecting():
    """Collect the reasons that `report` is given inside a `with` block, in the list it yields."""
    reasons = []
    token = _open_block.set(reasons)
    try:
        yield reasons
    finally:
        _open_block.reset(token)


def report(reason, outside=True):
    """Give the block of checks around the caller a reason, a text for students.

    outside: whether to print the reason where there is no such block.
    """
    reasons = _open_block.get()
    if reasons is not None:
        reasons.append(reason)
    elif outside:
        print(reason)
