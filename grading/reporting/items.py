"""What an assignment asks: its checks and written questions, by notebook and exercise."""

from dataclasses import dataclass

from nbformat import NotebookNode
from nbgrader.utils import is_solution

from grading.course import Assignment
from grading.masters.cells import is_marked_by_hand, is_test
from grading.masters.reading import read_masters as masters_of
from grading.masters.titles import heading, titles
from grading.regions import Region, hidden_tests


@dataclass(frozen=True)
class Item:
    """One thing that gives marks: a check or, if `written`, a question graded by hand.

    exercise: of a check, the heading above the last blank that stands before it; a question is one
    of its own, called by its title, because its heading may be in its own cell.
    """

    notebook: str
    name: str
    title: str
    exercise: str
    points: float
    written: bool


@dataclass(frozen=True)
class Master:
    """A notebook of an assignment. blanks: grade_ids of the code that students write
    and checks look at; not of code that a person marks."""

    name: str
    items: tuple[Item, ...]
    blanks: tuple[str, ...]

    @property
    def automatic(self) -> float:
        return sum(item.points for item in self.items if not item.written)

    @property
    def written(self) -> float:
        return sum(item.points for item in self.items if item.written)


def read_masters(assignment: Assignment) -> list[Master]:
    """The notebooks of an assignment, in order. Raises CourseError when there is none of it."""
    hidden = hidden_tests(assignment.course.config)
    masters = masters_of(assignment)
    return [master_of(name, notebook, hidden) for name, notebook in masters.items()]


def master_of(name: str, notebook: NotebookNode, hidden: Region) -> Master:
    """What a master asks. hidden: marks what students do not see of it."""
    items, blanks, called = [], [], titles(notebook, hidden)
    section = exercise = ""
    for cell in notebook.cells:
        if is_marked_by_hand(cell):
            title = called[cell.metadata.nbgrader.grade_id]
            items.append(_item(name, cell, called, title, written=True))
        elif cell.cell_type == "markdown":
            section = heading(cell.source) or section
        elif is_test(cell):
            items.append(_item(name, cell, called, exercise or section, written=False))
        elif is_solution(cell):
            exercise = section
            blanks.append(cell.metadata.nbgrader.grade_id)
    return Master(name, tuple(items), tuple(blanks))


def _item(
    notebook: str, cell: NotebookNode, called: dict[str, str], exercise: str, written: bool
) -> Item:
    ours = cell.metadata.nbgrader
    title, points = called[ours.grade_id], ours.get("points") or 0
    return Item(notebook, ours.grade_id, title, exercise or notebook, points, written)
