"""Which notebook of an assignment a file is, whatever it is called."""

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from nbformat import NotebookNode
from traitlets.config import Config

from grading.collecting.naming import without_copy
from grading.collecting.tree import Piece
from grading.intake.identity import assigned_ids
from grading.intake.reading import Unreadable, read_notebook
from grading.intake.restoration import Restoration
from helpers._identity import Field

# How much a file must have of the ids or lines that only one notebook of the assignment has. A
# student who deletes half of the cells keeps far more, an own notebook with a copied cell has less.
ENOUGH = 0.25
LEAST_LINE = 12  # characters; shorter lines stand in any notebook


@dataclass(frozen=True)
class Recognised:
    """Which notebook a file is.

    name: of the notebook of the assignment, or "". evidence: "name", "cells", or "likeness" of the
    name. problem: what is wrong with the file, or "". readable: whether it is a notebook at all.
    ids: the students' ids in its identity cell, in order.
    """

    name: str
    evidence: str = ""
    problem: str = ""
    readable: bool = True
    ids: tuple[str, ...] = ()


class Recogniser:
    """Knows the notebooks of one assignment.

    masters: by name. config: the course's, for the text that students get. identity: the
    variables that say whose a notebook is. asked: how many of them are ids.
    """

    def __init__(self, masters: dict[str, NotebookNode], config: Config, identity: list[Field]):
        self._identity = identity
        self.asked = sum(not field.signature for field in identity)
        self.names = list(masters)
        marks, lines = {}, {}
        for name, master in masters.items():
            released = Restoration(master, config).released
            marks[name] = _marks(master)
            lines[name] = _lines("\n".join(released.values()))
        self._marks, self._lines = _own(marks), _own(lines)
        self._cached = lru_cache(maxsize=None)(self._recognise)

    def __call__(self, piece: Piece) -> Recognised:
        """Which notebook a file is. The cells count more than the file's name."""
        return self._cached(piece.content, piece.stem)

    def _recognise(self, path: Path, stem: str) -> Recognised:
        named, alike = self._named(stem)
        evidence = ("likeness" if alike else "name") if named else ""
        try:
            notebook = read_notebook(path)
        except Unreadable as error:
            return Recognised(named, evidence, f"can't be read: {error}", False)
        try:
            ids, by_cells = tuple(assigned_ids(notebook, self._identity)), self._by_cells(notebook)
        except Exception as error:  # whatever somebody has put into it stops nobody else
            problem = f"can't be looked into ({type(error).__name__})"
            return Recognised(named, evidence, problem, False)
        if by_cells and by_cells != named:
            return Recognised(by_cells, "cells", ids=ids)
        problem = f"has hardly a cell of {named}: see whether it is the right file"
        return Recognised(named, evidence, "" if by_cells or not named else problem, ids=ids)

    def _named(self, stem: str) -> tuple[str, bool]:
        """The notebook with a file's name, and whether the name is only alike."""
        if stem in self.names:
            return stem, False
        plain = without_copy(stem).casefold().replace(" ", "_")
        return next((name for name in self.names if name.casefold() == plain), ""), True

    def _by_cells(self, notebook: NotebookNode) -> str:
        marks = _marks(notebook)
        lines = _lines("\n".join(cell.source for cell in notebook.cells))
        shares = {
            name: max(_share(self._marks[name], marks), _share(self._lines[name], lines))
            for name in self.names
        }
        first, *others = sorted(shares, key=shares.get, reverse=True)
        if shares[first] < ENOUGH or any(shares[other] == shares[first] for other in others):
            return ""
        return first


def _marks(notebook: NotebookNode) -> set[str]:
    """The ids of a notebook's cells, and their grade_ids."""
    marks = {f"id {cell.get('id')}" for cell in notebook.cells}
    for cell in notebook.cells:
        metadata = cell.metadata.get("nbgrader")
        if isinstance(metadata, dict):
            marks.add(f"grade_id {metadata.get('grade_id')}")
    return marks


def _lines(text: str) -> set[str]:
    lines = (line.strip() for line in text.splitlines())
    return {line for line in lines if len(line) >= LEAST_LINE}


def _own(sets: dict[str, set[str]]) -> dict[str, set[str]]:
    """What each set has and no other one."""
    counts = Counter(item for items in sets.values() for item in items)
    return {name: {item for item in items if counts[item] == 1} for name, items in sets.items()}


def _share(wanted: set[str], present: set[str]) -> float:
    return len(wanted & present) / len(wanted) if wanted else 0.0
