"""Which cells of a graded notebook hold the student's text, for the labels of the page."""

from functools import lru_cache
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.utils import is_solution, is_task

from grading.feedback.presentable import text


def students_cells(notebook: NotebookNode, released: Path) -> set[str]:
    """The ids of the cells whose text is the student's.

    These are solutions, answers below a written question, and cells without nbgrader's metadata
    whose text was not released: the student added or changed them.
    notebook: as `presentable` makes it. released: the file of the notebook as students got it;
    where it cannot be read, each cell without metadata counts as the student's.
    """
    provided = _provided(released, _changed(released))
    found, below_question = set(), False
    for cell in notebook.cells:
        unmarked = not cell.metadata.get("nbgrader")
        is_own = unmarked and (below_question or cell.source.strip() not in provided)
        if is_solution(cell) or is_own:
            found.add(cell.id)
        below_question = is_task(cell)
    return found


def _changed(path: Path) -> int | None:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return None


@lru_cache(maxsize=64)
def _provided(path: Path, changed: int | None) -> frozenset[str]:
    """The texts of the cells without nbgrader's metadata in a released notebook.

    changed: when the file was written, so that a newer one is read again; None where there is none.
    """
    if changed is None:
        return frozenset()
    try:
        cells = nbformat.read(path, as_version=4).cells
    except (OSError, ValueError):  # a damaged release
        return frozenset()
    return frozenset(text(cell.source).strip() for cell in cells if "nbgrader" not in cell.metadata)
