"""Answers the examiner's questions inside the student's kernel: names, calls, attributes, items.

The student's code can change everything here, so nothing here decides a mark: an answer is only a
value, which the examiner judges outside.
"""

import dataclasses
import importlib
import linecache
import operator
import os
import sys
import traceback

import msgpack
from ipykernel.ipkernel import IPythonKernel
from traitlets import Type

from . import generators, wire
from .at_home import Shell
from .files import Files
from .follower import Follower
from .wire_rules import OPERATORS

MAX_FRAMES = 20
MAX_TEXT = 2000


class CandidateKernel(IPythonKernel):
    """IPython's kernel with one more message: `candidate_request`, an examiner's question.

    beside: what finds the student's own modules, see there.
    """

    shell_class = Type(Shell)
    msg_types = [*IPythonKernel.msg_types, "candidate_request"]

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.bridge = Bridge(self.shell)
        self.follower = Follower(self, self.shell.user_ns)

    async def do_execute(self, *args, **kwargs):
        self.beside.look_again()
        with self.follower.following():
            return await super().do_execute(*args, **kwargs)

    async def do_shutdown(self, restart):
        """Stay: the grader ends the whole box, and a cell that asks for it has cells after it."""
        return {"status": "ok", "restart": restart}

    async def candidate_request(self, stream, ident, parent):
        answer = self.bridge.answer(bytes(parent["buffers"][0]))
        self.session.send(stream, "candidate_reply", {}, parent, ident=ident, buffers=[answer])

    def _publish_status(self, status, channel, parent=None):
        """Publish nothing about a question: its reply says all that the grader waits for."""
        about = parent or self.get_parent(channel)
        if about.get("header", {}).get("msg_type") != "candidate_request":
            super()._publish_status(status, channel, parent)


