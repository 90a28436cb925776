"""Causes of errors that a notebook has when it is graded and had not at home, in words for both."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from grading.words import say


class Cause(Enum):
    """A cause: the instructor's sentence, with what it leaves open; the student's is in
    `grading.words`."""

    SYNTAX = "{english}: Python {needed}, and grading uses {ours}{saved_english}"
    NEWER_PYTHON = "the notebook was saved by Python {theirs}, and grading uses {ours}"
    COLAB = "{name} exists in Google Colab only"
    LIBRARY = "{name} is neither in the course nor handed in"
    WINDOWS = "{name} exists on Windows only"
    VERSION = "{library} {version} has no {name}"
    NETWORK = "it asks for the network, and grading has none"
    INSTALL = "it installs from the network, and grading has none"
    INPUT = "it waits for an answer to input(), and nobody is there to give one"
    DEBUGGER = "it opens a debugger, and nobody is there to use it"
    OTHER_NAME = "there is no {path}, but there is {found}"
    ABSOLUTE = "{path} is a path of another computer"
    NO_FILE = "there is no {path} among the files that were handed in"
    WINDOW = "it opens a window, and grading has no screen"
    GPU = "it needs a GPU, and grading has none"
    LOCALE = "the locale {name} is not on this machine; it was left as it was"
    EXIT = "it leaves by sys.exit()"
    RESTART = "it ends or restarts the kernel itself"


@dataclass(frozen=True)
class Explanation:
    """A cause with what its sentences leave open filled in.

    library: what `import` asked for, where the cause is a library that the course has not.
    """

    student: str
    instructor: str
    library: str = ""

    @classmethod
    def of(cls, cause: Cause, **open_parts: str) -> Explanation:
        student = say(f"cause_{cause.name.lower()}", **open_parts)
        return cls(
            student,
            cause.value.format(**open_parts),
            open_parts["name"] if cause is Cause.LIBRARY else "",
        )
