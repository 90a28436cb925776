"""What to tell a student whose check failed, from the exception that ended it."""

from helpers._comparison import failed_comparison
from helpers._errors import place, text
from helpers._order import missing_name, why_missing
from helpers._reasons import Vague
from helpers.messages import message


def hint(error, reasons, frame):
    """The text to show under a failed block of checks: what the error says, then the reasons.

    A failed `assert` with a text of its own says more than a vague reason, which is left out.

    error: the exception that ended the block.
    reasons: the texts that the checks inside gave, see `helpers._reasons`.
    frame: the one that runs the code of the block. Of its source at most one comparison is shown,
    and none that students do not have: it may hold a hidden test.
    """
    lines = _from_error(error, frame)
    if lines and isinstance(error, AssertionError):
        reasons = [reason for reason in reasons if not isinstance(reason, Vague)]
    lines = [*lines, *reasons]
    if not lines:
        lines = [failed_comparison(error, frame.f_code.co_filename) or message("no_hint")]
    return "\n".join(dict.fromkeys(lines))


def _from_error(error, frame):
    """The lines that an exception gives; none for a failed `assert` without a text of its own."""
    said = text(error)
    if isinstance(error, AssertionError):
        return [said] if said else []
    if isinstance(error, NotImplementedError):
        return [said or message("not_implemented")]
    if name := missing_name(error):
        lines = [why_missing(name)]
    else:
        kind = type(error).__name__
        lines = [message("error", error=f"{kind}: {said}" if said else kind)]
    where = _place(error, frame)
    return [*lines, where] if where else lines


def _place(error, frame):
    """Where in the student's code an error happened: a sentence, or None where it is not known.

    That is the last line of the notebook that the error went through, outside of the cell of the
    block. An error of another process has it in its attribute `student_place`, as
    (function, line, the line's text).
    """
    if told := getattr(error, "student_place", None):
        return _where(*told)
    found = place(error, frame.f_globals, besides=frame.f_code.co_filename)
    return _where(*found) if found else None


def _where(function, line, source):
    function = message("top_level") if function == "<module>" else function
    return message("error_place", function=function, line=line, source=source).rstrip(": ")
