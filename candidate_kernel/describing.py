"""What objects and exceptions of the student's say of themselves."""

import dataclasses
import inspect
import io
import linecache
import operator
import traceback

from .wire_rules import OPERATORS

MAX_FRAMES = 20


def described(error: BaseException, namespace: dict) -> dict:
    """What goes with an exception: the name that it misses, and the student's own frames.

    namespace: the globals of the student's code.
    """
    frames = [
        (frame.f_code, line)
        for frame, line in traceback.walk_tb(error.__traceback__)
        if frame.f_globals is namespace
    ][-MAX_FRAMES:]
    steps = [
        [code.co_name, line, linecache.getline(code.co_filename, line).strip()[:200]]
        for code, line in frames
    ]
    return {
        "name": str(getattr(error, "name", None) or "")[:100],
        "steps": steps,
    }


def as_number(value):
    """What an object says that it is worth as a number; None when it says nothing."""
    for name, convert in (("index", operator.index), ("float", float), ("complex", complex)):
        if hasattr(type(value), f"__{name}__"):
            return convert(value)
    return None


def operators(value) -> list[str]:
    """The OPERATORS that the class of an object has; "eq" only where it is not object's."""
    kind = type(value)
    return [
        name
        for name in OPERATORS
        if getattr(kind, f"__{name}__", None) not in (None, getattr(object, f"__{name}__", None))
    ]


def content(value):
    """What a file in memory holds; any other value is its own content."""
    return value.getvalue() if isinstance(value, io.StringIO | io.BytesIO) else value


def held(value):
    """The plain container of what an object of the student's own container class holds."""
    for plain in (list, dict, set, tuple):
        if isinstance(value, plain):
            return plain(value)
    return None


def fields(value) -> dict | None:
    """The fields of a dataclass by name; None for any other object."""
    if not dataclasses.is_dataclass(value) or isinstance(value, type):
        return None
    return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}


def signature(function) -> tuple:
    """(its parameters, what it is said to return), each parameter as (name, kind, default,
    annotation); a tuple is empty where there is none, else it holds one value."""
    said = inspect.signature(function)
    parameters = [
        (name, int(one.kind), _one(one.default), _one(one.annotation))
        for name, one in said.parameters.items()
    ]
    return parameters, _one(said.return_annotation)


def _one(value) -> tuple:
    return () if value is inspect.Parameter.empty else (value,)
