"""What to tell a student whose check failed, from the exception that ended it."""

import linecache
import traceback

from helpers._comparison import failed_comparison
from helpers._order import missing_name, why_missing
from helpers.messages import message

_LONGEST = 500


def hint(error, reasons, frame):
    """The lines to show: what `error` says, then the `reasons` of the failed checks.

    `frame` is the one of the block of checks. Of its own source only a comparison that students
    have is shown: the rest may hold a hidden test.
    """
    lines = [*_from_error(error, frame), *reasons]
    if not lines:
        lines = [failed_comparison(error, frame.f_code.co_filename) or message("no_hint")]
    return "\n".join(dict.fromkeys(lines))


def _from_error(error, frame):
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
    try:
        text = str(error).strip()
    except Exception:  # an exception class of the student's may fail to describe itself
        return ""
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _place(error, frame):
    """The last line of the student's own code that `error` went through, outside the block.

    An error that comes from another process says so itself, in `student_place`.
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
