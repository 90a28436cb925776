"""What a submission answers, from the notebooks that nbgrader has recorded."""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import msgspec
from nbformat import NotebookNode, from_dict

from grading.course import Assignment
from grading.feedback.pictures import pictures_beside
from grading.feedback.presentable import presentable_cells
from grading.marking.groups import Form, words, words_of_code
from grading.marking.questions import Question

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
        return _answer(path, status.st_mtime_ns, status.st_size, question.provided, question.name)
    except (OSError, ValueError, msgspec.DecodeError):  # gone, or damaged
        return None


class _Cell(msgspec.Struct):
    """A cell, whose outputs and pictures stay as they are in the file."""

    cell_type: str
    metadata: dict
    source: str | list[str]
    id: str = ""
    attachments: msgspec.Raw = msgspec.Raw(b"{}")
    outputs: msgspec.Raw = msgspec.Raw(b"[]")

    @property
    def text(self) -> str:
        return "".join(self.source)

    def node(self) -> NotebookNode:
        """The cell as nbformat has it."""
        read = msgspec.json.decode
        own = {"attachments": read(self.attachments), "outputs": read(self.outputs)}
        whole = {"cell_type": self.cell_type, "id": self.id, "metadata": self.metadata}
        return from_dict({**whole, "source": self.text, **own})


class _Notebook(msgspec.Struct):
    cells: list[_Cell]


READ = msgspec.json.Decoder(_Notebook)


def _read(raw: bytes) -> _Notebook:
    try:
        return READ.decode(raw)
    except msgspec.DecodeError:  # Python writes NaN, which is no JSON, and reads it again
        return READ.decode(msgspec.json.encode(json.loads(raw)))


@lru_cache(maxsize=60_000)
def _answer(
    path: Path, changed: int, size: int, provided: frozenset[str], name: str
) -> Answer | None:
    cells = _cells(path, changed, size, provided).get(name)
    return None if cells is None else Answer(tuple(presentable_cells(cells)), path.parent)


@lru_cache(maxsize=20_000)
def _cells(
    path: Path, changed: int, size: int, provided: frozenset[str]
) -> dict[str, list[NotebookNode]]:
    """The cells of a notebook's answers by the name of the question's cell.

    A task is answered in the cells below it, down to the next one that is not the student's. Nearly
    all of a file is plots and code of others: of that no more is read than where it ends.
    """
    found: dict[str, list[_Cell]] = {}
    below: list[_Cell] | None = None
    for cell in _read(path.read_bytes()).cells:
        ours = cell.metadata.get("nbgrader", {})
        if "grade_id" in ours:
            below = None
            if ours.get("task"):
                below = found.setdefault(ours["grade_id"], [])
            elif ours.get("grade") and ours.get("solution"):
                found[ours["grade_id"]] = [cell]
        elif below is not None:
            if cell.text.strip() in provided:
                below = None
            else:
                below.append(cell)
    return {name: [cell.node() for cell in cells] for name, cells in found.items()}
