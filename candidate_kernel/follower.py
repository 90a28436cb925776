"""Follows the training loops of a notebook's cells and shows the grader their states.

The grader says after which epochs it wants to see the state, and which state the loop goes on from.
Such a state is put into the variables that the loop declares, and the student's own code runs the
next epoch from it. Nothing is compared here.
"""

import re
import sys
import threading
import types
from collections.abc import Callable
from contextlib import contextmanager

import msgpack
import zmq

from . import generators, wire
from .state import Filler, NoState, Reader

MOST_LOOPS = 50  # followed in one cell
OF_IPYTHON = re.compile(r"_+|_\d+")  # names that IPython binds to what cells show
POLL = 100  # milliseconds; some systems do not interrupt a wait


class Follower:
    """Asks about each loop of a cell, over the channel that `input()` would use."""

    def __init__(self, kernel, names: dict):
        self._kernel, self._names = kernel, names
        self._left = 0

    @contextmanager
    def following(self):
        """Follow the loops of the cell that runs within the block; a check runs in none."""
        self._left = MOST_LOOPS
        self._kernel.follow_epochs = self._follow  # set for each cell, as one may have changed it
        try:
            yield
        finally:
            self._left = 0

    def _follow(self, loop) -> Callable[[int], int] | None:
        """What `helpers.training` asks of the kernel at the start of each loop; see there."""
        if self._left <= 0 or threading.current_thread() is not threading.main_thread():
            return None
        self._left -= 1
        frame = sys._getframe(2)  # below the loop's own: where the `for` stands
        try:
            if frame.f_locals is not self._names:
                raise NoState("function")
            wanted = self.ask(ask="start", n=loop.n)
            if not wanted:
                return None
            following = _Loop(self.ask, loop, self._names, **wanted)
            following(0)
            return following
        except Exception as error:  # a student's object may fail at anything
            refusal = error if isinstance(error, NoState) else NoState("kind", type(error).__name__)
            self.ask(ask="refused", n=loop.n, why=refusal.why, name=refusal.name)
            return None

    def ask(self, **question) -> dict:
        """The grader's answer to a question. An interrupt of the kernel ends the wait for it."""
        kernel = self._kernel
        sent = kernel.session.send(
            kernel.stdin_socket,
            "loop_request",
            {},
            kernel.get_parent("shell"),
            ident=kernel._parent_ident["shell"],
            buffers=[msgpack.packb(question)],
        )
        while True:
            if not kernel.stdin_socket.poll(POLL):
                continue
            _, reply = kernel.session.recv(kernel.stdin_socket, mode=zmq.NOBLOCK)
            if reply and reply["parent_header"].get("msg_id") == sent["header"]["msg_id"]:
                return msgpack.unpackb(bytes(reply["buffers"][0]))


