"""Whose a notebook says that it is: the ids that its identity cell assigns."""

from nbformat import NotebookNode

from helpers._identity import Field, written
from helpers._saved import Cell


def assigned_ids(notebook: NotebookNode, identity: list[Field]) -> list[str]:
    """The ids that a notebook assigns to the variables of an identity, without empty ones."""
    cells = [Cell("", cell.cell_type, cell.source, "", False) for cell in notebook.cells]
    found = written(cells, [field for field in identity if not field.signature])
    return list(filter(None, found.values()))
