"""What a submission answers, from the notebooks that nbgrader has recorded."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import nbformat.v4
from nbformat import NotebookNode
from nbformat.v4 import new_notebook

from grading.course import Assignment
from grading.feedback.pictures import pictures_beside
from grading.feedback.presentable import presentable
from grading.marking.groups import Form, words, words_of_code
from grading.marking.questions import Question
from grading.masters.by_hand import answer_cells

# The address of a picture in Markdown or HTML.
PICTURE = re.compile(
    r"!\[[^\]]*\]\(\s*<?([^)>\s]+)|<img\b[^>]*?\bsrc\s*=\s*[\"']?([^\"'>\s]+)", re.IGNORECASE
)
DRAWN = ("image/png", "image/jpeg", "image/svg+xml")


@dataclass(frozen=True)
class Answer:
    """The cells of an answer, with outputs that can be shown, and the folder that they lie in."""

    cells: tuple[NotebookNode, ...]
    folder: Path

    @cached_property
    def text(self) -> str:
        """All that was written."""
        return "\n\n".join(cell.source for cell in self.cells).strip()

    @cached_property
    def form(self) -> Form:
        """What answers are compared by."""
        parts = (
            words_of_code(cell.source) if cell.cell_type == "code" else words(cell.source)
            for cell in self.cells
        )
        pictures = sorted(set(self._pictures()))
        digest = hashlib.sha256("\n".join(pictures).encode()).hexdigest() if pictures else ""
        return Form("\n".join(filter(None, parts)), digest)

    def _pictures(self) -> Iterator[str]:
        """The content of each picture; the address of one that can't be shown."""
        beside = pictures_beside(self.folder, self.folder)
        for cell in self.cells:
            for bundle in cell.get("attachments", {}).values():
                yield from bundle.values()
            for found in PICTURE.finditer(cell.source) if cell.cell_type != "code" else ():
                source = found[1] or found[2]
                yield source if ":" in source else beside(source) or source
            for output in cell.get("outputs", []):
                data = output.get("data", {})
                yield from (data[kind] for kind in DRAWN if kind in data)


def answer(assignment: Assignment, submission: str, question: Question) -> Answer | None:
    """A submission's answer to a question; None where the notebook can't be read or lacks it."""
    path = assignment.autograded(submission) / f"{question.notebook}.ipynb"
    try:
        status = path.stat()
        found = _answers(path, status.st_mtime_ns, status.st_size, question.provided)
    except (OSError, ValueError):  # gone, or damaged
        return None
    return found.get(question.name)


@lru_cache(maxsize=20_000)
def _answers(path: Path, changed: int, size: int, provided: frozenset[str]) -> dict[str, Answer]:
    """The answers of a notebook by the name of the question's cell."""
    notebook = nbformat.v4.reads(path.read_text("utf-8"))  # nbgrader wrote it: not validated again
    found = answer_cells(notebook, provided)
    return {
        name: Answer(tuple(presentable(new_notebook(cells=cells)).cells), path.parent)
        for name, cells in found.items()
    }
