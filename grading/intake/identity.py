"""Whose a notebook says that it is: the ids that its identity cell assigns."""

from nbformat import NotebookNode

from helpers._saved import Cell, texts
from helpers.entrega import IDS


def assigned_ids(notebook: NotebookNode) -> list[str]:
    """The ids that a notebook assigns to `carne_1` and `carne_2`, without empty ones."""
    cells = [
        Cell("", cell.cell_type, cell.source, "", False)
        for cell in notebook.cells
        if any(name in cell.source for name in IDS)  # to parse the others takes longer
    ]
    written = texts(cells, IDS)
    return [written[name] for name in IDS if written.get(name)]
