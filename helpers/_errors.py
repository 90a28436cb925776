"""An exception in the words that students read: what it says, and where it happened."""

import linecache
import traceback

from helpers.messages import message

LONGEST = 500  # characters of an exception's text


def text(error):
    """The text of an exception, cut where it is too long; in our words where NumPy's says how
    to use another function but not what is wrong.
    """
    try:
        found = str(error).strip()
    except Exception:  # an exception class of the student's may fail to describe itself
        return ""
    if "np.sum(generator)" in found:
        return message("generator_sum")
    return found if len(found) <= LONGEST else f"{found[:LONGEST]}…"


def place(error, names, besides=None):
    """The last line of the notebook that an exception went through: (function, number, text).

    names: the global names of the notebook, the dictionary itself. besides: the filename of a cell
    that does not count. Returns None where no such line is known.
    """
    last = None
    for step, line in traceback.walk_tb(error.__traceback__):
        if step.f_globals is names and step.f_code.co_filename != besides:
            last = step.f_code, line
    if last is None:
        return None
    code, line = last
    source = linecache.getline(code.co_filename, line).strip()
    function = message("top_level") if code.co_name == "<module>" else code.co_name
    return function, line, source
