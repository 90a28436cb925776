"""Exceptions of the student's code and their classes, which a test can catch and raise.

A class of the student's has a class of ours in its place, which only their own exceptions are made
of: `except NotFitted:` catches what their code has raised, and never an error of the test itself,
whatever the submission says that `NotFitted` is.
"""

from __future__ import annotations

import builtins
import re

from candidate_kernel.wire_rules import INSTANCE, WireError

NOT_RAISED = (BaseExceptionGroup, StopIteration, StopAsyncIteration)


class _ErrorClass(type):
    """The class of the classes below: what a test asks of one is asked of the student's class."""

    def __call__(cls, *args, **kwargs):
        if (handle := vars(cls).get(INSTANCE)) is None:  # a class of the test's made of one
            return super().__call__(*args, **kwargs)
        return handle(*args, **kwargs)

    def __getattr__(cls, name):
        handle = next(
            (vars(kind)[INSTANCE] for kind in cls.__mro__ if INSTANCE in vars(kind)), None
        )
        if handle is None or name.startswith("_"):
            raise AttributeError(name)
        return getattr(handle, name)

    def __instancecheck__(cls, instance):
        handle = vars(cls).get(INSTANCE)
        if handle is not None and not isinstance(type(instance), _ErrorClass):
            return handle.__instancecheck__(instance)
        return super().__instancecheck__(instance)


class StudentError(Exception, metaclass=_ErrorClass):
    """An exception of the student's code, which answers for its attributes.

    student_steps: the way it took through their own code, outermost first, as (function, line, the
    line's text); student_place: the last of these, where there is one.
    """

    student_steps: list[tuple[str, int, str]] = []
    student_place = None
    student_text: str | None = None

    def __init__(self, *args):
        Exception.__init__(self, *args)

    def __str__(self):
        return Exception.__str__(self) if self.student_text is None else self.student_text

    def __getattr__(self, name):
        handle = vars(self).get(INSTANCE)
        if handle is None or name.startswith("_"):
            raise AttributeError(name)
        return getattr(handle, name)

    @property
    def args(self):
        handle = vars(self).get(INSTANCE)
        return Exception.args.__get__(self) if handle is None else handle.args


class _Unknown(StudentError):
    """An exception that can't say what it is."""

    student_text = ""


_Unknown.__name__ = "Exception"


def error_class(handle, unknown) -> type[StudentError]:
    """The class for an exception class of the student's, by the handle of it.

    unknown: how it came over; its bases are such classes. Raises WireError for what is no class.
    """
    names, bases = unknown.classes, tuple(unknown.bases)
    if not names or not all(type(base) is _ErrorClass for base in bases):
        raise WireError("no_value")
    own = _builtin(names[:1])
    bases = (*(bases or (StudentError,)), *([own] if own else []))
    title = re.sub(r"\W", "_", names[0].rpartition(":")[2].rpartition(".")[2][:100]) or "Exception"
    try:
        return _ErrorClass(title, bases, {INSTANCE: handle})
    except TypeError:  # no class can be made of these
        return _ErrorClass(title, (StudentError,), {INSTANCE: handle})


def made_error(handle, unknown) -> StudentError:
    """The exception for one of the student's, by the handle of it; see `error_class`."""
    (kind,) = unknown.bases
    if type(kind) is not _ErrorClass:
        raise WireError("no_value")
    error = kind.__new__(kind)
    vars(error)[INSTANCE] = handle
    error.student_text = unknown.text[:2000]
    return error


def student_error(description, unpack) -> StudentError:
    """The exception that the submission described.

    description: {"error": packed, "name", "steps": [[function, line, text]]}, or anything else.
    unpack: gives the value of packed bytes.
    """
    fields = description if type(description) is dict else {}
    error = unpack(fields["error"]) if type(fields.get("error")) is bytes else None
    if not isinstance(error, StudentError):
        error = _Unknown()
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
