"""Exceptions of the student's code, made again from how the submission describes them."""

import builtins
import re

NOT_RAISED = (BaseExceptionGroup, StopIteration, StopAsyncIteration)


class StudentError(Exception):
    """An exception of the student's code.

    student_steps: the way it took through their own code, outermost first, as (function, line, the
    line's text); student_place: the last of these, where there is one.
    """

    student_steps: list[tuple[str, int, str]] = []
    student_place = None


def student_error(description) -> Exception:
    """The exception that the submission described, as one of Python's own kinds where it is one.

    description: {"classes": ["module:name", …], "text", "name", "steps": [[function, line, text]]}.
    """
    fields = description if type(description) is dict else {}
    names = [name for name in _texts(fields.get("classes")) if ":" in name]
    text = fields.get("text") if type(fields.get("text")) is str else ""
    bases = (StudentError, base) if (base := _builtin(names)) else (StudentError,)
    title = re.sub(r"\W", "_", names[0].rpartition(":")[2][:100]) if names else "Exception"
    kind = type(title, bases, {"__str__": lambda self: text[:2000], "__init__": _no_arguments})
    error = kind()
    if isinstance(error, NameError):
        error.name = fields["name"] if type(fields.get("name")) is str else None
    error.student_steps = _steps(fields.get("steps"))
    error.student_place = error.student_steps[-1] if error.student_steps else None
    return error


def _steps(described) -> list[tuple[str, int, str]]:
    steps = described[:20] if type(described) is list else []
    return [
        (step[0][:100], step[1], step[2][:200])
        for step in steps
        if type(step) is list and [type(part) for part in step] == [str, int, str]
    ]


def _no_arguments(self):
    """Some of Python's exceptions insist on several arguments."""


def _texts(value) -> list[str]:
    return [item for item in value if type(item) is str] if type(value) is list else []


def _builtin(names: list[str]) -> type[Exception] | None:
    """The first of Python's own exceptions among the classes; those that would end us are none.

    Nor is what would end a loop of the check's, and so pass: `for got in map(square, cases): …`.
    """
    for name in names:
        module, _, qualified = name.partition(":")
        kind = getattr(builtins, qualified, None) if module == "builtins" else None
        if isinstance(kind, type) and issubclass(kind, Exception):
            return None if kind is Exception or issubclass(kind, NOT_RAISED) else kind
    return None
