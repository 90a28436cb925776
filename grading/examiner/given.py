"""What a test gives to the student's code that is no data, as `candidate_kernel.given` takes it."""

import builtins
import io
import random
import sys
from collections.abc import Callable

from candidate_kernel import wire
from candidate_kernel.wire_words import sentence
from grading.examiner.own_objects import (
    answer,
    is_iterator,
    is_own,
    public_methods,
    special_methods,
)
from grading.examiner.subclassing import Lent
from grading.words import say

# Where functions are looked for that do not say which module they are of.
MODULES = ("builtins", "math", "numpy", "scipy.special", "torch")
MOST_TEXT = 10_000  # characters of the documentation of a function
OURS = ("grading", "candidate_kernel", "__main__")


class Given:
    """The objects that tests have given, by numbers below zero, each for its check.

    An object of the student's that a test has bound to a name, such as a function of the test's
    with a decorator of theirs, needs what its check has given in later checks too. Only while that
    object is asked can the student's code reach them, and never while a name of its own is: else a
    function that was given once would answer for all that the submission should do itself.

    settable: the attributes of the test's own objects that the student's code may set.
    """

    def __init__(self):
        self.settable: frozenset[str] = frozenset()
        self.asked: int | None = None  # the number of the student's object that is being asked
        self._objects: dict[int, object] = {}
        self._first = self._next = -1  # the number given first in this check, and the next one
        self._keepers: dict[int, range] = {}  # the student's objects, with what they may reach
        self._named: set[int] = set()
        self.end([])

    def end(self, kept: list[int]) -> None:
        """A check is over, or a new one begins. kept: the numbers of objects of the student's that
        tests have bound to names."""
        mine = range(self._first, self._next, -1)
        for number in kept:
            if mine and number not in self._named:
                self._keepers.setdefault(number, mine)
        self._keepers = {
            number: self._keepers[number] for number in kept if number in self._keepers
        }
        self._objects = {
            number: value
            for number, value in self._objects.items()
            if any(number in reach for reach in self._keepers.values())
        }
        self._first = self._next
        self._numbers: dict[int, int] = {}
        self._news: list[list] = []

    def is_named(self, number: int) -> None:
        """A name of the submission's stands for an object: it reaches nothing of other checks."""
        self._named.add(number)
        self._keepers.pop(number, None)

    def came(self, number: int) -> None:
        """An object of the student's came from what is being asked, as a method does."""
        if self.asked in self._keepers and number not in self._named:
            self._keepers.setdefault(number, self._keepers[self.asked])

    def number(self, value) -> int:
        """The number of an object of the test's, a new one where it has none.

        Raises TypeError for an object that can't be given.
        """
        number = self._numbers.get(id(value))
        if number is None:
            described = self._described(value)
            number, self._next = self._next, self._next - 1
            self._numbers[id(value)], self._objects[number] = number, value
            self._news.append([number, *described])
        return number

    def object(self, number: int):
        """The object of a number.

        Raises WireError for one that was not given, RuntimeError for one of an earlier check that
        is out of reach.
        """
        if number > self._first and number not in self._keepers.get(self.asked, ()):
            raise RuntimeError(sentence("check_is_over"))
        if number not in self._objects:
            raise wire.WireError("no_value")
        value = self._objects[number]
        return value.value if isinstance(value, Lent) else value

    def answer(self, number: int, how, name, args: tuple, kwargs: dict):
        """What an object gives when the student's code calls it, or asks something of it.

        how, name: empty for a call, else as for `own_objects.answer`. Raises WireError for what was
        not given or may not be asked.
        """
        value = self.object(number)
        if is_own(value) or is_iterator(value):
            return answer(value, how, name, args, kwargs, self.settable)
        if not callable(value):
            raise wire.WireError("no_value")
        return value(*args, **kwargs)

    def news(self) -> list[list]:
        """Descriptions of the objects that were given since the last call."""
        news, self._news = self._news, []
        return news

    def _described(self, value) -> list:
        if isinstance(value, BaseException):
            return _error(value)
        if isinstance(value, Lent):
            return ["data", wire.pack(value.value)]
        if is_own(value) or is_iterator(value):
            title, doc = type(value).__name__, _text(getattr(type(value), "__doc__", None))
            methods = special_methods(value), public_methods(value)
            return ["object", title, doc, *methods, sorted(self.settable)]
        return _described(value)


def _described(value) -> list:
    if isinstance(value, io.StringIO | io.BytesIO):
        return ["file", value.getvalue(), value.tell()]
    if isinstance(value, io.TextIOBase | io.BufferedIOBase) and value.readable():
        return ["file", value.read(), 0]
    if isinstance(value, random.Random):
        return ["random", wire.pack(value.getstate())]
    if callable(value):
        name = _text(getattr(value, "__name__", None)) or type(value).__name__
        signs = [name, _text(getattr(value, "__doc__", None))]
        place = _library_place(value)
        return ["library", *place, *signs] if place else ["function", *signs]
    numpy_random = getattr(sys.modules.get("numpy"), "random", None)
    if numpy_random and isinstance(value, numpy_random.Generator | numpy_random.RandomState):
        bits = getattr(value, "bit_generator", None) or value._bit_generator
        return ["numpy", type(bits).__name__, type(value).__name__, wire.pack(bits.state)]
    raise TypeError(say("cannot_send", type=type(value).__name__))


def _error(error: BaseException) -> list:
    """An exception by the nearest of Python's own classes, and its arguments."""
    kinds = (kind for kind in type(error).__mro__ if vars(builtins).get(kind.__name__) is kind)
    try:
        packed = wire.pack(list(error.args))
    except wire.WireError:  # an argument is no data
        packed = wire.pack([str(error)])
    return ["error", next(kinds).__name__, packed]


def _library_place(value: Callable) -> list[str] | None:
    """The module of a library and the name there of a function or class; None for any other."""
    path = getattr(value, "__qualname__", None) or getattr(value, "__name__", None)
    module = getattr(value, "__module__", None)
    if type(path) is not str:
        return None
    for name in [module] if type(module) is str else MODULES:
        found = sys.modules.get(name) if name.partition(".")[0] not in OURS else None
        for part in path.split("."):
            found = getattr(found, part, None)
        if found is value:
            return [name, path]
    return None


def _text(value) -> str | None:
    return wire.printable(value[:MOST_TEXT]) if type(value) is str else None
