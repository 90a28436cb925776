"""Objects of a test's own classes in the hands of the student's code: what that may ask of them.

The object stays with the test. What stands for it over there has the special methods that its class
has, and asks here for each call, each public method and each public attribute. Nothing that begins
with an underscore is answered but those methods, so that no way leads from an object to its class,
the globals of the test or a module.
"""

import io
import types
from collections.abc import Iterator
from unittest import mock

from candidate_kernel.wire_rules import STAND_IN_METHODS, WireError
from grading.examiner.master_functions import CHANGING_METHODS

MODULE = "__main__"  # of the classes that tests define
ITERATOR = ("__iter__", "__next__")


def is_own(value) -> bool:
    """Whether an object is of a class that a test has defined, or of one for such a purpose."""
    kind = type(value)
    if issubclass(kind, type | types.FunctionType):
        return False
    return kind.__module__ == MODULE or isinstance(
        value, types.SimpleNamespace | mock.NonCallableMock
    )


def is_iterator(value) -> bool:
    """Whether a value is a generator or another iterator, and no file."""
    return isinstance(value, Iterator) and not isinstance(value, io.IOBase)


def special_methods(value) -> list[str]:
    """The special methods of an object that the student's code may call."""
    kind = type(value)
    if not is_own(value):
        return list(ITERATOR)
    return [name for name in STAND_IN_METHODS if _is_given(kind, name)]


def public_methods(value) -> list[str]:
    """The methods of an object's class that do not begin with an underscore."""
    if not is_own(value):
        return []
    kind = type(value)
    return [name for name in dir(kind) if not name.startswith("_") and _is_method(kind, name)]


def answer(value, how: str, name: str, args: tuple, kwargs: dict, settable: frozenset[str]):
    """What an object gives for what the student's code asks of it.

    how: "call" a method, "get" or "set" an attribute. settable: names of attributes that may be
    set. Raises WireError for what may not be asked.
    """
    if how == "call" and name in special_methods(value):
        return getattr(type(value), name)(value, *args, **kwargs)
    if not is_own(value) or type(name) is not str or name.startswith("_"):
        raise WireError("no_value")
    if how == "call" and name in public_methods(value):
        return getattr(value, name)(*args, **kwargs)
    if how == "get":
        return getattr(value, name)
    if how == "set" and name in settable:
        return setattr(value, name, *args)
    raise WireError("no_value")


def _is_given(kind: type, name: str) -> bool:
    found = getattr(kind, name, None)
    if found is None or found is getattr(object, name, None):
        return False
    # What a dictionary or list is changed by is not lent with it, as for any other argument.
    return not _changes(name) or any(name in vars(base) for base in kind.__mro__ if _is_ours(base))


def _is_method(kind: type, name: str) -> bool:
    if not callable(getattr(kind, name, None)):
        return False
    return name not in CHANGING_METHODS or any(
        name in vars(base) for base in kind.__mro__ if _is_ours(base)
    )


def _is_ours(kind: type) -> bool:
    return kind.__module__ == MODULE


def _changes(name: str) -> bool:
    return name in ("__setitem__", "__delitem__") or name.startswith("__i") and name not in (
        "__iter__", "__index__", "__int__", "__invert__",
    )  # fmt: skip
