"""Which notebook of an assignment a file is, whatever it is called."""

from __future__ import annotations

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

# Of what only one notebook of the assignment has, the share that a file must have. A student who
# deletes half of the cells is far above it, an own notebook with a copied cell far below.
ENOUGH = 0.25
LEAST_LINE = 12  # letters; shorter lines are anybody's


@dataclass(frozen=True)
class Recognised:
    """What a file is.

    name: of the notebook of the assignment, or "". by: "name", "cells", or "likeness" of its name.
    problem: what is wrong with it, or "". readable: whether it is a notebook. ids: what its cells
    of identity say, in order.
    """

    name: str
    by: str = ""
    problem: str = ""
    readable: bool = True
    ids: tuple[str, ...] = ()


class Recogniser:
    """Knows the notebooks of one assignment.

    masters: by name. config: the course's, for the text that students get.
    """

    def __init__(self, masters: dict[str, NotebookNode], config: Config):
        self.names = list(masters)
        marks, lines = {}, {}
        for name, master in masters.items():
            released = Restoration(master, config).released
            marks[name] = _marks(master)
            lines[name] = _lines("\n".join(released.values()))
        self._marks, self._lines = _own(marks), _own(lines)
        self._cached = lru_cache(maxsize=None)(self._recognise)

    def __call__(self, piece: Piece) -> Recognised:
        """What a notebook is. Its cells count more than its name."""
        return self._cached(piece.content, piece.stem)

    def _recognise(self, path: Path, stem: str) -> Recognised:
        named, alike = self._named(stem)
        by = "likeness" if alike else "name"
        try:
            notebook = read_notebook(path)
        except Unreadable as error:
            return Recognised(named, by if named else "", f"can't be read: {error}", False)
        try:
            ids = tuple(assigned_ids(notebook))
            found = self._by_cells(notebook)
        except Exception as error:  # whatever somebody has put into it stops nobody else
            problem = f"can't be looked into ({type(error).__name__})"
            return Recognised(named, by if named else "", problem, False)
        if found and found != named:
            return Recognised(found, "cells", ids=ids)
        problem = f"has hardly a cell of {named}: see whether it is the right file"
        return Recognised(
            named, by if named else "", "" if found or not named else problem, ids=ids
        )

    def _named(self, stem: str) -> tuple[str, bool]:
        """The notebook of that name, and whether it is only nearly that name."""
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
    found = {f"id {cell.get('id')}" for cell in notebook.cells}
    for cell in notebook.cells:
        ours = cell.metadata.get("nbgrader")
        if isinstance(ours, dict):
            found.add(f"grade_id {ours.get('grade_id')}")
    return found


def _lines(text: str) -> set[str]:
    lines = (line.strip() for line in text.splitlines())
    return {line for line in lines if len(line) >= LEAST_LINE}


def _own(sets: dict[str, set[str]]) -> dict[str, set[str]]:
    """Of each set what no other one has."""
    counts = Counter(item for items in sets.values() for item in items)
    return {name: {each for each in items if counts[each] == 1} for name, items in sets.items()}


def _share(wanted: set[str], found: set[str]) -> float:
    return len(wanted & found) / len(wanted) if wanted else 0.0
