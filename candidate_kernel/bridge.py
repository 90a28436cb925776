"""Answers the examiner's questions inside the student's kernel: names, calls, attributes, items.

The student's code can change everything here, so nothing here decides a mark: an answer is only a
value, which the examiner judges outside.
"""

import builtins
import importlib
import os
import sys

import msgpack
from ipykernel.ipkernel import IPythonKernel
from traitlets import Type

from . import generators, wire
from .at_home import Shell
from .changed_names import MISSING, ChangedNames
from .describing import content, described
from .files import Files
from .follower import Follower
from .given import Given
from .printed import Printed
from .questions import Questions
from .running import Running

MOST_SAME = 2**22  # bytes of the values of a check that are known again when they come again


class CandidateKernel(IPythonKernel):
    """IPython's kernel with one more message: `candidate_request`, an examiner's question.

    beside: what finds the student's own modules, see there.
    """

    shell_class = Type(Shell)

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

    def should_handle(self, stream, msg, parent_ident):
        """Answer a question here and have nothing else done about it: ipykernel waits for its
        thread of outputs, twice, after each message that it handles itself."""
        if msg["header"]["msg_type"] != "candidate_request":
            return super().should_handle(stream, msg, parent_ident)
        self.pre_handler_hook()  # from here on an interruption is a KeyboardInterrupt
        try:
            answer = self.bridge.answer(bytes(msg["buffers"][0]))
            self.session.send(
                stream, "candidate_reply", {}, msg, ident=parent_ident, buffers=[answer]
            )
        except KeyboardInterrupt:
            self.log.error("a question was interrupted after its answer")
        finally:
            self.post_handler_hook()
        return False

    def _publish_status(self, status, channel, parent=None):
        """Publish nothing about a question: its reply says all that the grader waits for."""
        about = parent or self.get_parent(channel)
        if about.get("header", {}).get("msg_type") != "candidate_request":
            super()._publish_status(status, channel, parent)


