"""Submissions in the formgrader, made harmless: nothing of them runs in a grader's browser.

nbgrader's page shows text cells and outputs as they are. A script in one of them would have the
rights of the instructor who looks at it: to write marks, to open a terminal.
"""

import html

from jinja2 import pass_context
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from nbgrader.utils import is_locked
from traitlets import Bool

from grading.course import find_root
from grading.feedback.beside import files_in, files_of, pictures_at
from grading.feedback.exporter import output_html, picture_html
from grading.feedback.pictures import Room
from grading.feedback.presentable import presentable
from grading.feedback.prose import prose
from grading.masters.settings import language_of_notebook
from grading.words import using

PICTURES = ("image/png", "image/jpeg", "image/svg+xml")


class ShowHarmlessly(Preprocessor):
    """Takes what is active out of cells and outputs; graders keep hidden tests and mark schemes."""

    enabled = Bool(True).tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        with using(language_of_notebook(nb, self.config)):
            return self._harmless(nb), resources

    def _harmless(self, nb: NotebookNode) -> NotebookNode:
        shown = presentable(nb)
        for cell in shown.cells:
            if cell.cell_type == "raw":  # which the template takes for HTML
                cell.source = f"<pre>{html.escape(cell.source)}</pre>"
            for output in cell.get("outputs", []):
                if "data" in output:
                    _clean(output)
        return shown


def _clean(output: NotebookNode) -> None:
    data = output.data
    if "text/html" in data:
        data["text/html"] = output_html(data)
    for kind in PICTURES:
        if kind in data:
            data.setdefault("text/html", picture_html(output, kind))
            del data[kind]


@pass_context
def markdown2html(context, source: str) -> str:
    """The HTML of a text cell. It replaces nbconvert's filter of this name, which keeps scripts."""
    cell, resources = context.get("cell", {}), context.get("resources", {})
    root, assignment = find_root(), resources.get("assignment_id", "")
    if "metadata" in cell and is_locked(cell):  # a question with its mark scheme
        files = files_in(root / "source" / assignment)
    else:
        files = files_of(root, assignment, resources.get("student", ""))
    # The resources are of this page alone.
    room = resources.setdefault("room", Room())
    drawn = prose(source, cell.get("attachments", {}), pictures_at(files), room)
    # nbgrader's page lets a photo be as wide as it is.
    drawn = drawn.replace("<img ", '<img style="max-width:100%" ')
    # The page's MathJax would take amounts of money for formulas; ours are drawn already.
    return f'<div class="tex2jax_ignore">{drawn}</div>'
