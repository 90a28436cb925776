"""Blocks of checks with marks, for `with` statements, and the tally of their results.

    # Salidas
    with tick.marks(5):
        assert check_hash(outputs, ((16, 4, 1), 519.7419046193046))

A block shows ✓ or ✘ with what to look at, leaves the random generators as they were, and on failure
raises `CheckFailed`. Its result replaces the one that the same block gave before, and is called by
the first comment of its cell. Of several blocks at the left margin of a cell each gives its marks:
all of them are run, and the last one raises the error of those that failed.
"""

import linecache
import math
import sys
from contextlib import ExitStack
from numbers import Real

from helpers import _render, _summary
from helpers._executions import CheckFailed, ended, execution_of, forget_execution, traceback_line
from helpers._generators import preserved
from helpers._hints import hint
from helpers._identity import fields_beside, held
from helpers._older import missing
from helpers._order import follow_order
from helpers._reasons import collecting
from helpers._saved import fingerprint, follow_cells, running
from helpers._tally import Place, Result, Tally
from helpers._titles import check_title
from helpers.messages import message

__all__ = [
    "CheckFailed",
    "Marks",
    "Tally",
    "marks",
    "prestige_mark",
    "reset_marks",
    "results",
    "summarise_marks",
    "tick",
]

_default_tally = Tally()
follow_cells()
follow_order()


class _Block:
    """What all blocks of checks do: judge what is inside and restore the random generators.

    A kind of block says in `_pass` and `_fail` what follows. Both receive the frame of the code
    that holds the block; `_fail` also the error and the hint. It returns True for an error that the
    notebook must not see.
    """

    def __enter__(self):
        self._frame = sys._getframe(1)
        self._line = self._frame.f_lineno
        self._inside = ExitStack()
        self._inside.enter_context(preserved())
        self._reasons = self._inside.enter_context(collecting())
        return self

    def __exit__(self, kind, error, trace):
        frame, self._frame = self._frame, None
        self._inside.close()
        if error is None:
            return self._pass(frame)
        if isinstance(error, Exception):
            return self._fail(frame, error, hint(error, self._reasons, frame))
        return False  # an interruption says nothing about the answer

    def _pass(self, frame):
        raise NotImplementedError

    def _fail(self, frame, error, text):
        raise NotImplementedError


class _MarkedBlock(_Block):
    """A block worth `marks` marks, whose result is recorded in a tally.

    name: what the result is called and known by; without one, the title of its cell and the place
    of the block.
    """

    def __init__(self, marks, name=None, tally=None):
        if not isinstance(marks, Real) or not math.isfinite(marks) or marks < 0:
            raise ValueError(message("bad_marks", marks=marks))
        self.marks = marks
        self.name = name
        self._tally = _default_tally if tally is None else tally

    def _pass(self, frame):
        cell = execution_of(frame, self._line)
        self._record(frame, cell, True)
        title = message("passed", marks=_render.number(self.marks))
        _render.show(_render.verdict(title, _render.GREEN))
        if cell.failed and cell.is_last(self._line):
            raise ended(cell)
        return False

    def _fail(self, frame, error, text):
        cell = execution_of(frame, self._line)
        name = self._record(frame, cell, False, text)
        title = message("failed", marks=_render.number(self.marks))
        _render.show(_render.verdict(title, _render.RED, text))
        cell.failed[self._line] = name or title, text, error
        if not cell.is_last(self._line):
            return True  # the blocks below give their marks too
        raise ended(cell) from error

    def _record(self, frame, cell, passed, text=""):
        """Record the result; returns its name, None where it has none."""
        name = self.name or cell.title(self._line) or _cell_title(frame)
        result = Result(name, self.marks, passed, text)
        if self.name:
            self._tally.record(("id", self.name), result)
        else:
            # A function's frame would keep the student's data alive; a cell's keeps nothing new.
            in_cell = frame.f_code.co_name == "<module>"
            self._tally.record(_place(frame), result, run=frame if in_cell else None)
        return name


class Marks(_MarkedBlock):
    """A block of checks that is known by its name and not by its place.

    id: the name. A block of the same name replaces its result, wherever it stands.
    n: what it is worth, a number from 0 up; ValueError for any other.
    tally: the `Tally` that keeps its result; by default the one of this kernel.
    """

    def __init__(self, id, n, tally=None):
        super().__init__(n, str(id), tally)
        self.id = id


class _Tick(_Block):
    """A block without marks: shown, not recorded."""

    def _pass(self, frame):
        _render.show(_render.verdict(message("correct"), _render.GREEN))

    def _fail(self, frame, error, text):
        title = message("incorrect")
        _render.show(_render.verdict(title, _render.RED, text))
        raise CheckFailed(text, traceback_line(_cell_title(frame) or title, text)) from error


class _Prestige(_Block):
    """A block of an optional challenge: shown, not recorded, and no error when it fails."""

    def _pass(self, frame):
        _render.show(_render.verdict(message("prestige"), _render.GREEN))

    def _fail(self, frame, error, text):
        _render.show(_render.verdict(message("prestige_not_yet"), _render.AMBER, text))
        return True


def marks(marks):
    """A block of checks, for a `with` statement.

    marks: what it is worth, a number from 0 up; ValueError for any other.
    """
    return _MarkedBlock(marks)


def tick():
    """A block of checks without marks, for a `with` statement."""
    return _Tick()


def prestige_mark():
    """A block of an optional challenge, for a `with` statement.

    It shows a 🏆 when it passes, and raises no error when it does not.
    """
    return _Prestige()


def reset_marks():
    """Forget every result of this kernel's blocks."""
    forget_execution()
    _default_tally.clear()


def results():
    """What each block of checks gave so far, in the order in which they were first run.

    Returns a list of objects with `name` (None for a cell without a comment), `marks`, `passed`,
    `hint` and `earned`.
    """
    return _default_tally.results


def summarise_marks(notebook=None, lab=None, tally=None):
    """Show the marks earned so far, check by check.

    notebook: the name of this notebook, without .ipynb. With it, the result is kept in the folder
    `.tally` beside the notebook.
    lab: name → marks available, for every notebook of the lab. With it, checks that were not run
    count as missing, and the total of the lab is shown once all its notebooks were run.
    tally: the `Tally` whose results are shown; by default the one of this kernel.
    """
    tally = _default_tally if tally is None else tally
    identity = held(sys._getframe(1).f_globals, fields_beside())
    _render.show(_summary.card(notebook, lab or {}, tally, identity))


def __getattr__(name):
    """Say what to use in place of a name of the older library."""
    missing("tick", name)


def _place(frame):
    """Where the block stands whose code runs in `frame`."""
    code = frame.f_code
    text = running()
    return Place(_cell_id(), code.co_filename, frame.f_lineno, code, text and fingerprint(text))


def _cell_id():
    """The id of the notebook cell that is running; None where the front end has not told it."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    try:
        return shell.get_parent()["metadata"]["cellId"]
    except (AttributeError, KeyError, TypeError):  # a terminal, or a front end that does not
        return None


def _cell_title(frame):
    """The title of the cell that a frame runs; None in a module's file or where there is none."""
    filename = frame.f_code.co_filename
    if frame.f_globals.get("__file__") == filename:
        return None
    # Below a magic such as %%time Python does not know the cell's text.
    return check_title("".join(linecache.getlines(filename)) or running())
