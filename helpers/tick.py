"""Blocks of checks with marks, for `with` statements, and the tally of their results.

    with tick.marks(5):
        assert check_hash(outputs, ((16, 4, 1), 519.7419046193046))

A block shows ✓ or ✘ with what to look at, leaves the random generators as they were, and on failure
raises `CheckFailed`. Its result replaces the one that the same block gave before.
"""

import linecache
import math
import os
import sys
from contextlib import ExitStack
from numbers import Real

from helpers import _render, _tally
from helpers._generators import preserved
from helpers._hints import hint
from helpers._order import follow_order
from helpers._reasons import collecting
from helpers._saved import executed, follow_cells
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


class CheckFailed(AssertionError):
    """A block of checks failed; the text is the hint. A notebook shows it in one line."""

    def __init__(self, text, line=None):
        super().__init__(text)
        self._line = line or text

    def _render_traceback_(self):
        return [f"{type(self).__name__}: {self._line}"]


class _Block:
    """A block of checks: knows whether it passed, and leaves random generators alone."""

    def __enter__(self):
        self._frame = sys._getframe(1)
        self._inside = ExitStack()
        self._inside.enter_context(preserved())
        self._reasons = self._inside.enter_context(collecting())
        return self

    def __exit__(self, kind, error, trace):
        frame, self._frame = self._frame, None
        self._inside.close()
        if error is None:
            self._pass(frame)
        elif isinstance(error, Exception):
            return self._fail(frame, error, hint(error, self._reasons, frame))
        return False  # an interruption says nothing about the answer

    def _pass(self, frame):
        raise NotImplementedError

    def _fail(self, frame, error, text):
        raise NotImplementedError


class _MarkedBlock(_Block):
    def __init__(self, marks, name=None, tally=None):
        if not isinstance(marks, Real) or not math.isfinite(marks) or marks < 0:
            raise ValueError(message("bad_marks", marks=marks))
        self.marks = marks
        self.name = name
        self._tally = _default_tally if tally is None else tally

    def _pass(self, frame):
        self._record(frame, True)
        title = message("passed", marks=_render.number(self.marks))
        _render.show(_render.verdict(title, _render.GREEN))

    def _fail(self, frame, error, text):
        name = self._record(frame, False, text)
        title = message("failed", marks=_render.number(self.marks))
        _render.show(_render.verdict(title, _render.RED, text))
        raise CheckFailed(text, _traceback(name or title, text)) from error

    def _record(self, frame, passed, text=""):
        name = self.name or _cell_title(frame)
        result = Result(name, self.marks, passed, text)
        if self.name:
            self._tally.record(("id", self.name), result)
        else:
            # A function's frame would keep the student's data alive; a cell's keeps nothing new.
            in_cell = frame.f_code.co_name == "<module>"
            self._tally.record(_place(frame), result, run=frame if in_cell else None)
        return name


class Marks(_MarkedBlock):
    """A block worth `n` marks under the name `id`, wherever it stands."""

    def __init__(self, id, n, tally=None):
        super().__init__(n, str(id), tally)
        self.id = id


class _Tick(_Block):
    def _pass(self, frame):
        _render.show(_render.verdict(message("correct"), _render.GREEN))

    def _fail(self, frame, error, text):
        title = message("incorrect")
        _render.show(_render.verdict(title, _render.RED, text))
        raise CheckFailed(text, _traceback(_cell_title(frame) or title, text)) from error


class _Prestige(_Block):
    def _pass(self, frame):
        _render.show(_render.verdict(message("prestige"), _render.GREEN))

    def _fail(self, frame, error, text):
        _render.show(_render.verdict(message("prestige_not_yet"), _render.AMBER, text))
        return True


def marks(marks):
    """A block of checks worth `marks` marks."""
    return _MarkedBlock(marks)


def tick():
    """A block of checks without marks."""
    return _Tick()


def prestige_mark():
    """A block for an optional challenge: a 🏆 when it passes; no error when it does not."""
    return _Prestige()


def reset_marks():
    """Forget every result."""
    _default_tally.clear()


def results():
    """What each block of checks gave so far: name, marks, passed and hint."""
    return _default_tally.results


def summarise_marks(notebook=None, lab=None, tally=None):
    """Show the marks earned so far, by exercise.

    With the notebook's name and `lab`, the marks of every notebook of the lab by name, checks that
    were not run count as missing, the result is kept in the folder `.tally`, and the total of the
    lab is shown as soon as all its notebooks were run.
    """
    tally = _default_tally if tally is None else tally
    lab = lab or {}
    score = tally.score(lab.get(notebook))
    notes = [] if len(tally) else [message("empty_tally")]
    # With no result at all nothing was run: what an earlier session kept is worth more.
    if notebook is not None and len(tally) and not _tally.save(notebook, score, executed()):
        notes.append(message("not_saved"))
    parts = [_notebook_part(notebook, tally, score, notes)]
    if len(lab) > 1:
        parts += _lab_parts(notebook, lab, score if len(tally) else None, notes)
    if notebook is not None and _tally.is_stale(notebook):
        notes.append(message("unsaved"))
    if stale := [name for name in lab if name != notebook and _tally.is_stale(name)]:
        notes.append(message("stale", notebooks=", ".join(stale)))
    notes.append(message("by_hand"))
    _render.show(_render.summary(parts))


def _notebook_part(notebook, tally, score, notes):
    title = message("tally_title", notebook=notebook) if notebook else message("tally_title_plain")
    rows = [
        (result.passed, result.name or message("exercise", number=k), _of(result))
        for k, result in enumerate(tally.results, 1)
    ]
    missing = score.available - sum(result.marks for result in tally.results)
    if missing > 0:
        rows.append((None, message("not_run"), f"0 / {_render.number(missing)}"))
    header = message("column_exercise"), message("column_marks")
    return title, score, header, rows, notes


def _lab_parts(notebook, lab, score, notes):
    """The part of the whole lab, or none and a note that says which notebooks are pending."""
    scores = {name: _tally.load(name, available) for name, available in lab.items()}
    if score is not None and notebook in lab:
        scores[notebook] = score
    pending = [name for name, found in scores.items() if found is None]
    if pending:
        notes.append(message("lab_pending", notebooks=", ".join(pending)))
        return []
    total = _tally.Score(sum(s.earned for s in scores.values()), sum(lab.values()))
    rows = [(s.earned == s.available, name, _of_score(s)) for name, s in scores.items()]
    header = message("column_notebook"), message("column_marks")
    return [(message("lab_title"), total, header, rows, [])]


def _of(result):
    return f"{_render.number(result.earned)} / {_render.number(result.marks)}"


def _of_score(score):
    return f"{_render.number(score.earned)} / {_render.number(score.available)}"


def _traceback(name, text):
    """What stands for the traceback of a failed check; the card above it has the hint."""
    name = name.removeprefix("✘ ")  # a block without a name is called by its card's title
    if os.environ.get("NBGRADER_VALIDATING"):  # nbgrader's Validate shows nothing but this
        return message("traceback_with_hint", name=name, hint=text)
    return message("short_traceback", name=name)


def _place(frame):
    code = frame.f_code
    return Place(_cell_id(), code.co_filename, frame.f_lineno, code)


def _cell_id():
    """The id of the notebook cell that is running, if the front end told the kernel."""
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
    return check_title("".join(linecache.getlines(filename)))
