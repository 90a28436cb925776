"""Markdown, a student's or a master's, as HTML for the feedback page."""

from __future__ import annotations

import html
import re
from functools import lru_cache, partial
from urllib.parse import unquote

from mistune.renderers.html import HTMLRenderer
from nbconvert.filters.markdown_mistune import (
    IPythonRenderer,
    MarkdownWithMath,
    MathInlineParser,
)

from grading.feedback.formulas import BETWEEN_DOLLARS, environment, formula
from grading.feedback.pictures import NotShown, Pictures, Room, from_base64, from_data_uri
from grading.feedback.sanitising import clean_html
from grading.text import composed
from grading.words import say

MAX_MARKDOWN = 20_000  # the parser's time grows with the square of it
MAX_KEPT = 5_000  # of text that stays in memory once it is read
DEEPER = 2  # the page has a title and two sections above the notebook's own headings
PASTED = "attachment:"
PLACE = re.compile(r'<span class="formula-(\d+)"></span>')


Attachments = dict[str, dict[str, str]]


def prose(
    source: str, attachments: Attachments, pictures: Pictures, room: Room | None = None
) -> str:
    """Markdown as HTML that can only be read, with its formulas drawn.

    attachments: the pictures pasted into the cell. pictures: gives those in files beside it.
    room: how much of pictures the page may still take; a page of its own where none is given.
    Text that is too long or that the parser can't read is shown as it was written.
    """
    try:
        written, renderer = _read(source)
    except Exception:  # the parser was not made for hostile text and may raise anything
        return f"<pre>{html.escape(source[:MAX_MARKDOWN])}</pre>"
    cleaned = clean_html(written, partial(_picture, attachments, pictures, room or Room()))
    return PLACE.sub(renderer.drawn, cleaned)


def pictured(source: str) -> list[str]:
    """The addresses of the pictures that a text shows, in order."""
    found: list[str] = []
    try:
        clean_html(_read(source)[0], found.append)
    except Exception:  # as above: it is shown as it was written, without pictures
        return []
    return found


def _read(source: str) -> tuple[str, _Renderer]:
    if len(source) > MAX_MARKDOWN:
        raise ValueError("too long")
    return (_written if len(source) < MAX_KEPT else _written.__wrapped__)(source)


def comment_html(source: str) -> str:
    """A marker's comment, which is Markdown, as HTML like that of `prose`; it has no pictures."""
    return prose(source, {}, lambda address: None)


@lru_cache(maxsize=512)  # most texts are the master's, the same on everybody's page
def _written(source: str) -> tuple[str, _Renderer]:
    """Markdown as HTML that is not cleaned yet, and the renderer that holds its formulas."""
    renderer = _Renderer()
    parser = MarkdownWithMath(renderer=renderer, inline=_InlineParser(hard_wrap=False))
    return parser.render(source), renderer


def _picture(attachments: Attachments, pictures: Pictures, room: Room, source: str) -> str | None:
    if source.startswith(PASTED):
        uri = from_base64(pasted(attachments, source))
    else:
        uri = from_data_uri(source) if source.startswith("data:") else pictures(source)
    return uri and room.take(uri)


def pasted(attachments: Attachments, source: str) -> str:
    """The base64 text of the picture that was pasted into a cell under an address.

    JupyterLab writes a space of a name as %20 where it is shown, and as a space in the cell; some
    programs store accents in another way there. Raises NotShown where there is none.
    """
    name = source.removeprefix(PASTED)
    names = {composed(unquote(each)): each for each in attachments}
    exact = name if name in attachments else names.get(composed(unquote(name)), "")
    bundle = attachments.get(exact) or {}
    kinds = sorted(bundle, key=lambda kind: not kind.startswith("image/"))
    if not kinds:
        raise NotShown(say("picture_missing"))
    return bundle[kinds[0]]


class _InlineParser(MathInlineParser):
    """nbconvert's parser of what stands in a line; it takes amounts of money for no formula."""

    SPECIFICATION = {**MathInlineParser.SPECIFICATION, "inline_math_tex": BETWEEN_DOLLARS}


class _Renderer(IPythonRenderer):
    """nbconvert's renderer, with a placeholder for each formula, which is filled in after cleaning.

    A placeholder is an element. Cleaning escapes the quotes in attributes, so no attribute holds a
    placeholder, and no formula can break out of an attribute.
    """

    def __init__(self) -> None:
        super().__init__(escape=False, exclude_anchor_links=True)
        self.formulas: list[tuple[str, str]] = []

    def drawn(self, place: re.Match) -> str:
        """The MathML for a placeholder."""
        number = int(place[1][:6])
        return self.formulas[number][1] if number < len(self.formulas) else ""

    def _place(self, latex: str, drawn: str) -> str:
        self.formulas.append((latex, drawn))
        return f'<span class="formula-{len(self.formulas) - 1}"></span>'

    def inline_math(self, body: str) -> str:
        return self._place(body, formula(body))

    def block_math(self, body: str) -> str:
        return self._place(body, formula(body, block=True))

    def latex_environment(self, name: str, body: str) -> str:
        return self._place(body, environment(name, body))

    def heading(self, text: str, level: int, **attrs) -> str:
        return super().heading(text, min(level + DEEPER, 6))

    def image(self, text: str, url: str, title: str | None = None) -> str:
        # The alternative text is plain text, where a formula stays LaTeX.
        plain = PLACE.sub(lambda place: html.escape(self.formulas[int(place[1])][0]), text)
        return HTMLRenderer.image(self, plain, url)

    def task_list_item(self, text: str, checked: bool = False) -> str:
        return f"<li>{'☑' if checked else '☐'} {text}</li>\n"
