"""A program's output for a terminal as HTML: text and a few colours."""

import re
from colorsys import rgb_to_hsv

from nbconvert.filters import ansi2html

from grading.words import say

MAX_TEXT = 20_000
# Window titles, links and other strings that a terminal does not print; none is longer than a line.
STRINGS = re.compile(r"\x1b[\]PX^_][^\x07\x1b\n]*(?:\x07|\x1b\\)?")
SEQUENCES = re.compile(r"\x1b\[([0-9;:]*)([0-?]*[ -/]*[@-~])?")
OTHER_ESCAPES = re.compile(r"\x1b(?!\[)[ -/]*[0-~]?")
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f\ufffe\uffff]")
# Codes that a page with two themes can show: bold, underline and eight colours, on and off.
SIMPLE = frozenset([0, 1, 4, 22, 24, 39, *range(30, 38)])
HUES = (31, 33, 32, 36, 34, 35)  # red, yellow, green, cyan, blue, magenta


def terminal_html(text: str, most: int = MAX_TEXT) -> str:
    """Text with terminal codes as HTML of the classes ansi-*, of at most about `most` characters.

    Colours become the nearest of the eight that the page's style sheet has for light and dark. Of a
    line that was overwritten after carriage returns, the last text stays.
    """
    lines = (line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n"))
    text = STRINGS.sub("", shortened("\n".join(lines), most))
    text = OTHER_ESCAPES.sub("", SEQUENCES.sub(_simple, text))
    return ansi2html(CONTROLS.sub("", text))


def shortened(text: str, most: int = MAX_TEXT) -> str:
    """`text`, or its beginning and its end with a note between when it is longer than `most`."""
    if len(text) <= most:
        return text
    end = most // 3
    note = f"\n\n[{say('shortened', count=len(text) - most)}]\n\n"
    return text[: most - end] + "\x1b[0m" * ("\x1b" in text) + note + text[-end:]


def _simple(sequence: re.Match) -> str:
    """The same colour among the eight; nothing for a sequence that is no colour."""
    if sequence[2] != "m":
        return ""
    numbers = [int(n[-4:] or 0) for n in re.split("[;:]", sequence[1])]
    kept = []
    while numbers:
        number = numbers.pop(0)
        if number in (38, 48):
            colour = _extended(numbers)
            kept += [colour] if number == 38 else []
        elif number in SIMPLE:
            kept.append(number)
        elif number in range(90, 98):
            kept.append(number - 60)
    return f"\x1b[{';'.join(map(str, kept))}m" if kept else ""


def _extended(numbers: list[int]) -> int:
    """Take the colour that follows a 38 or 48 (5;N or 2;R;G;B) and give the nearest of eight."""
    kind = numbers.pop(0) if numbers else 0
    if kind == 5 and numbers:
        number = numbers.pop(0)
        if number < 16:
            return 30 + number % 8
        if number >= 232:
            return 39
        number -= 16
        return _nearest(*(level * 51 for level in (number // 36, number // 6 % 6, number % 6)))
    if kind == 2 and len(numbers) >= 3:
        rgb, numbers[:3] = numbers[:3], []
        return _nearest(*rgb)
    return 39


def _nearest(red: int, green: int, blue: int) -> int:
    hue, saturation, _ = rgb_to_hsv(*(min(value, 255) / 255 for value in (red, green, blue)))
    return HUES[round(hue * 6) % 6] if saturation > 0.25 else 39