class Bridge:
    """Gives values of the student's namespace, by name or by the number of a handle given before.

    shell: the InteractiveShell whose namespace it is.
    """

    def __init__(self, shell):
        self._shell = shell
        self._objects: dict[int, object] = {}
        self._numbers: dict[int, int] = {}  # an object's id → its number: one object, one handle
        self._before: dict = {}
        self._figures: set = set()
        self.files = Files(os.getcwd())

    def answer(self, raw: bytes) -> bytes:
        """The reply to one question, both as msgpack. An exception is described in the reply."""
        ask = ""
        try:
            question = msgpack.unpackb(raw)
            ask = question.pop("ask")
            self.files.take(question.pop("files", None))
            with self._shell.builtin_trap:
                reply = getattr(self, f"_{ask}")(**question)
            return msgpack.packb(reply | self.files.told(ask))
        except BaseException as error:  # the student's code may raise anything, SystemExit too
            return msgpack.packb({"error": self._described(error)} | self.files.told(ask))

    # --- Questions --------------------------------------------------------------------------

    def _begin(self):
        """A check begins: remember the generators, so that it leaves no trace in later cells."""
        self._before = generators.states()
        self._figures = set(_figures())
        return {}

    def _end(self):
        """The check is over: forget its handles, put back the generators, close its figures."""
        self._objects.clear()
        self._numbers.clear()
        generators.restore(self._before)
        for number in set(_figures()) - self._figures:
            sys.modules["matplotlib.pyplot"].close(number)
        return {}

    def _name(self, name):
        if name not in self._shell.user_ns:
            return {"missing": True}
        return self._value(self._shell.user_ns[name])

    def _module(self, name):
        """A module that is imported here, as a cell of the student's would import it."""
        importlib.invalidate_caches()
        names: dict = {}
        exec(f"import {name} as module", self._shell.user_ns, names)
        return self._value(names["module"])

    def _call(self, number, args, kwargs, states):
        # The state of a library that this kernel has not imported stays packed: reading it would
        # import the library.
        known = states.keys() & generators.loaded().keys()
        generators.restore({name: self._unpack(states[name]) for name in known})
        function = self._objects[number]
        return self._value(function(*self._unpack(args), **self._unpack(kwargs)))

    def _attribute(self, number, name):
        return self._value(getattr(self._objects[number], name))

    def _item(self, number, key):
        return self._value(self._objects[number][self._unpack(key)])

    def _length(self, number):
        return self._value(len(self._objects[number]))

    def _iterate(self, number):
        return self._value(iter(self._objects[number]))

    def _next(self, number, count):
        """Up to `count` items of an iterator; fewer mean that it has ended."""
        items = []
        for _ in range(count):
            try:
                items.append(next(self._objects[number]))
            except StopIteration:
                break
        return self._value(items)

    def _text(self, number, form):
        """The object as text. form: "str" or "repr"."""
        return self._value({"str": str, "repr": repr}[form](self._objects[number]))

    def _worth(self, number):
        """(the number that an object is worth or None, the operators that its class has, the fields
        of a dataclass or None, what a container holds or None)."""
        value = self._objects[number]
        return self._value((_as_number(value), _operators(value), _fields(value), _held(value)))

    def _operate(self, name, args):
        """What an operator gives. name: the function of `operator`, such as "add"."""
        return self._value(getattr(operator, name)(*self._unpack(args)))

    def _equals(self, number, values):
        """Whether the object equals each of some values."""
        return self._value([bool(self._objects[number] == one) for one in self._unpack(values)])

    def _is_instance(self, number, kind):
        return self._value(isinstance(self._objects[number], self._objects[kind]))

    def _set_attribute(self, number, name, value):
        setattr(self._objects[number], name, self._unpack(value))
        return self._value(None)

    def _set_item(self, number, key, value):
        self._objects[number][self._unpack(key)] = self._unpack(value)
        return self._value(None)

    # --- What is said ------------------------------------------------------------------------

    def _value(self, value):
        return {"value": wire.pack(value, self._number)}

    def _number(self, value) -> int:
        number = self._numbers.setdefault(id(value), len(self._objects))
        self._objects[number] = value  # kept alive, so that no other object gets its id
        return number

    def _unpack(self, raw):
        return wire.unpack(raw, lambda unknown: self._objects[unknown.number])

    def _described(self, error: BaseException) -> dict:
        try:
            description = self._describe(error)
            msgpack.packb(description)
        except Exception:  # an exception class of the student's may fail at anything
            return {}
        return description

    def _describe(self, error: BaseException) -> dict:
        """An exception in words: its classes, its text, and the student's own frames."""
        frames = [
            (frame.f_code, line)
            for frame, line in traceback.walk_tb(error.__traceback__)
            if frame.f_globals is self._shell.user_ns
        ][-MAX_FRAMES:]
        steps = [
            [code.co_name, line, linecache.getline(code.co_filename, line).strip()[:200]]
            for code, line in frames
        ]
        return {
            "classes": wire.class_names(type(error)),
            "text": _text_of(error),
            "name": str(getattr(error, "name", None) or "")[:100],
            "steps": steps,
        }


def _as_number(value):
    """What an object says that it is worth as a number; None when it says nothing."""
    for name, convert in (("index", operator.index), ("float", float), ("complex", complex)):
        if hasattr(type(value), f"__{name}__"):
            return convert(value)
    return None


def _operators(value) -> list[str]:
    """The OPERATORS that the class of an object has; "eq" only where it is not object's."""
    kind = type(value)
    return [
        name
        for name in OPERATORS
        if getattr(kind, f"__{name}__", None) not in (None, getattr(object, f"__{name}__", None))
    ]


def _held(value):
    """The plain container of what an object of the student's own container class holds."""
    for plain in (list, dict, set, tuple):
        if isinstance(value, plain):
            return plain(value)
    return None


def _fields(value) -> dict | None:
    if not dataclasses.is_dataclass(value) or isinstance(value, type):
        return None
    return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}


def _text_of(error: BaseException) -> str:
    try:
        return wire.printable(str(error)[:MAX_TEXT])
    except Exception:  # an exception class of the student's may fail to describe itself
        return ""


def _figures() -> list:
    pyplot = sys.modules.get("matplotlib.pyplot")
    return pyplot.get_fignums() if pyplot is not None else []
