"""The page of feedback that a student gets, without what only instructors may read."""

import html
import re
from functools import cached_property, lru_cache

from jinja2.bccache import Bucket, BytecodeCache
from markupsafe import Markup
from nbconvert.exporters import HTMLExporter
from nbconvert.filters import DataTypeFilter, Highlight2HTML
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from nbgrader.utils import is_grade, is_solution, is_task
from pygments.formatters import HtmlFormatter
from traitlets import Bool

from grading.course import find_root
from grading.feedback.authorship import students_cells
from grading.feedback.beside import files_in, files_of, pictures_at
from grading.feedback.describing import description
from grading.feedback.formulas import formula
from grading.feedback.outline import in_order
from grading.feedback.pictures import NotShown, Room, from_base64, shown
from grading.feedback.presentable import KINDS, presentable
from grading.feedback.prose import comment_html, prose
from grading.feedback.sanitising import clean_html
from grading.feedback.terminal import shortened, terminal_html
from grading.masters.clearing import Clearing
from grading.masters.settings import language_of_notebook
from grading.masters.titles import titles
from grading.model.outcome import noted_cause, noted_check
from grading.regions import hidden_tests
from grading.text import printable
from grading.words import language, say, using

MAX_CODE = 50_000
MAX_KEPT = 5_000  # of code that stays in memory once it is coloured
MAX_TRACEBACK = 8_000
NOTEBOOK = '<h2 id="cuaderno">'  # a heading of index.html.j2: what follows is the notebook's
SVG = "image/svg+xml"
STYLES = {"light": "xcode", "dark": "github-dark"}  # contrast of 4.5 and more on the page's boxes


