"""Which cells of a notebook answer the questions that a person marks."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from nbformat import NotebookNode
from nbgrader.utils import is_task
from traitlets.config import Config

from grading.course import Assignment
from grading.masters.cells import is_marked_by_hand, text_stub
from grading.masters.clearing import Clearing
from grading.masters.reading import read_master
from grading.masters.settings import language_of
from grading.words import using


@dataclass(frozen=True)
class Place:
    """Where a question is answered.

    given: texts that stand in place of an answer, and are none. provided: texts of the notebook's
    cells that are not the student's, though nbgrader knows nothing of them.
    """

    given: frozenset[str]
    provided: frozenset[str]


def places(assignment: Assignment, notebook: str) -> dict[str, Place]:
    """The questions of a master that a person marks, by the grade_id of their cells.

    Raises CourseError when the master can't be read. It is read again once it or the configuration
    has changed.
    """
    files = [assignment.source / f"{notebook}.ipynb", *assignment.course.config_files]
    return _places(assignment, notebook, tuple((path, path.stat().st_mtime_ns) for path in files))


@lru_cache(maxsize=64)
def _places(assignment: Assignment, notebook: str, changed: tuple) -> dict[str, Place]:
    config = assignment.course.config
    master = read_master(assignment.source / f"{notebook}.ipynb", config)
    with using(language_of(assignment)):
        return {
            cell.metadata.nbgrader.grade_id: place_of(master, index, config)
            for index, cell in enumerate(master.cells)
            if is_marked_by_hand(cell)
        }


def place_of(master: NotebookNode, index: int, config: Config) -> Place:
    """Where the question of a master's cell is answered."""
    if is_task(master.cells[index]):
        below = master.cells[index + 1 : index + 2]
        given = [cell.source for cell in below if "nbgrader" not in cell.metadata]
    else:
        given = [Clearing(config)(master.cells[index]).source]
    texts = {cell.source.strip() for cell in master.cells if "nbgrader" not in cell.metadata}
    return Place(
        frozenset([*given, text_stub(config)]), frozenset(texts - set(map(str.strip, given)))
    )


class Cell(Protocol):
    """What of a cell says whose it is."""

    metadata: dict
    source: str


def answer_cells(cells: Iterable[Cell], provided: frozenset[str]) -> dict[str, list[Cell]]:
    """The cells of each answer in a graded notebook, by the grade_id of the question's cell.

    A task is answered in the cells below it, down to the next one that is not the student's.
    """
    found: dict[str, list[Cell]] = {}
    below: list[Cell] | None = None
    for cell in cells:
        ours = cell.metadata.get("nbgrader", {})
        if "grade_id" in ours:
            below = None
            if ours.get("task"):
                below = found.setdefault(ours["grade_id"], [])
            elif ours.get("grade") and ours.get("solution"):
                found[ours["grade_id"]] = [cell]
        elif cell.source.strip() in provided:
            below = None
        elif below is not None:
            below.append(cell)
    return found
