"""What a test gives to the student's code that is no data: its functions, files and generators."""

import builtins
import io
import random
import sys
from collections.abc import Callable

from . import wire
from .wire_words import sentence


class Given:
    """The objects of a check's test by their numbers, which are below zero.

    A function of the test's stays with the test. The student's code has a function in its place
    that can be called and has the same name and documentation, and nothing else of it. Functions of
    libraries are the same on both sides, so that calling them costs no question.

    So does an object of a class of the test's own: what stands for it asks for each call of its
    methods and for each attribute.

    call: has the test's function of a number called with arguments, or an object of the test's
    asked: `call(number, args, kwargs, how, name)`; returns what it gave.
    """

    def __init__(self, call: Callable[..., object]):
        self._call = call
        self.forget()

    def forget(self) -> None:
        """The check is over: none of its objects is known any more."""
        self._objects: dict[int, object] = {}
        self._numbers: dict[int, int] = {}

    def take(self, described: list) -> None:
        """Make objects of their descriptions: [[number, kind, …], …]."""
        for number, kind, *parts in described:
            self._objects[number] = value = getattr(self, f"_{kind}")(number, *parts)
            self._numbers[id(value)] = number

    def object(self, number: int):
        """The object of a number; raises KeyError for one that was not given."""
        return self._objects[number]

    def number(self, value) -> int | None:
        """The number of an object that the test has given; None for any other."""
        return self._numbers.get(id(value))

    def _function(self, number, name, doc):
        def function(*args, **kwargs):
            if self._objects.get(number) is not function:
                raise RuntimeError(sentence("check_is_over"))
            return self._call(number, args, kwargs)

        function.__name__ = function.__qualname__ = name
        function.__doc__ = doc
        return function

    def _object(self, number, title, doc, special, methods, settable):
        def asking(how, name):
            def ask(this, *args, **kwargs):
                if self._objects.get(number) is not this:
                    raise RuntimeError(sentence("check_is_over"))
                return self._call(number, args, kwargs, how, name)

            return ask

        def get(this, name):
            if name.startswith("_"):
                raise AttributeError(f"{title!r} object has no attribute {name!r}")
            return asking("get", name)(this)

        def set_(this, name, value):
            if name in settable:
                asking("set", name)(this, value)
            else:
                object.__setattr__(this, name, value)

        answers = {name: asking("call", name) for name in [*methods, *special]}
        own = {"__module__": "__main__", "__doc__": doc, "__getattr__": get, "__setattr__": set_}
        return type(title, (), answers | own)()

    def _data(self, number, packed):
        return wire.unpack(packed)

    def _library(self, number, module, path, name, doc):
        found = sys.modules.get(module)
        for part in path.split("."):
            found = getattr(found, part, None)
        return found if callable(found) else self._function(number, name, doc)

    def _random(self, number, state):
        generator = random.Random()
        generator.setstate(wire.unpack(state))
        return generator

    def _numpy(self, number, bits, kind, state):
        from numpy import random as numpy_random

        generator = getattr(numpy_random, bits)()
        generator.state = wire.unpack(state)
        return getattr(numpy_random, kind)(generator)

    def _file(self, number, content, position):
        file = io.StringIO(content) if isinstance(content, str) else io.BytesIO(content)
        file.seek(position)
        return file

    def _error(self, number, kind, args):
        args = wire.unpack(args)
        try:
            return getattr(builtins, kind)(*args)
        except TypeError:  # some of Python's exceptions insist on what they are made of
            return RuntimeError(*args)
