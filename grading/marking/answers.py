"""What a submission answers, from the notebooks that nbgrader has recorded."""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from pathlib import Path

import msgspec
from nbformat import NotebookNode, from_dict

from grading.course import Assignment
from grading.feedback.beside import files_of
from grading.feedback.pictures import NotShown
from grading.feedback.presentable import presentable_cells
from grading.feedback.prose import PASTED, Attachments, pasted, pictured
from grading.intake.beside import Files
from grading.marking.groups import Form, words, words_of_code
from grading.marking.questions import Question
from grading.masters.by_hand import answer_cells

PICTURED = re.compile(r"!\[|<img\b", re.IGNORECASE)  # what shows a picture has one of these
DRAWN = ("image/png", "image/jpeg", "image/svg+xml")


@dataclass(frozen=True)
class Answer:
    """The cells of an answer, with outputs that can be shown.

    Pasted pictures are not kept in memory, because a class may paste thousands of photos: in their
    place is a digest of each. path: the notebook. question: the name of the question's cell.
    provided: the texts of the notebook that are not the student's.
    """

    cells: tuple[NotebookNode, ...]
    path: Path
    question: str
    provided: frozenset[str]

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

    @cached_property
    def files(self) -> Files:
        """Finds what was handed in beside the notebook."""
        submission, assignment = self.path.parents[1].name, self.path.parents[0].name
        return files_of(self.path.parents[3], assignment, submission)

    def attachments(self) -> list[Attachments]:
        """The pictures that were pasted into each of the cells, read again from the notebook.

        There are none where the notebook is gone or has become another one meanwhile.
        """
        found: list[Attachments] = []
        if any(cell.get("attachments") for cell in self.cells):
            try:
                cells = presentable_cells(_answer_of(self.path, self.question, self.provided) or [])
            except (OSError, ValueError, msgspec.DecodeError):
                cells = []
            found = [cell.get("attachments", {}) for cell in cells]
        return found if len(found) == len(self.cells) else [{} for _ in self.cells]

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
        return _answer(path, status.st_mtime_ns, status.st_size, question.name, question.provided)
    except (OSError, ValueError, msgspec.DecodeError):  # gone, or damaged
        return None


@lru_cache(maxsize=60_000)
def _answer(
    path: Path, changed: int, size: int, question: str, provided: frozenset[str]
) -> Answer | None:
    cells = _answer_of(path, question, provided)
    if cells is None:
        return None
    shown = presentable_cells(cells)
    for cell in shown:
        for bundle in cell.get("attachments", {}).values():
            for kind, data in bundle.items():
                bundle[kind] = hashlib.sha256(data.encode()).hexdigest()
    return Answer(tuple(shown), path, question, provided)


def _answer_of(path: Path, question: str, provided: frozenset[str]) -> list[NotebookNode] | None:
    """The cells of an answer in a notebook.

    Nearly all of a file is plots and code of others: of that no more is read than where it ends.
    """
    cells = answer_cells(_read(path.read_bytes()).cells, provided).get(question)
    return None if cells is None else [cell.node() for cell in cells]


class _Cell(msgspec.Struct):
    """A cell, whose outputs and pictures stay as they are in the file."""

    cell_type: str
    metadata: dict
    source: str | list[str]
    id: str = ""
    attachments: msgspec.Raw = msgspec.Raw(b"{}")
    outputs: msgspec.Raw = msgspec.Raw(b"[]")

    def __post_init__(self) -> None:
        self.source = "".join(self.source)

    def node(self) -> NotebookNode:
        """The cell as nbformat has it."""
        read = msgspec.json.decode
        own = {"attachments": read(self.attachments), "outputs": read(self.outputs)}
        whole = {"cell_type": self.cell_type, "id": self.id, "metadata": self.metadata}
        return from_dict({**whole, "source": self.source, **own})


class _Notebook(msgspec.Struct):
    cells: list[_Cell]


READ = msgspec.json.Decoder(_Notebook)


def _read(raw: bytes) -> _Notebook:
    try:
        return READ.decode(raw)
    except msgspec.DecodeError:  # Python writes NaN, which is no JSON, and reads it again
        return READ.decode(msgspec.json.encode(json.loads(raw)))


@lru_cache(maxsize=50_000)
def _digest_of(path: Path, changed: int, size: int) -> str:
    """Of the content of a file as it was when it was `changed`."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
