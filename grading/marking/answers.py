"""What a submission answers, from the notebooks that nbgrader has recorded."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from pathlib import Path

import nbformat.v4
from nbformat import NotebookNode
from nbformat.v4 import new_notebook

from grading.course import Assignment
from grading.feedback.beside import Files, files_of
from grading.feedback.pictures import NotShown
from grading.feedback.presentable import presentable
from grading.feedback.prose import PASTED, Attachments, pasted, pictured
from grading.marking.groups import Form, words, words_of_code
from grading.marking.questions import Question

PICTURED = re.compile(r"!\[|<img\b", re.IGNORECASE)  # what shows a picture has one of these
DRAWN = ("image/png", "image/jpeg", "image/svg+xml")


@dataclass(frozen=True)
class Answer:
    """The cells of an answer, with outputs that can be shown.

    places: where the cells stand in the notebook `path`. Pasted pictures are not kept in memory,
    because a class may paste thousands of photos: in their place is a digest of each.
    files: finds what was handed in beside the notebook.
    """

    cells: tuple[NotebookNode, ...]
    places: tuple[int, ...]
    path: Path
    files: Files

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

    def attachments(self) -> list[Attachments]:
        """The pictures that were pasted into each of the cells, read again from the notebook.

        There are none where the notebook is gone or has become another one meanwhile.
        """
        if not any(cell.get("attachments") for cell in self.cells):
            return [{} for _ in self.cells]
        try:
            cells = _notebook(self.path).cells
            found = [cells[place] for place in self.places]
        except (OSError, ValueError, LookupError):
            return [{} for _ in self.cells]
        shown = presentable(new_notebook(cells=found)).cells
        return [cell.get("attachments", {}) for cell in shown]

    def _pictures(self) -> Iterator[str]:
        """A digest of each picture that is shown; the address of one that can't be."""
        for cell in self.cells:
            if cell.cell_type == "markdown" and PICTURED.search(cell.source):
                yield from map(partial(self._digest, cell), pictured(cell.source))
            for output in cell.get("outputs", []):
                data = output.get("data", {})
                yield from (data[kind] for kind in DRAWN if kind in data)

    def _digest(self, cell: NotebookNode, source: str) -> str:
        try:
            if source.startswith(PASTED):
                return pasted(cell.get("attachments", {}), source)
            path = self.files(source)
            status = path and path.stat()
            return _digest_of(path, status.st_mtime_ns, status.st_size) if path else source
        except (OSError, NotShown):
            return source


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
    """The answers of a notebook by the name of the question's cell.

    A task is answered in the cells below it, down to the next one that is not the student's.
    """
    notebook = _notebook(path)
    found: dict[str, list[int]] = {}
    below: list[int] | None = None
    for place, cell in enumerate(notebook.cells):
        ours = cell.metadata.get("nbgrader", {})
        if "grade_id" in ours:
            below = None
            if ours.get("task"):
                below = found.setdefault(ours["grade_id"], [])
            elif ours.get("grade") and ours.get("solution"):
                found[ours["grade_id"]] = [place]
        elif cell.source.strip() in provided:
            below = None
        elif below is not None:
            below.append(place)
    files = files_of(*_whose(path))
    return {
        name: Answer(_kept([notebook.cells[at] for at in places]), tuple(places), path, files)
        for name, places in found.items()
    }


def _notebook(path: Path) -> NotebookNode:
    """Raises OSError and ValueError. nbgrader wrote it: it is not validated again."""
    return nbformat.v4.reads(path.read_text("utf-8"))


def _whose(path: Path) -> tuple[Path, str, str]:
    """The course folder, assignment and submission of autograded/SUBMISSION/ASSIGNMENT/x.ipynb."""
    return path.parents[3], path.parents[0].name, path.parents[1].name


def _kept(cells: list[NotebookNode]) -> tuple[NotebookNode, ...]:
    shown = presentable(new_notebook(cells=cells)).cells
    for cell in shown:
        for bundle in cell.get("attachments", {}).values():
            for kind, data in bundle.items():
                bundle[kind] = hashlib.sha256(data.encode()).hexdigest()
    return tuple(shown)


@lru_cache(maxsize=50_000)
def _digest_of(path: Path, changed: int, size: int) -> str:
    """Of the content of a file as it was when it was `changed`."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
