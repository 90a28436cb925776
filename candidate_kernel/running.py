"""Runs the student's code for a question, which may stop in the middle to call the test's."""

import contextvars
import threading
from collections.abc import Callable

from greenlet import getcurrent, greenlet

from .wire_words import sentence


class Running:
    """What runs for the questions of a check, each question on a stack of its own.

    When the student's code calls a function of the test's, its stack is put aside, and that call is
    the reply to the question. What the function gave comes with a later question, and the stack
    goes on with it. The stacks are greenlets because threads can't do the same: interruptions and
    Matplotlib need the main thread.
    """

    def __init__(self):
        self._waiting: list[greenlet] = []

    def end(self) -> None:
        """The check is over: end what still waits for a function of its test, which no longer can
        be called."""
        while self._waiting:
            self._waiting.pop().throw()

    def run(self, answer: Callable[[], dict]) -> dict:
        """What `answer` returns, or the first call of a function of the test's on the way there."""
        task = greenlet(answer)
        task.gr_context = contextvars.copy_context()
        return self._switch(task)

    def go_on(self, outcome: dict) -> dict:
        """Give the code that called last what its call gave; returns as `run` does."""
        if not self._waiting:
            raise RuntimeError("nothing waits for a function of the test")
        return self._switch(self._waiting.pop(), outcome)

    def _switch(self, task: greenlet, *values) -> dict:
        self._grader, self._thread = getcurrent(), threading.get_ident()
        return task.switch(*values)

    def call(self, reply: dict) -> dict:
        """From within the student's code: reply with a call, and wait for what it gives.

        Raises RuntimeError where that is not the code which answers the question.
        """
        task = getcurrent()
        if threading.get_ident() != self._thread or task is self._grader:
            raise RuntimeError(sentence("other_thread"))
        self._waiting.append(task)
        return self._grader.switch(reply)
