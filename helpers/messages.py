"""Every sentence that students read, in the language of their assignment.

A sentence has a key, and places in braces for values: `message("length", length=3)`. To add a
language, write its table as those of `_spanish` and `_english`, and add it to `TEXTS`, here and in
`grading.words` and `candidate_kernel.wire_words`. What a table lacks is shown in Spanish.

The language is, in this order: what `using` or `use_language` was given; the variable
COURSE_LANGUAGE of the process, by which the grader tells it; what the description of the
assignment says, which is released beside the notebook; Spanish.
"""

import os
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path

from helpers._description import described
from helpers._english import ENGLISH
from helpers._spanish import SPANISH

TEXTS = {"es": SPANISH, "en": ENGLISH}
FIRST = "es"
VARIABLE = "COURSE_LANGUAGE"

_within = ContextVar("language", default=None)  # of a `with using(…)` block
_chosen = None  # by `use_language`


def use_language(code):
    """Show the messages that follow in another language.

    code: a key of `TEXTS`, such as "es"; None for that of the assignment again. Raises ValueError
    for any other.
    """
    global _chosen
    _chosen = None if code is None else _known(code)


@contextmanager
def using(code):
    """Show the messages inside a `with` block in another language: see `use_language`."""
    token = _within.set(_known(code))
    try:
        yield
    finally:
        _within.reset(token)


def language():
    """The language in use, a key of `TEXTS`."""
    told = _within.get() or _chosen or os.environ.get(VARIABLE)
    return told if told in TEXTS else _released()


def released_language(folder):
    """The language that the description of the assignment in a folder says; None without one."""
    said = described(folder).get("language")
    return said if isinstance(said, str) and said in TEXTS else None


def message(key, /, **values):
    """The sentence of a key in the language in use.

    values: by keyword, what stands in the places of the sentence.
    Raises KeyError for a key that there is not, or when a value is missing.
    """
    return TEXTS[language()].get(key, SPANISH[key]).format(**values)


@lru_cache(maxsize=1)
def _released():
    """What is said beside the notebook or, where the notebook has left its folder, this package."""
    folders = (Path.cwd(), Path(__file__).resolve().parents[1])
    return next(filter(None, map(released_language, folders)), FIRST)


def _known(code):
    if code not in TEXTS:
        raise ValueError(f'"code" must be one of {sorted(TEXTS)}: {code!r}')
    return code
