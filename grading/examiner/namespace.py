"""Asks the candidate, through the grader, for what a test cell needs of the submission."""

import builtins
import random
import re
import sys

import msgpack

from candidate_kernel import generators, wire
from candidate_kernel.files import LOOKED_AFTER
from grading.examiner.figures import Figures
from grading.examiner.files import Files
from grading.examiner.handles import Handle, make_handle
from grading.examiner.link import Link

MOST_QUESTIONS = 50_000
NOT_RAISED = (BaseExceptionGroup, StopIteration, StopAsyncIteration)


class Lost(AssertionError):
    """No answer will come, or none came in time; the text says why, as students read it."""


class StudentError(Exception):
    """An exception of the student's code.

    student_steps: the way it took through their own code, outermost first, as (function, line, the
    line's text); student_place: the last of these, where there is one.
    """

    student_steps: list[tuple[str, int, str]] = []
    student_place = None


class RemoteNamespace:
    """The submission's names as the examiner sees them, and what handles of its objects are asked.

    Every value is asked for over a link to the grader, which passes the question on to the kernel.
    files: what of both sides' files crosses with the questions. figures: pyplot, as a test sees it.
    """

    def __init__(self, link: Link, files: Files | None = None):
        self._link, self._files = link, files
        self.figures = Figures(self.module)
        self._questions = 0
        self._sent: dict[str, bytes] = {}
        self._forget_objects()

    def _forget_objects(self) -> None:
        self._handles: dict[int, Handle] = {}
        # By number: classes that the master defines too, objects made of them, and objects that
        # were computed from one of these and a value of the test's.
        self._classes: set[int] = set()
        self._instances: set[int] = set()
        self._seen: set[int] = set()

    def begin(self) -> None:
        """A check begins: no handle of an earlier one is good any more."""
        self._questions, self._sent = 0, {}
        self._forget_objects()
        self._ask(ask="begin")

    def end(self) -> None:
        """It is over, however it went: the submission's generators are put back."""
        self._questions = 0
        self._ask(ask="end")

    def value(self, name: str):
        """The value of a name of the submission's. Raises KeyError when it has no such name."""
        return self._value(self._ask(ask="name", name=name), name)

    def module(self, name: str) -> Handle:
        """A module as the submission's process imports it."""
        return self._value(self._ask(ask="module", name=name))

    def call(self, number: int, args: tuple, kwargs: dict):
        packed = {"args": self._pack(args), "kwargs": self._pack(kwargs)}
        states = self._changed_states()
        given = self._value(
            self._ask((args, kwargs), ask="call", number=number, states=states, **packed)
        )
        if number in self._classes and isinstance(given, Handle):
            self._instances.add(self._handle_number(given))
        return given

    def is_a_masters_class(self, handle: Handle) -> None:
        """Objects of this class may be computed with, see `grading.examiner.handles`."""
        self._classes.add(self._handle_number(handle))

    def is_instance_of_master(self, number: int) -> bool:
        return number in self._instances

    def has_seen(self, number: int) -> bool:
        """Whether an object was computed from a value of the test's."""
        return number in self._seen

    def attribute(self, number: int, name: str):
        return self._value(self._ask(ask="attribute", number=number, name=name))

    def item(self, number: int, key):
        return self._value(self._ask(ask="item", number=number, key=self._pack(key)))

    def length(self, number: int):
        return self._value(self._ask(ask="length", number=number))

    def iterate(self, number: int):
        return self._value(self._ask(ask="iterate", number=number))

    def next_items(self, number: int, count: int):
        return self._value(self._ask(ask="next", number=number, count=count))

    def text(self, number: int, form: str):
        return self._value(self._ask(ask="text", number=number, form=form))

    def worth(self, number: int):
        return self._value(self._ask(ask="worth", number=number))

    def operate(self, name: str, *objects: Handle):
        return self._value(self._ask(ask="operate", name=name, args=self._pack(objects)))

    def operate_with(self, name: str, handle: Handle, other, turned: bool):
        """What an operator gives for an object and a value of the test's: another object.

        NotImplemented where that is no object of a class that the master defines.
        """
        if self._handle_number(handle) not in self._instances:
            return NotImplemented
        sides = (other, handle) if turned else (handle, other)
        given = self._value(self._ask(ask="operate", name=name, args=self._pack(sides)))
        if not isinstance(given, Handle):
            return NotImplemented
        number = self._handle_number(given)
        self._instances.add(number)
        self._seen.add(number)
        return given

    def equals(self, number: int, values: list):
        return self._value(self._ask(ask="equals", number=number, values=self._pack(values)))

    def is_instance(self, number: int, kind: int):
        return self._value(self._ask(ask="is_instance", number=number, kind=kind))

    def set_attribute(self, number: int, name: str, value) -> None:
        packed = self._pack(value)
        self._value(self._ask(ask="set_attribute", number=number, name=name, value=packed))

    def set_item(self, number: int, key, value) -> None:
        packed = {"key": self._pack(key), "value": self._pack(value)}
        self._value(self._ask(ask="set_item", number=number, **packed))

    def _ask(self, arguments: tuple = (), **question) -> dict:
        """What the submission says to a question. arguments: of a call, before they were packed."""
        self._questions += 1
        if self._questions > MOST_QUESTIONS:
            raise Lost("La comprobación pidió demasiados valores: ¿una secuencia sin fin?")
        if self._files is not None and question["ask"] in LOOKED_AFTER:
            sent = self._files.to_send(arguments)
            question |= {"files": sent} if sent else {}
        self._link.write({"question": msgpack.packb(question)})
        answer = self._link.read()
        if answer is None:
            raise SystemExit  # the grader is gone
        if "lost" in answer:
            raise Lost(answer["lost"])
        try:
            reply = msgpack.unpackb(answer["answer"], max_ext_len=0)
        except Exception:  # whatever the submission sent, it is no answer
            reply = None
        if type(reply) is not dict:
            raise wire.WireError("la respuesta no es un valor")
        if self._files is not None:
            self._files.bring(reply.get("files"), reply.get("gone"))
        return reply

    def _value(self, reply: dict, name: str = ""):
        if "error" in reply:
            raise student_error(reply["error"])
        if reply.get("missing") is True:
            raise KeyError(name)
        if type(reply.get("value")) is not bytes:
            raise wire.WireError("la respuesta no es un valor")
        return wire.unpack(reply["value"], self._handle)

    def _handle(self, unknown: wire.Unknown) -> Handle:
        """The handle of an object: one for each, so that `is` holds where it held in the kernel."""
        return self._handles.setdefault(unknown.number, make_handle(self, unknown))

    def _pack(self, value) -> bytes:
        return wire.pack(value, self._handle_number)

    def _handle_number(self, value) -> int:
        if isinstance(value, Handle) and type(value).__module__ == Handle.__module__:
            return object.__getattribute__(value, "_number")
        raise TypeError(f"La comprobación no puede enviar un valor de tipo {type(value).__name__}.")

    def _changed_states(self) -> dict[str, bytes]:
        """The generators that the check has seeded or used since the last call, for the student's
        code to go on from. Theirs never come back: they must not choose what a check draws."""
        states = {name: wire.pack(state) for name, state in generators.states().items()}
        changed = {name: raw for name, raw in states.items() if self._sent.get(name) != raw}
        self._sent = states
        return changed


def seed_generators(seed: int) -> None:
    """Begin every check of every submission from the same numbers."""
    numpy, torch = sys.modules.get("numpy"), sys.modules.get("torch")
    random.seed(seed)
    if numpy is not None:
        numpy.random.seed(seed % 2**32)
    if torch is not None:
        torch.manual_seed(seed)


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
