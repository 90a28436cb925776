"""A student's HTML, reduced to parts that can be read and do nothing."""

import html as entities
import re
from functools import partial
from urllib.parse import unquote

import nh3
from pygments.token import STANDARD_TYPES

from grading.feedback.pictures import NotShown, Pictures, from_data_uri
from grading.words import say

MAX_HTML = 500_000
MAX_TAGS = 20_000  # the parser's time grows with the square of the depth of nesting
TOO_LONG = '<p class="note">{words}</p>'

TAGS = set(
    "a abbr b blockquote br caption code col colgroup dd del details div dl dt em figcaption "
    "figure h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small span strong sub "
    "summary sup table tbody td tfoot th thead tr u ul var".split()
)
# The text in these elements is dropped too, because it is not meant to be read.
DROPPED = set("script style title template noscript textarea select iframe object svg math".split())
ATTRIBUTES = {
    "*": {"style", "class"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "ol": {"start"},
}
SCHEMES = {"http", "https", "mailto", "data", "attachment"}  # data and attachment: pictures only
LINK = re.compile(r"https?://\S+|mailto:\S+|#\S*", re.IGNORECASE)
CLASS = re.compile(r"formula-\d+|highlight|" + "|".join(filter(None, STANDARD_TYPES.values())))
NUMBER = re.compile(r"\d{1,4}")

# Styles: colours, type and small distances. Nothing that moves, hides or covers, nothing negative.
PROPERTIES = re.compile(
    r"color|background(-color)?|font-(size|weight|style|family)|text-(align|decoration)|"
    r"vertical-align|white-space|width|height|(margin|padding)(-(left|right|top|bottom))?|"
    r"border(-(left|right|top|bottom|collapse|color|style|width|radius|spacing))?"
)
WORD = r"(#[0-9a-f]{3,8}|[a-z-]+|\d{1,3}(\.\d+)?(px|pt|%)?|\d?(\.\d+)?r?em|rgba?\([\d., %]{5,30}\))"
STYLE_VALUE = re.compile(rf"{WORD}([ ,]+{WORD}){{0,5}}")

# nh3 quotes every attribute and escapes quotes in it, so this finds whole tags.
IMAGE = re.compile(r'<img((?:[^>"]|"[^"]*")*)>')
EMPTY_HEAD = re.compile(r"<th([^>]*)>\s*</th>")
ALT = re.compile(r'\balt="([^"]*)"')
# The address of an image that is not shown, until the reason takes its place. No submission can
# write it: what it writes as an address is asked for, and what comes of that stands in its place.
REFUSED = "data:refused,"
SOURCE_REFUSED = re.compile(rf' src="{REFUSED}(\d+)"')
MAX_ADDRESS = 120  # characters of the name of a picture that is not shown


def clean_html(html: str, picture: Pictures = from_data_uri) -> str:
    """`html` without whatever could run, load, move, cover or impersonate something on the page.

    picture: gives the data: URI to show for the address of an image, or None for its alt text.
    Where it raises NotShown, the sentence stands in the place of the image.
    """
    if len(html) > MAX_HTML or html.count("<") > MAX_TAGS:
        return TOO_LONG.format(words=say("output_too_long"))
    reasons: list[str] = []

    def source(address: str) -> str | None:
        try:
            return picture(address)
        except NotShown as why:
            reasons.append(_reason(address, why))
            return f"{REFUSED}{len(reasons) - 1}"

    cleaned = nh3.clean(
        html,
        tags=TAGS,
        clean_content_tags=DROPPED,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        attribute_filter=lambda tag, name, value: _kept(tag, name, value, source),
    )
    # The empty corner of a table heads nothing, so it is no heading.
    return EMPTY_HEAD.sub(r"<td\1></td>", IMAGE.sub(partial(_shown, reasons), cleaned))


def _kept(tag: str, name: str, value: str, picture: Pictures) -> str | None:
    """The value an attribute keeps, or None for no attribute."""
    match tag, name:
        case _, "style":
            return _kept_style(value)
        case _, "class":
            return value if CLASS.fullmatch(value) else None
        case "a", "href":
            return value if LINK.fullmatch(value) else None
        case "img", "src":
            return picture(value)
        case _, "alt" | "rel" | "scope":
            return value
    return value if NUMBER.fullmatch(value) else None


def _kept_style(style: str) -> str | None:
    kept = []
    for declaration in style.split(";"):
        name, _, value = (part.strip().lower() for part in declaration.partition(":"))
        if PROPERTIES.fullmatch(name) and STYLE_VALUE.fullmatch(value):
            kept.append(f"{name}:{value}")
    return ";".join(kept) or None


def _reason(address: str, why: NotShown) -> str:
    is_data = address.startswith("data:")  # the picture itself, no name
    name = "data:" if is_data else unquote(address.removeprefix("attachment:"))[:MAX_ADDRESS]
    return say("picture_not_shown", name=name, why=why)


def _shown(reasons: list[str], image: re.Match) -> str:
    """An image with its alt text; where there is nothing to show, the alt text and why."""
    alt = ALT.search(image[1])
    refused = SOURCE_REFUSED.search(image[1])
    if ' src="' in image[1] and not refused:
        return image[0] if alt else f'<img{image[1]} alt="{say("picture_without_words")}">'
    words = entities.unescape(alt[1]).strip() if alt else ""
    label = say("picture_of", words=words) if words else say("picture")
    reason = f" {reasons[int(refused[1])]}" if refused else ""
    return f'<span class="note">{entities.escape(label + reason)}</span>'
