"""Whose a notebook says that it is: the ids that its identity cell assigns."""

from nbformat import NotebookNode

from helpers._identity import IDS, written
from helpers._saved import Cell


def assigned_ids(notebook: NotebookNode) -> list[str]:
    """The ids that a notebook assigns to `carne_1` and `carne_2`, without empty ones."""
    cells = [Cell("", cell.cell_type, cell.source, "", False) for cell in notebook.cells]
    found = written(cells)
    return [found[name] for name in IDS if found.get(name)]
