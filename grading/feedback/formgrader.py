"""Submissions in the formgrader, made harmless: nothing of them runs in a grader's browser.

nbgrader's page shows text cells and outputs as they are. A script in one of them would have the
rights of the instructor who looks at it: to write marks, to open a terminal.
"""

import html
from pathlib import Path

from jinja2 import pass_context
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from traitlets import Bool

from grading.course import find_root
from grading.feedback.exporter import output_html
from grading.feedback.pictures import from_base64, pictures_beside
from grading.feedback.presentable import presentable
from grading.feedback.prose import prose
from grading.masters.settings import language_of_notebook
from grading.words import say, using

PICTURES = ("image/png", "image/jpeg")


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
                _clean(output.get("data", {}))
        return shown


def _clean(data: dict[str, str]) -> None:
    if "text/html" in data:
        data["text/html"] = output_html(data)
    for kind in PICTURES:
        if kind in data and from_base64(kind, data[kind]) is None:
            data["text/plain"] = say("damaged_picture", kind=kind)
            del data[kind]


@pass_context
def markdown2html(context, source: str) -> str:
    """The HTML of a text cell. It replaces nbconvert's filter of this name, which keeps scripts."""
    cell, resources = context.get("cell", {}), context.get("resources", {})
    graded = Path(resources.get("metadata", {}).get("path") or ".")
    masters = find_root() / "source" / resources.get("assignment_id", "")
    return prose(source, cell.get("attachments", {}), pictures_beside(graded, masters))
