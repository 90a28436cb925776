"""Asks the candidate, through the grader, for what a test cell needs of the submission."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from candidate_kernel import generators, wire
from candidate_kernel.wire import WireError
from grading.examiner.asking import Asking
from grading.examiner.changed_arguments import bring_over, can_change
from grading.examiner.figures import Figures
from grading.examiner.files import Files
from grading.examiner.handles import Handle, number_of
from grading.examiner.kinds import make_handle
from grading.examiner.link import Link

if TYPE_CHECKING:
    from grading.examiner.shown import Shown


class RemoteNamespace:
    """The submission's names as the examiner sees them, and what handles of its objects are asked.

    Every value is asked for over a link to the grader, which passes the question on to the kernel.
    files: what of both sides' files crosses with the questions. figures: pyplot, as a test sees it.
    """

    def __init__(self, link: Link, files: Files | None = None):
        self._asking = Asking(link, self._handle, number_of, files)
        self.figures = Figures(self.module)
        self._sent: dict[str, bytes] = {}

        self._handles: dict[int, Handle] = {}
        self._function_names: dict[int, str] = {}
        # By id: values of names that can change, with their numbers and as they came over.
        self._named_values: dict[int, tuple[object, int, bytes]] = {}
        self._changing: dict[str, set[str | int]] = {}
        # By number: classes that the master defines too, objects made of them, and objects that
        # were computed from one of these and a value of the test's.
        self._classes: set[int] = set()
        self._instances: set[int] = set()
        self._seen: set[int] = set()

    def begin(self, kept: list[int]) -> None:
        """A check begins. kept: the numbers of objects that earlier checks have bound to names; no
        other handle of theirs is good any more."""
        self._sent = {}
        known = self._handles.keys() & set(kept)
        self._handles = {number: self._handles[number] for number in known}
        for numbers in (self._classes, self._instances, self._seen):
            numbers &= self._handles.keys()
        self._named_values.clear()
        self._asking.begin(kept)
        self._asking.ask(ask="begin")

    def end(self, kept: list[int]) -> None:
        """It is over, however it went: the submission's generators are put back."""
        self._asking.begin(kept)
        self._asking.ask(ask="end", kept=kept)

    def names(self) -> list[str]:
        """The names that the submission has."""
        return _texts(self._asking.value(ask="names"))

    def know(
        self,
        shown: Shown,
        changing: dict[str, set[str | int]],
        settable: set[str],
        ran: Callable[[], None],
    ) -> None:
        """Know what else the master's functions ask for.

        shown: what tests change of the submission's names. changing: the arguments that functions
        change in place, see `grading.examiner.master_functions.changed_parameters`. settable: the
        attributes that they set. ran: is called when the student's code has run.
        """
        self._asking.ran = ran
        self._asking.given.settable = frozenset(settable)
        self._asking.shown, self._changing = shown, changing

    def value(self, name: str):
        """The value of a name of the submission's. Raises KeyError when it has no such name."""
        reply = self._asking.ask(ask="name", name=name)
        if reply.get("missing") is True:
            raise KeyError(name)
        value = self._named(self._asking.identified(reply), name)
        if (number := number_of(value)) is not None:
            self._asking.given.is_named(number)
        match reply.get("same"):
            case ["object", int() as number]:
                self._named_values[id(value)] = value, number, reply["value"]
        return value

    def is_unchanged(self, value) -> bool:
        """Whether a value of a name is as the submission has given it."""
        _, _, raw = self._named_values.get(id(value), (None, None, None))
        try:
            return raw is None or self._asking.pack(value) == raw
        except (TypeError, WireError):  # a test has put something into it that can't cross
            return False

    def _crossing(self, argument):
        """An argument of a call as the submission knows it."""
        return self._own(self._asking.as_over_there(argument))

    def _own(self, value):
        """What stands for an argument: the submission's own object, where it is the value of one of
        its names that the test has not changed."""
        known, number, _ = self._named_values.get(id(value), (None, None, None))
        if known is None or not self.is_unchanged(value):
            return value
        return Handle(self, wire.Unknown(number, "object", []))

    def module(self, name: str) -> Handle:
        """A module as the submission's process imports it."""
        return self._asking.value(ask="module", name=name)

    def call(self, number: int, args: tuple, kwargs: dict):
        packed = {
            "args": self._asking.pack(tuple(map(self._crossing, args))),
            "kwargs": self._asking.pack(
                {name: self._crossing(one) for name, one in kwargs.items()}
            ),
        }
        changing = self._changing.get(self._function_names.get(number), ())
        changed = {place: value for place, value in [*enumerate(args), *kwargs.items()]
                   if place in changing and can_change(value)}  # fmt: skip
        reply = self._asking.ask(
            (args, kwargs), ask="call", number=number, states=self._changed_states(),
            changed=list(changed), **packed,
        )  # fmt: skip
        if changed:
            theirs = self._asking.unpacked(reply, "changed")
            for place, value in changed.items():
                bring_over(value, theirs[place])
        given = self._asking.identified(reply, dict([*enumerate(args), *kwargs.items()]))
        if number in self._classes and isinstance(given, Handle):
            self._instances.add(number_of(given))
        return given

    def is_a_masters_class(self, handle: Handle) -> None:
        """Objects of this class may be computed with, see `grading.examiner.handles`."""
        self._classes.add(number_of(handle))

    def is_instance_of_master(self, number: int) -> bool:
        return number in self._instances

    def has_seen(self, number: int) -> bool:
        """Whether an object was computed from a value of the test's."""
        return number in self._seen

    def attribute(self, number: int, name: str):
        return self._named(
            self._asking.identified(self._asking.ask(ask="attribute", number=number, name=name)),
            name,
        )

    def _named(self, value, name: str):
        """Note by which name an object was asked for."""
        if isinstance(value, Handle):
            self._function_names[number_of(value)] = name
        return value

    def has(self, number: int, name: str) -> bool:
        return self._asking.value(ask="has", number=number, name=name) is True

    def text_list(self, ask: str, number: int) -> list[str]:
        return _texts(self._asking.value(ask=ask, number=number))

    def source(self, number: int) -> str:
        (source,) = _texts([self._asking.value(ask="source", number=number)])
        return source

    def type_of(self, number: int):
        return self._asking.value(ask="type_of", number=number)

    def bases(self, number: int):
        """(names of the classes that a class is made of, these classes)."""
        names, bases = self._asking.value(ask="bases", number=number)
        return _texts(names), bases

    def signature(self, number: int):
        return self._asking.value(ask="signature", number=number)

    def step(self, number: int, how: str, values: tuple):
        """What a generator gives: (True, an item) or (False, what it returned)."""
        packed = self._asking.pack(values)
        return self._asking.value(ask="step", number=number, how=how, values=packed)

    def subclass(self, title: str, bases: list[Handle], parts: dict[str, tuple]):
        """A class that a test makes of classes of the student's, see `subclassing`."""
        numbers = [number_of(base) for base in bases]
        packed = self._asking.pack(parts)
        made = self._asking.value(ask="subclass", title=title, bases=numbers, parts=packed)
        if isinstance(made, Handle) and not self._classes.isdisjoint(numbers):
            self.is_a_masters_class(made)
        return made

    def parent(self, kind: Handle, instance: Handle) -> int:
        """The number of what `super` gives over there."""
        numbers = {"kind": number_of(kind), "number": number_of(instance)}
        return self._asking.value(ask="parent", **numbers)

    def truth(self, number: int) -> bool:
        return self._asking.value(ask="truth", number=number) is True

    def hash(self, number: int):
        return self._asking.value(ask="hash", number=number)

    def contains(self, number: int, item) -> bool:
        packed = self._asking.pack(item)
        return self._asking.value(ask="contains", number=number, item=packed) is True

    def is_subclass(self, number: int, kind: int):
        return self._asking.value(ask="is_subclass", number=number, kind=kind)

    def item(self, number: int, key):
        asked = self._asking.ask(ask="item", number=number, key=self._asking.pack(key))
        return self._asking.identified(asked)

    def length(self, number: int):
        return self._asking.value(ask="length", number=number)

    def iterate(self, number: int):
        return self._asking.value(ask="iterate", number=number)

    def next_items(self, number: int, count: int):
        return self._asking.value(ask="next", number=number, count=count)

    def text(self, number: int, form: str):
        return self._asking.value(ask="text", number=number, form=form)

    def worth(self, number: int):
        return self._asking.value(ask="worth", number=number)

    def operate(self, name: str, *objects: Handle):
        given = self._asking.value(ask="operate", name=name, args=self._asking.pack(objects))
        numbers = {number_of(one) for one in objects}
        if (
            isinstance(given, Handle)
            and numbers <= self._instances
            and self._seen.isdisjoint(numbers)
        ):
            self._instances.add(number_of(given))
        return given

    def operate_with(self, name: str, handle: Handle, other, turned: bool):
        """What an operator gives for an object and a value of the test's: another object.

        NotImplemented where that is no object of a class that the master defines.
        """
        if number_of(handle) not in self._instances:
            return NotImplemented
        sides = (other, handle) if turned else (handle, other)
        given = self._asking.value(ask="operate", name=name, args=self._asking.pack(sides))
        if not isinstance(given, Handle):
            return NotImplemented
        number = number_of(given)
        self._instances.add(number)
        self._seen.add(number)
        return given

    def equals(self, number: int, values: list):
        return self._asking.value(ask="equals", number=number, values=self._asking.pack(values))

    def is_instance(self, number: int, kind: int):
        return self._asking.value(ask="is_instance", number=number, kind=kind)

    def set_attribute(self, number: int, name: str, value) -> None:
        packed = self._asking.pack(value)
        self._asking.value(ask="set_attribute", number=number, name=name, value=packed)

    def set_item(self, number: int, key, value) -> None:
        packed = {"key": self._asking.pack(key), "value": self._asking.pack(value)}
        self._asking.value(ask="set_item", number=number, **packed)

    def _handle(self, unknown: wire.Unknown) -> Handle:
        """The handle of an object: one for each, so that `is` holds where it held in the kernel."""
        return self._handles.setdefault(unknown.number, make_handle(self, unknown))

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


def _texts(value) -> list[str]:
    if type(value) is not list or not all(type(text) is str for text in value):
        raise WireError("no_value")
    return value
