"""A master's own answers, as a student would hand them in."""

from __future__ import annotations

import re
from copy import deepcopy

from nbformat import NotebookNode
from nbgrader.utils import is_solution

DELIMITER = re.compile(r"^[ \t]*### (BEGIN|END) SOLUTION[^\n]*\n?", re.MULTILINE)


def answer(source: str) -> str:
    """A solution cell of a master without the lines that mark what students write."""
    return DELIMITER.sub("", source).rstrip("\n")


def solved(master: NotebookNode, answers: dict[str, str] | None = None) -> NotebookNode:
    """The master with every blank filled, by `answers` (grade_id → source) where they say it."""
    notebook = deepcopy(master)
    for cell in notebook.cells:
        if is_solution(cell):
            grade_id = cell.metadata.nbgrader.grade_id
            cell.source = (answers or {}).get(grade_id) or answer(cell.source)
    return notebook
