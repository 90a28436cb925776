"""Why a name does not exist yet: the cell that binds it was not run, or stopped.

A notebook's blanks stop the cells that need them, which then leave names unbound that later cells
need in turn. What is noted here of cells that stopped leads back to the blank.
"""

import re
import sys

from helpers import _render
from helpers.messages import message

# What a cell binds, told from its lines so that a cell with a slip in its syntax counts too.
BINDS = re.compile(r"^(?:(?:def|class)[ \t]+(\w+)|(\w+(?:[ \t]*,[ \t]*\w+)*)[ \t]*=(?!=))", re.M)
COMMENT = re.compile(r"^[ \t]*#.*\n", re.M)
UNDEFINED = re.compile(r"name '(\w+)' is not defined")
_LONGEST = 200
_stopped = {}  # a cell's id, or its source → the names it binds and what stopped it


class _Stop:
    def __init__(self, source, kind, text, missing):
        found = [define or assign for define, assign in BINDS.findall(source)]
        self.names = {name for names in found for name in re.split(r"[ \t]*,[ \t]*", names)}
        # A blank binds nothing yet: the comment above it says what has to be defined there.
        is_blank = kind == "NotImplementedError"
        self.asked = set(re.findall(r"\w+", "".join(COMMENT.findall(source)))) if is_blank else ()
        self.missing = missing
        self.text = text if is_blank and text else f"{kind}: {text}" if text else kind
        if kind == "KeyboardInterrupt":
            self.text = message("interrupted")


def told(stops):
    """Know of the cells that stopped in another process, and of no other: the source of each, the
    name of its exception's class and its text.
    """
    _stopped.clear()
    for source, kind, text in stops:
        missing = UNDEFINED.match(text) if kind == "NameError" else None
        _stopped[source] = _Stop(source, kind, text[:_LONGEST], missing and missing[1])


def follow_order():
    """From now on note the cells of this kernel that stop, and say below those that lack a name
    why that may be.
    """
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is not None and _note not in shell.events.callbacks["post_run_cell"]:
        shell.events.register("post_run_cell", _note)


def missing_name(error):
    """The name that `error` says does not exist; None for any other error."""
    if isinstance(error, NameError) and not isinstance(error, UnboundLocalError):
        return error.name or None
    return None


def why_missing(name):
    """A sentence: what to do about a name that does not exist."""
    if reason := _reason(name):
        return message("name_stopped", name=name, reason=reason)
    return message("name_error", name=name)


def _reason(name):
    """What stopped the cell that binds `name`, or the one that it waits for; None if none is known
    to have stopped.
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
    source, cell_id = result.info.raw_cell, getattr(result.info, "cell_id", None)
    if not isinstance(source, str):
        return
    _stopped.pop(cell_id or source, None)
    error = result.error_before_exec or result.error_in_exec
    if error is None:
        return
    name = missing_name(error)
    # Only where the front end tells which cell it is, as JupyterLab does: what is graded shows
    # what its cells show.
    if name and cell_id:
        title = message("out_of_order")
        _render.show(_render.verdict(title, _render.AMBER, why_missing(name)))
    _stopped[cell_id or source] = _Stop(source, type(error).__name__, _text(error), name)


def _text(error):
    try:
        return str(error).strip()[:_LONGEST]
    except Exception:  # an exception class of the student's may fail to describe itself
        return ""
