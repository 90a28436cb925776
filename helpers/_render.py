"""How results look in a notebook, in a terminal and on the feedback page.

The HTML uses plain tags with inline styles, because these are left when JupyterLab cleans a
notebook that it does not trust. Green and red have a contrast of 4 on white and on JupyterLab's
dark background; the rest takes the colour of the text around it. Every state has a sign of its own,
so that nothing depends on colour.
"""

import html
import sys

from helpers.messages import message

GREEN, RED, AMBER = "#1f8a3b", "#d93a32", "#9a6b00"
PARTLY = "partly"  # how a check went that gave some of its marks
# Colour → the number of its escape sequence in a terminal (ECMA-48, "select graphic rendition").
_ANSI = {GREEN: "32", RED: "31", AMBER: "33"}


class Card:
    """An output that is shown as `markup`, which is HTML, or as `text` where HTML cannot be shown.

    colour: one of GREEN, RED and AMBER, for the text in a terminal; None for no colour.
    """

    def __init__(self, text, markup, colour=None):
        self.text = text
        self.markup = markup
        self.colour = colour

    def __repr__(self):
        return self.text

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/plain": self.text, "text/html": self.markup}


def show(card):
    """Display a `Card` in the notebook or the terminal."""
    ipython = sys.modules.get("IPython")
    terminal = sys.stdout.isatty()
    if ipython is not None and ipython.get_ipython() is not None and not terminal:
        ipython.display.display(card)
        return
    ansi = _ANSI.get(card.colour) if terminal else None
    text = f"\x1b[{ansi}m{card.text}\x1b[0m" if ansi else card.text
    try:
        print(text)
    except UnicodeEncodeError:  # a console without ✓ and accents
        encoding = sys.stdout.encoding or "ascii"
        print(text.encode(encoding, "replace").decode(encoding))


def verdict(title, colour, hint=""):
    """The card of one result: a title in a colour and below it, if it is given, a hint of text."""
    text = title + "".join(f"\n  {line}" for line in hint.splitlines())
    markup = f'<div style="color:{colour};font-size:1.3em;font-weight:bold">{_escape(title)}</div>'
    if hint:
        markup += f'<div style="margin-top:4px">{_escape(hint)}</div>'
    frame = f"border-left:4px solid {colour};padding:4px 12px;margin:4px 0"
    return Card(text, f'<div style="{frame}">{markup}</div>', colour)


def summary(parts):
    """The card of one or more tallies, one below the other.

    parts: for each tally (title, score, header, rows, notes): a text, an object with `earned`,
    `available` and `percent`, the names of the two columns, the rows, and a list of sentences.
    A row is (passed, name, marks): True, False, PARTLY for a check that gave some of its marks or
    None for one that was not run; and two texts.
    """
    texts, markups = [], []
    for title, score, header, rows, notes in parts:
        total = message(
            "total",
            earned=number(score.earned),
            available=number(score.available),
            percent=score.percent,
        )
        texts += [total, title, *_text_rows(rows), *notes, ""]
        markups.append(
            f'<div style="font-size:1.5em;font-weight:bold">{_escape(total)}</div>'
            f"<div>{_escape(title)}</div>{_table(header, rows)}"
            + "".join(f'<div style="margin-bottom:4px">{_escape(note)}</div>' for note in notes)
        )
    frame = "border-left:4px solid #888888;padding:4px 12px;margin:4px 0"
    gap = '<div style="height:12px"></div>'
    return Card("\n".join(texts).rstrip(), f'<div style="{frame}">{gap.join(markups)}</div>')


def number(marks):
    """Marks as text, without needless decimals: 5, 2.5."""
    return f"{marks:g}"


def _text_rows(rows):
    width = max((len(marks) for _, _, marks in rows), default=0)
    return [f"  {_sign(passed)}  {marks:>{width}}  {name}" for passed, name, marks in rows]


def _table(header, rows):
    if not rows:
        return ""
    cell = "text-align:left;padding:3px 16px 3px 0;border-bottom:1px solid #888888"
    head = "".join(f'<th style="{cell}">{_escape(name)}</th>' for name in header)
    body = "".join(
        f'<tr><td style="{cell}">{_coloured_sign(passed)} {_escape(name)}</td>'
        f'<td style="{cell}">{_escape(marks)}</td></tr>'
        for passed, name, marks in rows
    )
    table = "border-collapse:collapse;margin:8px 0"
    return f'<table style="{table}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def _sign(passed):
    return {True: "✓", False: "✘", PARTLY: "◐", None: "–"}[passed]


def _coloured_sign(passed):
    colour = {True: GREEN, False: RED, PARTLY: AMBER, None: "#808080"}[passed]
    return f'<span style="color:{colour};font-weight:bold">{_sign(passed)}</span>'


def _escape(text):
    return html.escape(text).replace("\n", "<br>")