class _Loop:
    """One loop that is followed.

    It is called with the number of epochs that are done and returns that number, or another one
    when it has taken over a state of the grader's. stops: after how many epochs the grader wants to
    see the state. largest: bytes of a state that it takes.
    """

    def __init__(self, ask: Callable[..., dict], loop, names: dict, stops: list, largest: int):
        self._ask, self._names = ask, names
        self._n, self._state = loop.n, loop.state
        self._stops, self._largest = set(stops), largest
        self._moved: set[str] = set()
        self._before = {name: self._packed(state) for name, state in generators.states().items()}
        self._start = self._read()[1]
        declared = {id(each) for each in self._start.objects.values()}
        own = {name: value for name, value in names.items() if not OF_IPYTHON.fullmatch(name)}
        self._variables = {name: value for name, value in own.items() if id(value) in declared}
        others = {name: value for name, value in own.items() if name not in self._variables}
        self._others = {name: (value, _content(value)) for name, value in others.items()}
        # Lists that the loop only appends to: name, length before it, items of an epoch. None
        # until the first epochs have been seen, which show what the later ones may change.
        self._growing: list[tuple[str, int, int]] | None = None

    def __call__(self, done: int) -> int:
        if done not in self._stops:
            return done
        try:
            answer = self._ask(
                ask="state",
                done=done,
                state=self._moment(),
                declared=list(self._variables),
                changed=self._changed(),
            )
            self._stops = set(answer.get("stops", ()))
            if "appended" in answer:
                self._growing = [(name, *self._growth(name, done)) for name in answer["appended"]]
            return self._take_over(answer) if "to" in answer else done
        except NoState as refusal:
            self._stops = set()
            self._ask(ask="refused", n=self._n, why=refusal.why, name=refusal.name)
            return done

    def _growth(self, name: str, done: int) -> tuple[int, int]:
        """How long a list that is only appended to was, and by how much an epoch lengthens it.

        Raises NoState unless each epoch does so evenly.
        """
        length = len(self._others[name][1])
        growth, rest = divmod(len(self._names[name]) - length, done)
        if rest or growth < 1:
            raise NoState("uneven", name)
        return length, growth

    def _take_over(self, answer: dict) -> int:
        """Put a state of the grader's in; returns how many epochs are done then.

        Raises NoState if these objects can't hold all of it.
        """
        done = answer["to"]
        try:
            tree, states = wire.unpack(answer["state"])
            Filler().fill(self._state, tree)
            generators.restore(states)
            # Epochs that are passed over would have lengthened these: their last item stands in.
            for name, length, growth in self._growing:
                items = self._names[name]
                items += items[-1:] * (length + growth * done - len(items))
        except Exception as error:  # whatever a student's object does, or an odd array
            raise NoState("filled", type(error).__name__) from None
        return done

    def _changed(self) -> list[str]:
        """Other variables that are not what they were before the loop."""
        return [
            name
            for name, (value, content) in self._others.items()
            if self._names.get(name) is not value or not _same(_content(value), content)
        ]

    def _moment(self) -> bytes:
        """The state and the generators that have moved since the start, as bytes.

        Raises NoState unless the very objects of the start stand where they stood.
        """
        tree, reader = self._read()
        for name, value in self._variables.items():
            if self._names.get(name) is not value:
                raise NoState("rebinds", name)
        for path, value in self._start.objects.items():
            if reader.objects.get(path) is not value:
                raise NoState("rebinds", _dotted(path))
        old, new = self._start.attributes, reader.attributes
        for path in old.keys() | new.keys():  # a module may keep more than it did
            if path not in old or new.get(path) is not old[path]:
                raise NoState("rebinds", _dotted(path))
        states = generators.states()
        moved = {
            name: each
            for name, each in states.items()
            if self._packed(each) != self._before.get(name)
        }
        if self._growing is not None and set(moved) != self._moved:
            raise NoState("generators")
        self._moved = set(moved)
        return self._packed((tree, moved))

    def _packed(self, value) -> bytes:
        try:
            raw = wire.pack(value)
        except wire.WireError:
            raise NoState("kind") from None
        if len(raw) > self._largest:
            raise NoState("large")
        return raw

    def _read(self) -> tuple[object, Reader]:
        reader = Reader()
        try:
            return reader.read(self._state), reader
        except NoState:
            raise
        except Exception as error:  # an object of the student's may fail at anything
            raise NoState("kind", type(error).__name__) from None


def _dotted(path: tuple) -> str:
    return ".".join(str(each) for each in path if each != "")


def _content(value) -> list:
    """What a variable of the notebook holds, one level deep; nothing of other kinds of object."""
    kind = type(value)
    if kind in (list, set):
        return list(value)
    if kind is types.FunctionType or isinstance(value, type):
        inside = vars(value) if value.__module__ == "__main__" else {}
    else:
        inside = getattr(value, "__dict__", {}) if kind.__module__ == "__main__" else {}
    inside = value if kind is dict else inside
    return [*inside.keys(), *inside.values()]


def _same(one: list, other: list) -> bool:
    return len(one) == len(other) and all(a is b for a, b in zip(one, other, strict=True))
