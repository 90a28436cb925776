"""Answers that say the same, or nearly the same, put together."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple

from rapidfuzz import fuzz, process

EQUAL = 100
ABOVE_LETTERS = 200  # Unicode's classes of accents begin here; strokes through signs (≠) are below
# What a formula or a piece of code consists of counts, whatever it is: $x<1$, `a-b`.
EXACT = re.compile(r"(\$\$?[^$]+\$\$?|`[^`]+`)")
# Punctuation that changes what a sentence says: decimals, signs, operators, shares.
MEANT = re.compile(r"(?<=\d)[.,:](?=\d)|(?<!\w)-(?=\d)|!(?==)|[%/\\&@]")

# What no near answer may have otherwise: numbers, signs, and the words that turn a sentence around.
FACTS = re.compile(
    r"[\d.,:<>=≤≥≠+^/%-]*\d[\d.,:]*|[<>=≤≥≠+]+|\w*n t\b|\b(?:no|ni|nunca|jamas|sin|tampoco|ningun"
    r"|ninguno|ninguna|nada|not|nor|never|neither|none|without|cannot)\b"
)


class Form(NamedTuple):
    """What two equal answers have alike.

    words: their text without spaces, case, accents and punctuation. pictures: a digest of them.
    """

    words: str
    pictures: str = ""


class Group(NamedTuple):
    """Answers that are marked together.

    variants: the ids of the answers by form, the most frequent form first; no variant is empty.
    is_empty: whether nothing was answered.
    """

    variants: list[list[str]]
    is_empty: bool = False

    def __len__(self) -> int:
        return sum(map(len, self.variants))


def words(text: str) -> str:
    """`text` as it is compared: case, accents, spaces and punctuation taken out.

    Formulas and code keep all but their spaces; between and before digits, signs stay.
    """
    parts = EXACT.split(text)
    for place, part in enumerate(parts):
        parts[place] = "".join(part.strip("$`").split()) if place % 2 else _plain(part)
    return " ".join(" ".join(parts).split())


def words_of_code(text: str) -> str:
    """Code as it is compared: without blank lines and spaces at the end of lines."""
    return "\n".join(line.rstrip() for line in text.splitlines() if line.strip())


class _Without(dict):
    """For `str.translate`: what becomes of each character, found out once."""

    def __init__(self, become: Callable[[str], str | None]):
        super().__init__()
        self._become = become

    def __missing__(self, code: int) -> str | None:
        self[code] = self._become(chr(code))
        return self[code]


WITHOUT_ACCENTS = _Without(lambda c: c if unicodedata.combining(c) < ABOVE_LETTERS else None)
WITHOUT_SIGNS = _Without(lambda c: " " if unicodedata.category(c)[0] in "PZC" else c)


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFD", text.casefold()).translate(WITHOUT_ACCENTS)
    letters = unicodedata.normalize("NFC", letters)
    kept, at = [], 0
    for found in MEANT.finditer(letters):
        kept += letters[at : found.start()].translate(WITHOUT_SIGNS), found[0]
        at = found.end()
    return "".join([*kept, letters[at:].translate(WITHOUT_SIGNS)])


def grouped(
    forms: Mapping[str, Form],
    likeness: int = EQUAL,
    apart: Collection[str] = (),
    given: Collection[str] = (),
) -> list[Group]:
    """Groups of answers, whose forms are given by id: the empty ones first, then the largest.

    likeness: from 0 to 100, how alike (rapidfuzz's `ratio`: the share of characters that need not
    be inserted or deleted) the text of an answer must be to the group's most frequent one. So no
    chain of small steps leads from an answer to its opposite. Different pictures are never alike,
    nor are texts with other numbers, signs or negations.
    apart: the ids of answers that are a group each. given: words that are no answer, as a stub's.
    The result does not depend on the order of `forms`.
    """
    equal: dict[Form, list[str]] = defaultdict(list)
    empty: list[str] = []
    for name in sorted(forms.keys() - set(apart)):
        form = forms[name]
        nothing = not form.pictures and (not form.words or form.words in given)
        (empty if nothing else equal[form]).append(name)
    groups = [Group([[name]]) for name in sorted(forms.keys() & set(apart))]
    # By pictures and facts, then by words.
    leaders: dict[tuple, dict[str, Group]] = defaultdict(dict)
    for form in sorted(equal, key=lambda form: (-len(equal[form]), form)):
        beside = leaders[form.pictures, *FACTS.findall(form.words)]
        leader = _nearest(form.words, list(beside), likeness)
        if leader is None:
            beside[form.words] = Group([equal[form]])
            groups.append(beside[form.words])
        else:
            beside[leader].variants.append(equal[form])
    groups.sort(key=lambda group: (-len(group), group.variants[0][0]))
    return [Group([empty], is_empty=True), *groups] if empty else groups


def _nearest(text: str, among: list[str], likeness: int) -> str | None:
    if likeness >= EQUAL or not text:
        return None
    found = process.extractOne(text, among, scorer=fuzz.ratio, score_cutoff=likeness)
    return found and found[0]
