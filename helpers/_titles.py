"""What an exercise is called: the first comment of its cell, where that is a title."""

import ast
import re
from textwrap import shorten

_LONGEST = 80  # characters of a title
_SENTENCE = 120  # a comment of more characters explains something
# "###" opens and closes the instructor's regions, "# %%" opens a cell of a script.
_NO_TITLE = ("###", "# %%", "#%%", "#!")
# What tells the reader, or a tool, to do something, and what speaks of the cell.
_INSTRUCTION = re.compile(
    r"(?:no|nunca) +(?:l[aeo]s? +|se +)?(?:agreg|borr|cambi|edit|ejecut|elimin|escrib|modif|mov|"
    r"muev|quit|renombr|to(?:c|qu))|(?:por favor|please|do not|don't|never|no need)\b"
    r"|(?:aviso|atención|fixme|hint|importante|nota?|note|ojo|pista|todo|warning) *[:!]"
    r"|(?:noqa|type|fmt|pylint|mypy|ruff|isort|pragma|vim) *(?::|$)|-\*-"
    r"|.*\b(?:celdas?|cells?)\b",
    re.IGNORECASE,
)
_CODE = (ast.Assign, ast.AugAssign, ast.Assert, ast.Delete, ast.Import, ast.ImportFrom, ast.Raise)


def first_comment(source, besides=""):
    """The text of the first comment in the source of a cell, without its #; None without one.

    Comments whose text is a part of `besides` do not count.
    """
    for line in map(str.strip, source.splitlines()):
        if line.startswith("#") and not line.startswith(_NO_TITLE):
            text = line.lstrip("# ")
            if text and text not in besides:
                return text
    return None


def check_title(source):
    """The title of a check: the first comment of its cell, cut at a word after 80 characters.

    None where there is no comment, or one that is no title: an instruction such as "no borrar", a
    sentence or two, code that was commented out.
    """
    comment = first_comment(source)
    if not comment or len(comment) > _SENTENCE or comment.endswith((".", ";")):
        return None
    if _INSTRUCTION.match(comment) or _is_code(comment):
        return None
    short = shorten(comment, _LONGEST, placeholder="…")
    return short if len(short) > 1 else f"{comment[: _LONGEST - 1]}…"


def _is_code(comment):
    try:
        (statement,) = ast.parse(comment).body
    except (SyntaxError, ValueError):
        return False
    is_call = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)
    return is_call or isinstance(statement, _CODE)
