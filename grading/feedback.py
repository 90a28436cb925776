"""What a student gets back: the page, without what only instructors may read."""

from __future__ import annotations

import html
import re
from pathlib import Path

from markupsafe import Markup
from nbconvert.exporters import HTMLExporter
from nbconvert.filters import DataTypeFilter, Highlight2HTML
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from nbgrader.utils import is_grade, is_task
from pygments.formatters import HtmlFormatter
from traitlets import Bool

from grading.course import find_root
from grading.formulas import formula
from grading.masters import clear_cell
from grading.pictures import from_base64, from_drawing, master_pictures
from grading.presentable import KINDS, presentable
from grading.prose import prose
from grading.sanitising import clean_html
from grading.terminal import shortened, terminal_html
from grading.text import printable

MAX_CODE = 50_000
MAX_TRACEBACK = 8_000
STYLES = {"light": "xcode", "dark": "github-dark"}  # contrast of 4.5 and more on the page's boxes


class FeedbackExporter(HTMLExporter):
    """nbconvert's HTML exporter for the kit's own page, which opens offline and runs nothing.

    Templates escape whatever no filter has made safe.
    """

    def default_filters(self):
        yield from super().default_filters()
        for make in (code, output_html, drawing, formula, terminal_html, traceback_html):
            yield make.__name__, _safe(make)
        yield "filter_data_type", DataTypeFilter(display_data_priority=list(KINDS))
        yield "prose", _safe(prose)
        yield "base64_picture", lambda text, kind: from_base64(kind, text)

    def _create_environment(self):
        environment = super()._create_environment()
        environment.autoescape = True
        environment.globals["code_css"] = Markup(_code_css())
        return environment

    def from_notebook_node(self, nb, resources=None, **kwargs):
        resources = resources or {}
        graded = Path(resources.get("metadata", {}).get("path") or ".")
        assignment = resources.get("nbgrader", {}).get("assignment", "")
        resources["pictures"] = master_pictures(graded, find_root() / "source" / assignment)
        page, resources = super().from_notebook_node(presentable(nb), resources, **kwargs)
        return printable(page), resources


class HideInstructorContent(Preprocessor):
    """Show tests and questions as they were released, and give each one a title.

    No hidden test, no mark scheme, and no traceback of a test, which would quote its source. Where
    the grader said how a check went, the page says it, and what the test cell printed is left out:
    a hidden test's calls may print what it tries.
    """

    enabled = Bool(True).tag(config=True)

    def preprocess_cell(self, cell: NotebookNode, resources: dict, index: int):
        if not is_grade(cell) and not is_task(cell):
            return cell, resources
        cell.source = clear_cell(cell, self.config).source
        cell.metadata.nbgrader["title"] = title(cell)
        if check(cell):
            cell.outputs = []
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                output.traceback = [f"{output.ename}: {output.evalue}".rstrip(": ")]
        return cell, resources


def check(cell: NotebookNode) -> dict | None:
    """What the grader wrote on a test cell about its check, if it did."""
    return cell.metadata.get("grading", {}).get("check")


def title(cell: NotebookNode) -> str:
    """What to call an exercise: its check's title, its cell's first comment or bold words, or its
    grade_id."""
    if (written := check(cell)) and written.get("title"):
        return written["title"]
    first = re.search(r"^\s*#+ *(\S.*)$|\*\*(.+?)\*\*", cell.source, re.MULTILINE)
    if first is None:
        return cell.metadata.nbgrader.grade_id
    return (first[1] or first[2]).strip(" .")


def code(source: str) -> str:
    """Python, coloured; plain where there is too much of it."""
    if len(source) > MAX_CODE:
        return f"<pre>{html.escape(shortened(source, MAX_CODE))}</pre>"
    return Highlight2HTML(pygments_lexer="ipython3")(source.strip("\n"))


def output_html(data: dict[str, str]) -> str:
    """An HTML output that can only be read; its text where nothing of the HTML is left."""
    cleaned = clean_html(data["text/html"])
    if "<img" in cleaned or re.sub(r"<[^>]*>|\s", "", cleaned):
        return cleaned
    instead = data.get("text/plain", "(salida interactiva, que esta página no muestra)")
    return f"<pre>{terminal_html(instead)}</pre>"


def drawing(svg: str) -> str | None:
    """The address of an SVG output."""
    return from_drawing(svg)


def traceback_html(output: NotebookNode) -> str:
    """The traceback of an error, or its last line where there is none."""
    lines = output.traceback or [f"{output.ename}: {output.evalue}"]
    return terminal_html("\n".join(lines), MAX_TRACEBACK)


def _safe(make):
    """A filter whose text the template takes as HTML."""

    def filtered(*args, **kwargs):
        made = make(*args, **kwargs)
        return made if made is None else Markup(made)

    return filtered


def _code_css() -> str:
    light, dark = (
        HtmlFormatter(style=style).get_style_defs(".highlight") for style in STYLES.values()
    )
    return f"{light}\n@media screen and (prefers-color-scheme: dark) {{\n{dark}\n}}"
