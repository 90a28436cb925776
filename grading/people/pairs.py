"""Whose a submission is: the ids in the name of its folder and in its identity cell."""

from __future__ import annotations

from collections.abc import Container

from nbformat import NotebookNode

from helpers._saved import Cell, texts
from helpers.entrega import IDS

BETWEEN = "_"


def ids_in_identity_cell(notebook: NotebookNode) -> list[str]:
    """The ids that a submitted notebook assigns to `carne_1` and `carne_2`, in that order; an id
    that is empty or not there is left out."""
    cells = [Cell("", cell.cell_type, cell.source, "", False) for cell in notebook.cells]
    assigned = texts(cells, IDS)
    return [assigned[name] for name in IDS if assigned.get(name)]


def members(folder: str, students: Container[str] = ()) -> list[str]:
    """The ids of those who handed in `submitted/FOLDER`: one, or both of a pair, `carne1_carne2`.

    students: the ids of the roster. One of them may hold an underscore itself; without a roster,
    every underscore separates two ids. A name with more than two ids is no pair: they are all
    returned, and `notes` has somebody look at them.
    """
    if folder in students:
        return [folder]
    parts = folder.split(BETWEEN)
    if not all(part in students for part in parts):
        cuts = [(BETWEEN.join(parts[:n]), BETWEEN.join(parts[n:])) for n in range(1, len(parts))]
        best = max(cuts, key=lambda cut: sum(id_ in students for id_ in cut), default=())
        if any(id_ in students for id_ in best):
            parts = list(best)
    return list(dict.fromkeys(part for part in parts if part)) or [folder]