class _Compiled(BytecodeCache):
    """Keeps compiled templates for all exporters of this process; each student has one exporter."""

    def __init__(self):
        self._code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._code:
            bucket.bytecode_from_string(self._code[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key] = bucket.bytecode_to_string()


_COMPILED = _Compiled()


class FeedbackExporter(HTMLExporter):
    """nbconvert's HTML exporter for the kit's own page, which opens offline and runs nothing.

    Templates escape whatever no filter has made safe.
    """

    # The format is checked once after all steps, not after each of them.
    optimistic_validation = Bool(True).tag(config=True)

    def default_filters(self):
        yield from super().default_filters()
        made = (code, comment_html, output_html, picture_html, formula, terminal_html)
        for make in (*made, traceback_html):
            yield make.__name__, _safe(make)
        yield "filter_data_type", DataTypeFilter(display_data_priority=list(KINDS))
        yield "prose", _safe(prose)

    def _create_environment(self):
        environment = super()._create_environment()
        environment.autoescape = True
        environment.bytecode_cache = _COMPILED
        environment.globals["code_css"] = Markup(_code_css())
        environment.globals |= {"noted_check": noted_check, "noted_cause": noted_cause}
        environment.globals |= {"say": say, "language": language}
        environment.filters["noted_cause"] = noted_cause
        return environment

    def from_notebook_node(self, nb, resources=None, **kwargs):
        with using(language_of_notebook(nb, self.config)):
            return self._page(nb, resources or {}, **kwargs)

    def _page(self, nb, resources, **kwargs):
        ours = resources.get("nbgrader", {})
        release = find_root() / "release" / ours.get("assignment", "")
        whose = ours.get("assignment", ""), ours.get("student", "")
        resources["pictures"] = {
            "given": pictures_at(files_in(release)),
            "own": pictures_at(files_of(find_root(), *whose)),
        }
        resources["room"] = Room()
        nb = presentable(nb)
        resources["students_cells"] = students_cells(nb, release / f"{ours.get('notebook')}.ipynb")
        # HTMLExporter's own method would parse the finished page and write it anew, which takes
        # half of the time of a page, for attributes that only JupyterLab's template has.
        make = super(HTMLExporter, self).from_notebook_node
        page, resources = make(_described(nb), resources, **kwargs)
        marks, section, notebook = page.partition(NOTEBOOK)
        return printable(marks + section + in_order(notebook, above=2)), resources


def _described(notebook: NotebookNode) -> NotebookNode:
    """The same notebook, its pictures with the alternative text that its cells' code gives."""
    for cell in notebook.cells:
        pictures = [
            output
            for output in cell.get("outputs", [])
            if any(kind.startswith("image/") for kind in output.get("data", {}))
        ]
        if pictures and (words := description(cell.source)):
            for output in pictures:
                output.metadata.setdefault("alt", words)
    return notebook


class HideInstructorContent(Preprocessor):
    """Show tests and questions as they were released, and give each one a title.

    Hidden tests and mark schemes are left out, and so are tracebacks of tests, which would quote
    them. Where the grader has written the result of a check, the page shows that and nothing that
    the test cell printed: a function called by a hidden test may print its arguments.
    """

    enabled = Bool(True).tag(config=True)

    @cached_property
    def _clear(self) -> Clearing:
        return Clearing(self.config)

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        self._titles = titles(nb, hidden_tests(self.config))
        with using(language_of_notebook(nb, self.config)):
            return super().preprocess(nb, resources)

    def preprocess_cell(self, cell: NotebookNode, resources: dict, index: int):
        if not is_grade(cell) and not is_task(cell):
            return cell, resources
        if not is_solution(cell):  # an answer that is graded itself is the student's
            cell.source = self._clear(cell).source
        ours, check = cell.metadata.nbgrader, noted_check(cell)
        ours["title"] = (check and check.title) or self._titles[ours.grade_id]
        if check:
            cell.outputs = []
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                output.traceback = [f"{output.ename}: {output.evalue}".rstrip(": ")]
        return cell, resources


def code(source: str) -> str:
    """The HTML of Python code, with colours unless it is very long."""
    if len(source) > MAX_CODE:
        return f"<pre>{html.escape(shortened(source, MAX_CODE))}</pre>"
    return (_coloured if len(source) < MAX_KEPT else _coloured.__wrapped__)(source.strip("\n"))


@lru_cache(maxsize=512)  # most cells are the master's, the same on everybody's page
def _coloured(source: str) -> str:
    return Highlight2HTML(pygments_lexer="ipython3")(source)


def output_html(data: dict[str, str]) -> str:
    """An HTML output without anything active; its plain text where cleaning leaves nothing."""
    cleaned = clean_html(data["text/html"])
    if "<img" in cleaned or re.sub(r"<[^>]*>|\s", "", cleaned):
        return cleaned
    instead = data.get("text/plain", say("interactive"))
    return f"<pre>{terminal_html(instead)}</pre>"


def picture_html(output: NotebookNode, kind: str) -> str:
    """The picture that an output has of some kind as HTML, or a note that says why not.

    kind: image/png, image/jpeg, or image/svg+xml, which is text.
    """
    held = output.data[kind]
    try:
        uri = shown(held.encode("utf-8", "replace")) if kind == SVG else from_base64(held)
    except NotShown as why:
        return f'<p class="note">{say("picture_not_shown", name=kind, why=why)}</p>'
    words = output.metadata.get("alt") or say("picture_of_a_cell")
    return f'<img src="{uri}" alt="{html.escape(words)}">'


def traceback_html(output: NotebookNode) -> str:
    """The traceback of an error, or its last line where there is none."""
    lines = output.traceback or [f"{output.ename}: {output.evalue}"]
    return terminal_html("\n".join(lines), MAX_TRACEBACK)


def _safe(make):
    """The same filter, whose result the template does not escape, because it is safe HTML."""

    def filtered(*args, **kwargs):
        html_text = make(*args, **kwargs)
        return html_text if html_text is None else Markup(html_text)

    return filtered


@lru_cache(maxsize=1)
def _code_css() -> str:
    light, dark = (
        HtmlFormatter(style=style).get_style_defs(".highlight") for style in STYLES.values()
    )
    return f"{light}\n@media screen and (prefers-color-scheme: dark) {{\n{dark}\n}}"
