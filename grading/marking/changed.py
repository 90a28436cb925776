"""What changed between two texts of an answer, word by word."""

import html
import re

from rapidfuzz.distance import Indel

MOST = 20_000  # characters of each text that are compared
WORD = re.compile(r"\s*(?:\[picture [^\]]*\]|\w+|[^\w\s])|\s+\Z")
LINE = re.compile(r"[^\n]*\n|[^\n]+\Z")
PICTURE = re.compile(r"(?:!\[([^\]\n]{0,200})\]\()?<?picture:([0-9a-f]{4})[0-9a-f]*>?\)?")


def changed_html(before: str, after: str, code: bool = False) -> str:
    """Both texts as one: <del> is only in `before`, <ins> only in `after`; all else is escaped.

    Code is compared line by line. Single words that both have in the middle of a change count as
    part of it. Only the first characters of long texts are compared.
    """
    pieces = LINE if code else WORD
    old, new = (pieces.findall(_told(text)) for text in (before, after))
    parts = []
    for kind, gone, come in _steps(old, new):
        if kind == "equal":
            parts.append(html.escape("".join(come)))
            continue
        parts += [_marked("del", "".join(gone)), _marked("ins", "".join(come))]
    return "".join(parts)


def _told(text: str) -> str:
    """A text with its pictures in words, and the beginning of their digests to tell them apart."""
    return PICTURE.sub(lambda found: f"[picture {found[1] or ''} {found[2]}]", text[:MOST]).strip()


def _steps(old: list[str], new: list[str]) -> list[tuple[str, list[str], list[str]]]:
    """What to do to get from old words to new ones: (equal or change, words gone, words come)."""
    steps: list[tuple[str, list[str], list[str]]] = []
    found = Indel.opcodes(old, new)
    for place, step in enumerate(found):
        gone, come = old[step.src_start : step.src_end], new[step.dest_start : step.dest_end]
        is_inside = 0 < place < len(found) - 1 and len(come) < 2
        kind = "equal" if step.tag == "equal" and not is_inside else "change"
        if steps and steps[-1][0] == kind:
            steps[-1] = kind, steps[-1][1] + gone, steps[-1][2] + come
        else:
            steps.append((kind, gone, come))
    return steps


def _marked(tag: str, text: str) -> str:
    return f"<{tag}>{html.escape(text)}</{tag}>" if text else ""
