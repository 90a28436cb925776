"""Cells as students get them."""

from copy import deepcopy
from pathlib import Path

from nbformat import NotebookNode
from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme, ClearSolutions
from nbgrader.utils import is_solution
from traitlets import Bool
from traitlets.config import Config

from grading.course import Course, find_root
from grading.masters.cells import EXERCISE, code_stub, forget_notes, text_stub
from grading.masters.pictures import forget_unshown
from grading.masters.settings import language_of
from grading.masters.titles import heading
from grading.words import say, using


class ClearExercises(ClearSolutions):
    """nbgrader's preprocessor, with the last heading before the cell in place of `{exercise}`: the
    error of a blank that stops a later cell then says which exercise is open.
    """

    _exercise = ""

    def preprocess(self, nb, resources):
        self._exercise = ""
        course = Course(Path(self.config.CourseDirectory.get("root") or find_root()))
        with using(language_of(course.assignment(resources["nbgrader"]["assignment"]))):
            return super().preprocess(nb, resources)

    def preprocess_cell(self, cell, resources, cell_index):
        if cell.cell_type == "markdown":
            self._exercise = heading(cell.source) or self._exercise
        self.code_stub = self.code_stub | {"python": code_stub(self.config)}
        self.text_stub = text_stub(self.config)
        cell, resources = super().preprocess_cell(cell, resources, cell_index)
        forget_notes(cell)
        if is_solution(cell) and cell.cell_type == "code":
            name = say("an_exercise", name=self._exercise) if self._exercise else ""
            name = name or say("this_exercise")
            cell.source = cell.source.replace(EXERCISE, name)
        return cell, resources


class ClearMarkSchemes(ClearMarkScheme):
    """nbgrader's preprocessor; pictures that were pasted into what is cleared go along.

    It comes after all others that clear text. nbgrader itself refuses some of these pictures, and
    hands the others out.
    """

    check_attachment_leakage = Bool(False)

    def preprocess_cell(self, cell, resources, cell_index):
        cell, resources = super().preprocess_cell(cell, resources, cell_index)
        forget_unshown(cell)
        return cell, resources


class Clearing:
    """Makes cells as students get them: no solution, no hidden test, no mark scheme.

    A notebook's cells are to be cleared in order: a stub names the exercise by the last heading.
    """

    def __init__(self, config: Config):
        steps = (ClearExercises, ClearHiddenTests, ClearMarkSchemes)
        self._steps = [step(config=config) for step in steps]

    def __call__(self, cell: NotebookNode) -> NotebookNode:
        """A copy of a cell, cleared.

        Raises RuntimeError when its regions are nested, unfinished or in a cell of the wrong kind.
        """
        cell, resources = deepcopy(cell), {"language": "python"}
        for step in self._steps:
            cell, resources = step.preprocess_cell(cell, resources, 0)
        return cell
