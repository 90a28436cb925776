"""An example class made from the masters, with a student for each case that a class may bring."""

import shutil
from collections.abc import Callable
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell
from nbgrader.utils import is_solution

from grading.course import Assignment, CourseError
from grading.masters.cells import is_test
from grading.masters.reading import read_master
from grading.masters.variants import read_variants, styles
from grading.regions import solutions

WARNINGS = """\
import logging, sys, warnings
warnings.warn("esto es solo una advertencia")
logging.warning("y esto, un registro")
print("texto en stderr", file=sys.stderr)
"""

CHEAT = """\
from helpers import checkarr, gradeutils
for module in (checkarr, gradeutils):
    for name in module.__all__:
        setattr(module, name, lambda *args, **kwargs: True)
        globals()[name] = lambda *args, **kwargs: True
"""


def fill_with_examples(assignment: Assignment) -> list[str]:
    """Write the example class into submitted/, which must be empty; returns the students.

    Raises CourseError when submitted/ holds something or the assignment has not been built.
    """
    if any(not path.name.startswith(".") for path in assignment.course.submitted.glob("*")):
        raise CourseError("submitted/ is not empty: the example class is only for an empty one.")
    masters = assignment.master_paths()
    for path in masters:
        if not (assignment.release / path.name).is_file():
            raise CourseError(f"Nothing released yet: run 'python -m grading build {assignment}'.")
    for student, write in _class(assignment).items():
        folder = assignment.submitted(student)
        shutil.copytree(assignment.release, folder)
        for path in masters:
            nbformat.write(write(Example(assignment, path)), folder / path.name)
    return assignment.submissions()


def _class(assignment: Assignment) -> dict[str, Callable]:
    """The students' names, each with the method that makes their notebooks."""
    students = {
        "complete": Example.solved,
        "half-done": Example.half_done,
        "untouched": Example.untouched,
        "raises": Example.raising,
        "loops": Example.looping,
        "warns": Example.warning,
        "cheats": Example.cheating,
    }
    for style in styles(assignment):
        answers = read_variants(assignment, style)
        students[f"style-{style}"] = lambda example, answers=answers: example.in_style(answers)
    return students


class Example:
    """One released notebook, to be filled in the way one kind of student would."""

    def __init__(self, assignment: Assignment, master: Path):
        self.name, self._region = master.stem, solutions(assignment.course.config)
        self.notebook = nbformat.read(assignment.release / master.name, as_version=4)
        self.solutions = {
            cell.metadata.nbgrader.grade_id: cell.source
            for cell in read_master(master, assignment.course.config).cells
            if is_solution(cell)
        }

    def _solution_cells(self) -> list[NotebookNode]:
        return [cell for cell in self.notebook.cells if is_solution(cell)]

    def _solution(self, cell: NotebookNode) -> str:
        return self._region.without_delimiters(self.solutions[cell.metadata.nbgrader.grade_id])

    def _solve(self, cells: list[NotebookNode]) -> None:
        for cell in cells:
            cell.source = self._solution(cell)

    def untouched(self) -> NotebookNode:
        return self.notebook

    def solved(self) -> NotebookNode:
        self._solve(self._solution_cells())
        return self.notebook

    def in_style(self, answers: dict[str, dict[str, str]]) -> NotebookNode:
        """Solved, with the answers of a variant where it has one."""
        self.solved()
        for cell in self._solution_cells():
            styled = answers.get(self.name, {}).get(cell.metadata.nbgrader.grade_id)
            cell.source = styled or cell.source
        return self.notebook

    def half_done(self) -> NotebookNode:
        cells = self._solution_cells()
        self._solve(cells[: len(cells) // 2])
        return self.notebook

    def raising(self) -> NotebookNode:
        """Solved up to the middle, where an answer divides by zero."""
        cells = self._solution_cells()
        middle = len(cells) // 2
        self._solve(cells[:middle])
        broken = self.solutions[cells[middle].metadata.nbgrader.grade_id]
        cells[middle].source = self._region.replaced(broken, "respuesta = 1 / 0")
        return self.notebook

    def looping(self) -> NotebookNode:
        """Untouched but for a cell near the start of the first notebook, which never ends."""
        if not self.name.startswith("1"):
            return self.notebook
        return self._insert_before_first_test("while True:\n    pass")

    def warning(self) -> NotebookNode:
        self.solved()
        for cell in self._solution_cells():
            cell.source = WARNINGS + cell.source
        return self.notebook

    def cheating(self) -> NotebookNode:
        """Blank, with the checks replaced by ones that always pass."""
        return self._insert_before_first_test(CHEAT)

    def _insert_before_first_test(self, source: str) -> NotebookNode:
        cells = self.notebook.cells
        first = next(index for index, cell in enumerate(cells) if is_test(cell))
        cells.insert(first, new_code_cell(source))
        return self.notebook
