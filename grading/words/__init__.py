"""Every sentence that students read from grading alone, in the language of their assignment.

What a notebook shows while students work is in `helpers.messages`, whose language is the one here:
`with using(assignment.language): …`. Both are plain tables of Python, not gettext's catalogues:
sentences have keys, because an English sentence as the key would make each change of it a change
of all languages; no compiled files need to be built, shipped to students and installed; a sentence
is looked for and mended where a test tells that all languages have it, with the same places.
"""

from grading.words.english import ENGLISH
from grading.words.spanish import SPANISH
from helpers.messages import FIRST, language, using

__all__ = ["FIRST", "TEXTS", "language", "say", "using"]

TEXTS = {"es": SPANISH, "en": ENGLISH}


def say(key: str, /, **values: object) -> str:
    """The sentence of a key in the language in use.

    values: by keyword, what stands in the places of the sentence.
    Raises KeyError for a key that there is not, or when a value is missing.
    """
    return TEXTS[language()].get(key, SPANISH[key]).format(**values)