class Bridge(Questions):
    """Gives values of the student's namespace, by name or by the number of a handle given before.

    shell: the InteractiveShell whose namespace it is.
    """

    def __init__(self, shell):
        self._shell = shell
        self._objects: dict[int, object] = {}
        self._numbers: dict[int, int] = {}  # an object's id → its number: one object, one handle
        self._last = 0  # the number that an object has got last
        self._running = Running()
        self._given = Given(self._call_test)
        self._changed = {
            "names": ChangedNames(shell.user_ns),
            "builtins": ChangedNames(vars(builtins)),
        }
        self._before: dict = {}
        self._left = 0  # of MOST_SAME
        self._figures: set = set()
        self.files = Files(os.getcwd())

    def answer(self, raw: bytes) -> bytes:
        """The reply to one question, both as msgpack. An exception is described in the reply.

        The reply is a call of a function of the test's where the student's code makes one.
        """
        ask = ""
        try:
            question = msgpack.unpackb(raw)
            ask, given = question.pop("ask"), question.pop("given", [])
            self._given.take(given)
            self._change_names(question.pop("names", []))
            self.files.take(question.pop("files", None))
            with self._shell.builtin_trap, Printed() as printed:
                if ask == "give":
                    reply = self._running.go_on(question)
                elif ask in ("begin", "end"):
                    reply = getattr(self, f"_{ask}")(**question)
                else:
                    reply = self._running.run(lambda: self._reply(ask, question))
                reply |= {"printed": printed.texts()}
            return msgpack.packb(reply | self.files.told(ask))
        except BaseException as error:  # the student's code may raise anything, SystemExit too
            return msgpack.packb({"error": self._described(error)} | self.files.told(ask))

    def _reply(self, ask: str, question: dict) -> dict:
        try:
            return getattr(self, f"_{ask}")(**question)
        except BaseException as error:  # as above, on the stack where it was raised
            return {"error": self._described(error)}

    def _call_test(self, number: int, args: tuple, kwargs: dict, how: str = "", name: str = ""):
        """Have a function of the test's called, or an object of its own asked, on behalf of the
        student's code. how: "call" the method, "get" or "set" the attribute of that name."""
        packed = {"args": self._pack(args), "kwargs": self._pack(kwargs), "how": how, "name": name}
        outcome = self._running.call({"calls": number, **packed})
        if "not_implemented" in outcome:
            return NotImplemented
        if "error" in outcome:
            raise self._given.object(outcome["error"])
        return self._unpack(outcome["value"])

    def _change_names(self, news: list) -> None:
        """Have the student's code see what a test has made of some names."""
        for where, name, how, value in news:
            if where not in self._changed:  # "module NAME"
                module = sys.modules.get(where.removeprefix("module "))
                if module is None:
                    continue
                self._changed[where] = ChangedNames(vars(module))
            changed = self._changed[where]
            if how == "back":
                changed.put_back(name)
            else:
                changed.change(name, self._unpack(value) if how == "value" else MISSING)

    # --- Questions --------------------------------------------------------------------------

    def _begin(self):
        """A check begins: remember the generators, so that it leaves no trace in later cells."""
        self._before, self._left = generators.states(), MOST_SAME
        self._figures = set(_figures())
        return {}

    def _end(self, kept):
        """The check is over: forget its handles, put back the generators, close its figures.

        kept: the numbers of handles that later checks can use.
        """
        self._running.end()
        if not kept:  # else what they need stays, and the examiner says who may reach it
            self._given.forget()
        for changed in self._changed.values():
            changed.put_all_back()
        known = self._objects.keys() & set(kept)
        self._objects = {number: self._objects[number] for number in known}
        self._numbers = {id(value): number for number, value in self._objects.items()}
        generators.restore(self._before)
        for number in set(_figures()) - self._figures:
            sys.modules["matplotlib.pyplot"].close(number)
        return {}

    def _names(self):
        return self._value([name for name in self._shell.user_ns if type(name) is str])

    def _name(self, name):
        if name not in self._shell.user_ns:
            return {"missing": True}
        return self._same(self._shell.user_ns[name])

    def _module(self, name):
        """A module that is imported here, as a cell of the student's would import it."""
        importlib.invalidate_caches()
        names: dict = {}
        exec(f"import {name} as module", self._shell.user_ns, names)
        return self._value(names["module"])

    def _call(self, number, args, kwargs, states, changed):
        """changed: the places and names of the arguments to send back as the call has left them."""
        # The state of a library that this kernel has not imported stays packed: reading it would
        # import the library.
        known = states.keys() & generators.loaded().keys()
        generators.restore({name: self._unpack(states[name]) for name in known})
        args, kwargs = self._unpack(args), self._unpack(kwargs)
        given = {place: args[place] if type(place) is int else kwargs[place] for place in changed}
        value = self._objects[number](*args, **kwargs)
        reply = self._same(value)
        for place, argument in [*enumerate(args), *kwargs.items()]:
            if value is argument and "same" in reply:
                reply["same"] = ["argument", place]
        if given:
            now = {place: content(value) for place, value in given.items()}
            reply["changed"] = self._pack(now)
        return reply

    # --- What is said ------------------------------------------------------------------------

    def _value(self, value):
        return {"value": self._pack(value)}

    def _same(self, value):
        """The reply of a value, with the number of the object where that is one which can change:
        one object here is one there."""
        given = self._given.number(value)
        if given is not None and type(value) in (list, dict, set):
            return {"value": msgpack.packb(["handle", given, "object", []])}
        reply = self._value(value)
        arrays = getattr(sys.modules.get("numpy"), "ndarray", list)
        frames = getattr(sys.modules.get("pandas"), "DataFrame", list)
        if type(value) in (list, dict, set, arrays, frames) and self._left >= len(reply["value"]):
            self._left -= len(reply["value"])
            reply["same"] = ["object", self._number(value)]
        return reply

    def _pack(self, value) -> bytes:
        return wire.pack(value, self._number)

    def _number(self, value) -> int:
        given = self._given.number(value)
        if given is not None:
            return given
        if id(value) not in self._numbers:
            self._last += 1
        number = self._numbers.setdefault(id(value), self._last)
        self._objects[number] = value  # kept alive, so that no other object gets its id
        return number

    def _unpack(self, raw):
        return wire.unpack(raw, lambda unknown: self._object(unknown.number))

    def _object(self, number: int):
        return self._given.object(number) if number < 0 else self._objects[number]

    def _described(self, error: BaseException) -> dict:
        try:
            description = described(error, self._shell.user_ns)
            description["own"] = self._given.number(error)
            description["error"] = self._pack(error)
            error.__traceback__ = None  # its frames would live as long as its handle
            msgpack.packb(description)
        except BaseException:  # an exception of the student's may fail at anything
            return {}
        return description


def _figures() -> list:
    pyplot = sys.modules.get("matplotlib.pyplot")
    return pyplot.get_fignums() if pyplot is not None else []
