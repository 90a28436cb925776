"""Cells as students get them."""

from __future__ import annotations

from copy import deepcopy

from nbformat import NotebookNode
from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme, ClearSolutions
from traitlets.config import Config


class Clearing:
    """Makes cells as students get them: no solution, no hidden test, no mark scheme."""

    def __init__(self, config: Config):
        steps = (ClearSolutions, ClearHiddenTests, ClearMarkScheme)
        self._steps = [step(config=config) for step in steps]

    def __call__(self, cell: NotebookNode) -> NotebookNode:
        """A copy of a cell, cleared.

        Raises RuntimeError when its regions are nested, unfinished or in a cell of the wrong kind.
        """
        cell, resources = deepcopy(cell), {"language": "python"}
        for step in self._steps:
            cell, resources = step.preprocess_cell(cell, resources, 0)
        return cell


def clear_cell(cell: NotebookNode, config: Config) -> NotebookNode:
    """A copy of one cell as students get it: see `Clearing`."""
    return Clearing(config)(cell)
