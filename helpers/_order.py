"""Why a name does not exist yet: the cell that defines it was not run, or stopped.

A blank that was not filled stops its cell. Cells that need its names stop too, and then lack in
turn the names that later cells need. This module notes which cells stopped, so that a student who
lacks a name is led back to the blank.
"""

import re
import sys

from helpers import _errors, _render
from helpers.messages import message

# The names that a cell defines are read from its lines, without parsing: a cell with an error of
# syntax defines names too.
BINDS = re.compile(r"^(?:(?:def|class)[ \t]+(\w+)|(\w+(?:[ \t]*,[ \t]*\w+)*)[ \t]*=(?!=))", re.M)
COMMENT = re.compile(r"^[ \t]*#.*\n", re.M)
UNDEFINED = re.compile(r"name '(\w+)' is not defined")
_LONGEST = 200  # characters of an exception's text
_stopped = {}  # a cell's id, or its source → its `_Stop`, the latest last


class _Stop:
    """A cell that stopped with an exception.

    names: what the cell would have defined. asked: the words of its comments if it is a blank.
    missing: the name that it lacked, or None. text: what stopped it, for students to read.
    place: the line of the notebook where that happened, as `_errors.place` gives it, or None.
    """

    def __init__(self, source, kind, text, missing, place=None):
        found = [define or assign for define, assign in BINDS.findall(source)]
        self.names = {name for names in found for name in re.split(r"[ \t]*,[ \t]*", names)}
        # A blank defines nothing yet: its comment says what has to be defined there.
        is_blank = kind == "NotImplementedError"
        self.asked = set(re.findall(r"\w+", "".join(COMMENT.findall(source)))) if is_blank else ()
        self.missing = missing
        text = text.rstrip(".")  # it ends inside of a sentence
        # The text of a guard such as `assert losses, "Falta entrenar"` says it all.
        says_all = text and kind in ("NotImplementedError", "AssertionError")
        self.text = text if says_all else f"{kind}: {text}" if text else kind
        if place and not is_blank:
            function, line, code = place
            self.text = message(
                "stop_place", error=self.text, function=function, line=line, source=code
            )
        if kind == "KeyboardInterrupt":
            self.text = message("interrupted")


def told(stops):
    """Take over which cells stopped in another process; forget all others.

    stops: for each cell its source, the name of its exception's class and the exception's text.
    """
    _stopped.clear()
    for source, kind, text in stops:
        missing = UNDEFINED.match(text) if kind == "NameError" else None
        _stopped[source] = _Stop(source, kind, text[:_LONGEST], missing and missing[1])


def follow_order():
    """Note from now on the cells of this kernel that stop.

    Below a cell that lacks a name, say why that may be.
    """
    shell = _shell()
    if shell is not None and _note not in shell.events.callbacks["post_run_cell"]:
        shell.events.register("post_run_cell", _note)


def missing_name(error):
    """The global name that an exception says does not exist; None for any other exception."""
    if isinstance(error, NameError) and not isinstance(error, UnboundLocalError):
        return error.name or None
    return None


def why_missing(name):
    """A sentence for students on a name that does not exist: why, and what to do."""
    if reason := _reason(name):
        return message("name_stopped", name=name, reason=reason)
    return message("name_error", name=name)


def _reason(name):
    """What stopped the cell that defines `name`; None where no such cell is known to have stopped.

    Where that cell lacked a name itself, the reason is that of the cell which defines that one, and
    so on back to the first.
    """
    asked, reason = set(), None
    while name and name not in asked:
        asked.add(name)
        known = list(_stopped.values())
        stops = [stop for stop in known if name in stop.names]
        stops = stops or [stop for stop in known if name in stop.asked]
        name = None
        if stops:
            reason, name = stops[-1].text, stops[-1].missing
    return reason


def _note(result):
    """Note how the cell that has just been run ended: IPython's event `post_run_cell`."""
    source, cell_id = result.info.raw_cell, getattr(result.info, "cell_id", None)
    if not isinstance(source, str):
        return
    _stopped.pop(cell_id or source, None)
    error = result.error_before_exec or result.error_in_exec
    if error is None:
        return
    name = missing_name(error)
    # Only JupyterLab and other front ends tell the id of the cell. The grader does not, and there
    # nothing may be added to what the student's cells show.
    if name and cell_id:
        title = message("out_of_order")
        _render.show(_render.verdict(title, _render.AMBER, why_missing(name)))
    text = _errors.text(error)[:_LONGEST]
    place = _errors.place(error, getattr(_shell(), "user_ns", None))
    _stopped[cell_id or source] = _Stop(source, type(error).__name__, text, name, place)


def _shell():
    """IPython's shell; None outside of a notebook."""
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython is not None else None
