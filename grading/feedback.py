"""What a student gets back, without what only instructors may read."""

from __future__ import annotations

import re
from functools import partial

from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from nbgrader.utils import is_grade, is_task
from traitlets import Bool

from grading.masters import clear_cell

ATTACHMENT = re.compile(r"\(attachment:([^)\s]*)[^)]*\)")


class HideInstructorContent(Preprocessor):
    """Show tests and questions as they were released, and give each one a title.

    No hidden test, no mark scheme, and no traceback of a test, which would quote its source.
    """

    enabled = Bool(True).tag(config=True)

    def preprocess_cell(self, cell: NotebookNode, resources: dict, index: int):
        if cell.cell_type == "markdown":
            cell.source = ATTACHMENT.sub(partial(_picture, cell), cell.source)
        if not is_grade(cell) and not is_task(cell):
            return cell, resources
        cell.source = clear_cell(cell, self.config).source
        cell.metadata.nbgrader["title"] = title(cell)
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                output.traceback = [f"{output.ename}: {output.evalue}".rstrip(": ")]
        return cell, resources


def _picture(cell: NotebookNode, found: re.Match) -> str:
    """A reference to a pasted picture; where there is none nbconvert would fail."""
    return found[0] if found[1] in cell.get("attachments", {}) else "(imagen-perdida)"


def title(cell: NotebookNode) -> str:
    """What to call an exercise: its cell's first comment or bold words, else its grade_id."""
    first = re.search(r"^\s*#+ *(\S.*)$|\*\*(.+?)\*\*", cell.source, re.MULTILINE)
    if first is None:
        return cell.metadata.nbgrader.grade_id
    return (first[1] or first[2]).strip(" .")
