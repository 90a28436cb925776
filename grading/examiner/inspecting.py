"""Has `inspect` tell the source of a student's function, which is in the student's kernel."""

import inspect

from grading.examiner.handles import number_of

_of_ours = inspect.getsource


def getsource(value) -> str:
    """The source of a function or class, the student's too.

    Raises OSError or TypeError where it has none, as `inspect.getsource` does.
    """
    number = number_of(value)
    return _of_ours(value) if number is None else value._candidate.source(number)


def include_students() -> None:
    """Have `inspect.getsource` be the function above in this process."""
    inspect.getsource = getsource
