"""LaTeX as MathML, which browsers draw without a script."""

import html
import re
from xml.etree import ElementTree

from latex2mathml.converter import convert_to_element

MAX_LATEX = 2000
ELEMENTS = frozenset(
    "math mrow mi mn mo mtext mspace mfrac msqrt mroot mstyle mpadded mphantom menclose "
    "msub msup msubsup munder mover munderover mmultiscripts mtable mtr mtd".split()
)
ATTRIBUTES = frozenset(
    "display displaystyle scriptlevel mathvariant stretchy fence separator form accent "
    "accentunder movablelimits largeop symmetric lspace rspace minsize maxsize linethickness "
    "width height depth".split()
)
# Words and small lengths only: an attribute holds no address and makes nothing cover the page.
VALUE = re.compile(r"[a-z-]+|[+-]?\d{0,3}(\.\d+)?[a-z%]{0,3}", re.IGNORECASE)
# Browsers no longer read these from MathML's own attributes.
VARIANT_STYLES = {"monospace": "font-family:monospace", "bold": "font-weight:bold"}
ALIGNMENTS = frozenset(["left", "center", "right"])
# Environments that only number or centre a formula.
PLAIN_ENVIRONMENTS = frozenset(["equation", "equation*", "displaymath", "math"])
# A formula between dollar signs, as pandoc's manual has it: no white space after the first one nor
# before the last one, no digit after that. So "$5 hoy y $10" is an amount and another one.
BETWEEN_DOLLARS = (
    r"(?<![$\\])\$(?![\s$])(?P<math_inline_tex>(?:[^$\\]|\\[\s\S])+)(?<!\s)\$(?![\d$])"
)
ESCAPED = re.compile(r"\\([_%&#${}])")


def formula(latex: str, block: bool = False) -> str:
    """The HTML of a formula: MathML, or its LaTeX as text where it can't be converted.

    latex: without its dollar signs. block: whether it stands on a line of its own.
    """
    try:
        if len(latex) > MAX_LATEX:
            raise ValueError("too long")
        drawn = convert_to_element(latex, display="block" if block else "inline")
        return ElementTree.tostring(_kept(drawn), "unicode", short_empty_elements=False)
    except Exception:  # the converter raises many kinds on LaTeX that it does not know
        sign = "$$" if block else "$"
        return f'<code class="latex">{html.escape(f"{sign}{latex.strip()}{sign}")}</code>'


def environment(name: str, body: str) -> str:
    """The HTML of \\begin{name}body\\end{name}."""
    if name in PLAIN_ENVIRONMENTS:
        return formula(body, block=True)
    return formula(f"\\begin{{{name}}}{body}\\end{{{name}}}", block=True)


def _kept(source: ElementTree.Element) -> ElementTree.Element:
    """A copy with harmless elements and attributes: a student's LaTeX may hold \\href or \\style.

    The converter gives text as half escaped HTML; here it becomes plain text again, which is
    escaped when it is written. Raises ValueError for an element or command that is not known.
    """
    if source.tag not in ELEMENTS:
        raise ValueError(f"no element of a formula: {source.tag}")
    kept = ElementTree.Element(source.tag)
    for name, value in source.attrib.items():
        if name in ATTRIBUTES and VALUE.fullmatch(value):
            kept.set(name, value)
    if style := _style(source):
        kept.set("style", style)
    kept.text = ESCAPED.sub(r"\1", html.unescape(source.text or ""))
    if "\\" in kept.text:
        raise ValueError(f"an unknown command: {kept.text}")
    kept.extend(_kept(child) for child in source)
    return kept


def _style(source: ElementTree.Element) -> str:
    aligned = source.get("columnalign")
    if source.tag == "mtd" and aligned in ALIGNMENTS:
        return f"text-align:{aligned}"
    return VARIANT_STYLES.get(source.get("mathvariant"), "")
