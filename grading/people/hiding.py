"""Taking ids and names out of texts."""

import re
from collections.abc import Callable, Iterable

HIDDEN = "…"
SHORTEST = 3  # of the words of a name: shorter ones (de, la) are everybody's


def hiding(ids: Iterable[str], full_names: Iterable[str]) -> Callable[[str], str]:
    """A function that takes ids and names, and the words of names, out of a text."""
    identifying = set(ids)
    for name in full_names:
        identifying |= {name, *(word for word in name.split() if len(word) >= SHORTEST)}
    texts = sorted(identifying - {""}, key=len, reverse=True)
    if not texts:
        return str
    pattern = "|".join(map(re.escape, texts))
    # Whole words, and an underscore ends a word: ana in "ana_lab3", not in "manzana".
    whole = re.compile(rf"(?<![^\W_])(?:{pattern})(?![^\W_])", re.IGNORECASE)
    return lambda text: whole.sub(HIDDEN, text)
