"""One execution of a cell with blocks of checks: what failed in it, and the error that says so."""

import linecache
import os

from helpers._blocks import blocks
from helpers.messages import message

_running = None  # the `Execution` whose block was run last


class CheckFailed(AssertionError):
    """A block of checks failed. Its text is the hint.

    A notebook shows `line` in place of a traceback, which would quote the check's source. causes:
    the line of each block that failed → the error that ended it.
    """

    def __init__(self, text, line=None, causes=None):
        super().__init__(text)
        self._line = line or text
        self.causes = causes or {}

    def _render_traceback_(self):
        return [f"{type(self).__name__}: {self._line}"]


class Execution:
    """One execution of a cell with blocks of checks, and those that have failed in it.

    failed: the line of a block → its name, its hint and its error.
    """

    def __init__(self, frame, line):
        self._filename, self._reached, self.failed = frame.f_code.co_filename, line, {}
        in_cell = frame.f_code.co_name == "<module>"
        found = blocks("".join(linecache.getlines(frame.f_code.co_filename))) if in_cell else []
        self._titles = {block.line: block.title for block in found}

    def goes_on(self, frame, line):
        """Whether the block on `line` of a frame's code stands below those of this execution.

        IPython runs each statement of a cell in a frame of its own, so a frame tells nothing.
        """
        below, self._reached = line > self._reached, line
        return below and frame.f_code.co_filename == self._filename

    def title(self, line):
        return self._titles.get(line)

    def is_last(self, line):
        """Whether no other block of the cell comes after the one on `line`."""
        return line not in self._titles or line == max(self._titles)

    def error(self):
        """The error of the blocks that failed."""
        names, texts, errors = zip(*self.failed.values(), strict=True)
        several = len(names) > 1
        text = "\n".join(map("{}: {}".format, names, texts)) if several else texts[0]
        lines = "\n".join(map(traceback_line, names, texts))
        return CheckFailed(text, lines, dict(zip(self.failed, errors, strict=True)))


def execution_of(frame, line):
    """The execution of a cell to which the block on `line` belongs that runs in `frame`."""
    global _running
    if frame.f_code.co_name != "<module>":
        return Execution(frame, line)
    if _running is None or not _running.goes_on(frame, line):
        _running = Execution(frame, line)
    return _running


def ended(cell):
    """The error of the blocks that failed in an execution, which ends with it."""
    global _running
    _running = None
    return cell.error()


def forget_execution():
    """Take the next block for the first one of its cell."""
    global _running
    _running = None


def traceback_line(name, text):
    """The line that a notebook shows in place of the traceback of a failed check."""
    name = name.removeprefix("✘ ")  # a block without a name is called by its card's title
    if os.environ.get("NBGRADER_VALIDATING"):  # nbgrader's Validate shows nothing but this
        return message("traceback_with_hint", name=name, hint=text)
    return message("short_traceback", name=name)
