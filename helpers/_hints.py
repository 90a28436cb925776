"""What to tell a student whose check failed, from the exception that ended it."""

import linecache
import traceback

from helpers._comparison import failed_comparison
from helpers._order import missing_name, why_missing
from helpers.messages import message

_LONGEST = 500  # characters of an exception's text


def hint(error, reasons, frame):
    """The text to show under a failed block of checks: what the error says, then the reasons.

    error: the exception that ended the block.
    reasons: the texts that the checks inside gave, see `helpers._reasons`.
    frame: the one that runs the code of the block. Of its source at most one comparison is shown,
    and none that students do not have: it may hold a hidden test.
    """
    lines = [*_from_error(error, frame), *reasons]
    if not lines:
        lines = [failed_comparison(error, frame.f_code.co_filename) or message("no_hint")]
    return "\n".join(dict.fromkeys(lines))


def _from_error(error, frame):
    """The lines that an exception gives; none for a failed `assert` without a text of its own."""
    text = _text(error)
    if isinstance(error, AssertionError):
        return [text] if text else []
    if isinstance(error, NotImplementedError):
        return [text or message("not_implemented")]
    if name := missing_name(error):
        lines = [why_missing(name)]
    else:
        kind = type(error).__name__
        lines = [message("error", error=f"{kind}: {text}" if text else kind)]
    place = _place(error, frame)
    return [*lines, place] if place else lines


def _text(error):
    """The text of an exception, cut where it is too long."""
    try:
        text = str(error).strip()
    except Exception:  # an exception class of the student's may fail to describe itself
        return ""
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _place(error, frame):
    """Where in the student's code an error happened: a sentence, or None where it is not known.

    That is the last line of the notebook that the error went through, outside of the cell of the
    block. An error of another process has it in its attribute `student_place`, as
    (function, line, the line's text).
    """
    if told := getattr(error, "student_place", None):
        return _where(*told)
    last = None
    for step, line in traceback.walk_tb(error.__traceback__):
        own = step.f_globals is frame.f_globals
        if own and step.f_code.co_filename != frame.f_code.co_filename:
            last = step.f_code, line
    if last is None:
        return None
    code, line = last
    return _where(code.co_name, line, linecache.getline(code.co_filename, line).strip())


def _where(function, line, source):
    function = message("top_level") if function == "<module>" else function
    return message("error_place", function=function, line=line, source=source).rstrip(": ")
