"""Asks the student's kernel questions, and calls the functions of a test that it was given."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgpack

from candidate_kernel import wire
from candidate_kernel.files import LOOKED_AFTER
from grading.examiner.files import Files
from grading.examiner.given import Given
from grading.examiner.link import Link
from grading.examiner.student_errors import NOT_RAISED, student_error
from grading.words import say

if TYPE_CHECKING:
    from grading.examiner.shown import Shown

MOST_QUESTIONS = 50_000
# Questions that run the student's code, which may change what its names stand for.
RUNNING = ("call", "next", "step", "operate", "item", "set_item", "set_attribute")
MOST_PRINTED = 2**22  # characters that a check can see of what the submission prints


class Lost(AssertionError):
    """No answer will come, or none came in time; the text says why, as students read it."""


class Asking:
    """The questions of one check after another.

    link: to the grader, which passes each question on to the kernel. handle: makes the handle of an
    object of the student's. number: the number of a handle; None for any other value. files: what
    of both sides' files crosses with the questions.
    """

    def __init__(self, link: Link, handle, number, files: Files | None = None):
        self._link, self._handle, self._number, self._files = link, handle, number, files
        self.shown: Shown | None = None
        self.given = Given()
        self.ran = lambda: None
        self.begin()

    def begin(self, kept: Sequence[int] = ()) -> None:
        """A check begins, or is over: what it has given to the submission is void, but for objects
        of the submission's that tests have bound to names, by their numbers: `kept`."""
        self._questions, self._printed = 0, 0
        self.given.end(kept)
        self._here: dict[int, object] = {}
        if self.shown is not None:
            self.shown.begin()

    def ask(self, arguments: tuple = (), /, **question) -> dict:
        """The reply to a question; the functions of the test's that it calls are called here.

        arguments: of a call, before they were packed: they may name files of the test's.
        Raises Lost when no answer comes, and the exception that the student's code has raised.
        """
        self.given.asked = question.get("number")
        reply = self._send(question, arguments)
        while type(reply.get("calls")) is int:
            reply = self._send({"ask": "give", **self._called(reply)})
        if question["ask"] in RUNNING:
            self.ran()
        if "error" in reply:
            raise self._error(reply["error"])
        return reply

    def value(self, **question):
        """The value that the reply to a question holds."""
        return self.unpacked(self.ask(**question))

    def unpacked(self, reply: dict, part: str = "value"):
        """The value that a reply holds, in one of its parts."""
        return self._unpack(reply.get(part))

    def identified(self, reply: dict, arguments: dict | None = None):
        """The value that a reply holds: the object that it has been before, where it is that.

        arguments: those of the call that gave it, by place and by name. What is here is never
        changed by what comes: an object that has changed over there is another one here.
        """
        value = self.unpacked(reply)
        match reply.get("same"):
            case ["object", int() as number]:
                known = self._here.setdefault(number, value)
            case ["argument", int() | str() as place]:
                number, known = None, (arguments or {}).get(place)
            case _:
                return value
        if known is value or (type(known) is type(value) and self._alike(known, value)):
            return known
        if number is not None:
            self._here[number] = value
        return value

    def _alike(self, known, value) -> bool:
        try:
            return self.pack(known) == self.pack(value)
        except (TypeError, wire.WireError):  # a test has put something into it that can't cross
            return False

    def as_over_there(self, argument):
        """An argument of a call as the submission knows it: see `Files.as_over_there`."""
        return argument if self._files is None else self._files.as_over_there(argument)

    def pack(self, value) -> bytes:
        """A value of the test's as it crosses."""
        return wire.pack(value, self._crossing, lends=True)

    def _send(self, question: dict, arguments: tuple = ()) -> dict:
        self._questions += 1
        if self._questions > MOST_QUESTIONS:
            raise Lost(say("too_many_questions"))
        if self.shown is not None and question["ask"] not in ("begin", "end"):
            question["names"] = self.shown.news(self.pack)
        if given := self.given.news():
            question["given"] = given
        if self._files is not None and question["ask"] in LOOKED_AFTER:
            if sent := self._files.to_send(arguments):
                question["files"] = sent
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
            raise wire.WireError("no_value")
        self._print(reply.get("printed"))
        if self._files is not None:
            self._files.bring(reply.get("files"), reply.get("gone"))
        return reply

    def _called(self, reply: dict) -> dict:
        """What a function of the test's gives when it is called as the student's code has asked.

        Returns {"value": packed}, {"not_implemented": 1} or {"error": the number of an exception}.
        """
        asked_of = self.given.asked  # the function may ask something else
        try:
            args, kwargs = self._unpack(reply.get("args")), self._unpack(reply.get("kwargs"))
            if type(args) is not tuple or type(kwargs) is not dict:
                raise wire.WireError("no_value")
            self.ran()
            asked = reply.get("how"), reply.get("name")
            value = self.given.answer(reply["calls"], *asked, args, kwargs)
            self.given.asked = asked_of
            return (
                {"not_implemented": 1} if value is NotImplemented else {"value": self.pack(value)}
            )
        except Lost:
            raise
        except Exception as error:
            self.given.asked = asked_of
            return {"error": self.given.number(error)}

    def _error(self, description) -> Exception:
        """The student's exception; the test's own one where that went through their code."""
        own = description.get("own") if type(description) is dict else None
        error = self.given.object(own) if type(own) is int else None
        # The exceptions that are left out would end a loop of the test's, or the test.
        if isinstance(error, Exception) and not isinstance(error, NOT_RAISED):
            return error
        return student_error(description, self._unpack)

    def _unpack(self, raw):
        if type(raw) is not bytes:
            raise wire.WireError("no_value")
        return wire.unpack(raw, self._object)

    def _object(self, unknown: wire.Unknown):
        if unknown.number < 0:
            return self.given.object(unknown.number)
        self.given.came(unknown.number)
        return self._handle(unknown)

    def _crossing(self, value) -> int:
        number = self._number(value)
        return self.given.number(value) if number is None else number

    def _print(self, printed) -> None:
        """Write what the student's code has printed where the test's own prints would go."""
        for name, stream in (("out", sys.stdout), ("err", sys.stderr)):
            text = printed.get(name) if type(printed) is dict else None
            if type(text) is str and self._printed < MOST_PRINTED:
                text = wire.printable(text[: MOST_PRINTED - self._printed])
                self._printed += len(text)
                stream.write(text)
