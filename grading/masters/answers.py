"""A master's own answers, as a student would hand them in."""

from copy import deepcopy

from nbformat import NotebookNode
from nbgrader.utils import is_solution

from grading.regions import Region


def solved(
    master: NotebookNode, solutions: Region, answers: dict[str, str] | None = None
) -> NotebookNode:
    """A copy of a master with every solution cell as a student would hand it in.

    solutions: how the course marks them. answers: grade_id → source, in place of the master's own.
    """
    notebook = deepcopy(master)
    for cell in notebook.cells:
        if is_solution(cell):
            grade_id = cell.metadata.nbgrader.grade_id
            cell.source = (answers or {}).get(grade_id) or solutions.without_delimiters(cell.source)
    return notebook
