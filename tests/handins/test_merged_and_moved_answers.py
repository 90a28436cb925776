"""A right answer counts in whatever cell it stands."""

import pytest
import tiny
from habits import Habit, as_shown, graded, judge
from nbformat.v4 import new_code_cell

from grading.course import Course
from grading.masters.clearing import Clearing


def merge(*names, into="", join="\n\n"):
    """Merge some cells, as they are shown, in the given order, into the first one or `into`."""

    def change(notebook):
        cells = {cell.id: cell for cell in notebook.cells}
        kept = cells[into or names[0]]
        kept.source = join.join(cells[name].source for name in names)
        gone = [cells[name] for name in names if cells[name] is not kept]
        notebook.cells = [cell for cell in notebook.cells if cell not in gone]

    return released(change)


def released(change):
    """Change a hand-in that has of the tests and questions what students are shown."""
    return as_shown("1_square", change)


def blank(notebook, name):
    """Open one answer again; returns what it was."""
    clear, cells = Clearing(Course(tiny.REPOSITORY).config), {c.id: c for c in notebook.cells}
    answer = cells[name].source
    for master in tiny.masters()["1_square"].cells:
        source = clear(master).source
        if master.id == name:
            cells[name].source = source
    return answer


def written_elsewhere(name, at, make=new_code_cell, extra=""):
    """Write one answer into a new cell, the blank stays. at: its place in the notebook."""

    def change(notebook):
        source = blank(notebook, name)
        notebook.cells.insert(at, make(extra + source))

    return released(change)


def typed_into(name, locked, kind="code", above=False):
    """Write one answer into a locked cell, the blank stays."""

    def change(notebook):
        source = blank(notebook, name)
        cell = next(cell for cell in notebook.cells if cell.id == locked)
        cell.source = f"{source}\n\n{cell.source}" if above else f"{cell.source}\n\n{source}"
        cell.cell_type = kind

    return released(change)


def instead_of_text(notebook):
    """The title's cell changed to code, with an answer in it."""
    title = notebook.cells[0]
    source = blank(notebook, "square")
    notebook.cells[0] = new_code_cell(source, id=title.id, metadata=title.metadata)


def answer_as_code(notebook):
    """The written answer's cell changed to code."""
    notebook.cells[7] = new_code_cell("Porque sí.", id=notebook.cells[7].id)


def cut_and_pasted(source_name, target_name, leave=""):
    def change(notebook):
        cells = {cell.id: cell for cell in notebook.cells}
        cells[target_name].source += "\n\n" + cells[source_name].source
        cells[source_name].source = leave

    return released(change)


def copied_cell(notebook):
    """A copy of the first answer, with its metadata, changed into the second one."""
    square, cube = notebook.cells[2], notebook.cells[4]
    copy = new_code_cell(cube.source, metadata=square.metadata)
    blank(notebook, "cube")
    notebook.cells.insert(3, copy)


def split(with_metadata):
    """One answer in two cells."""

    def change(notebook):
        square = notebook.cells[2]
        source = square.source
        square.source = "def _producto(a, b):\n    return a * b"
        half = new_code_cell(source.replace("x * x", "_producto(x, x)"))
        if with_metadata:
            half.metadata = square.metadata
        notebook.cells.insert(3, half)

    return released(change)


def failing_check(notebook):
    """Both answers and the check between them in one cell; the check's copy fails where it is."""
    cells = {cell.id: cell for cell in notebook.cells}
    order = ("square-check", "square", "cube")
    cells["square"].source = "\n\n".join(cells[name].source for name in order)
    notebook.cells = [c for c in notebook.cells if c.id not in ("square-check", "cube")]


def drafts(notebook):
    """Two tries below the check, the last one right."""
    source = blank(notebook, "square")
    notebook.cells.insert(4, new_code_cell("def square(x):\n    return 2 * x"))
    notebook.cells.insert(5, new_code_cell(source))


def with_helper_and_magic(notebook):
    """An answer below its check that needs an import and a function beside it."""
    blank(notebook, "square")
    notebook.cells.insert(4, new_code_cell(
        "from operator import mul\n\ndef por(a, b):\n    return mul(a, b)\n\n"
        "# la función pedida\ndef square(x):\n    return por(x, x)\n\nprint(square(3), 'listo')"
    ))  # fmt: skip


def two_in_one_below(notebook):
    """Both answers in one new cell at the end."""
    sources = [blank(notebook, name) for name in ("square", "cube")]
    notebook.cells.append(new_code_cell("\n\n".join(sources)))


FOUND = ("its answer stands in another cell", "se tomó de ahí")
APART = ("was taken apart again", "se volvieron a separar")
HABITS = [
    Habit("two answers merged", merge("square", "cube"), said=FOUND),
    Habit("two answers merged into the second", merge("square", "cube", into="cube"), said=FOUND),
    Habit("two answers merged in the other order", merge("cube", "square"), said=FOUND),
    Habit("an answer merged with its check", merge("square", "square-check"), said=APART),
    Habit("an answer merged into its check", merge("square", "square-check", into="square-check"),
          said=APART),
    Habit("an answer merged with the imports", merge("square-imports", "square"), said=APART),
    Habit("an answer merged with the imports, and kept its name",
          merge("square-imports", "square", into="square"), said=APART),
    Habit("three cells merged", merge("square", "square-check", "cube"), said=APART),
    Habit("three cells merged into the last", merge("square", "square-check", "cube", into="cube"),
          said=APART),
    Habit("all code merged", merge("square-imports", "square", "square-check", "cube",
          "cube-check"), said=APART),
    Habit("cells joined without a line between", merge("square", "square-check", "cube",
          join="\n"), said=APART),
    Habit("a merged check that fails where it is", released(failing_check), said=APART),
    Habit("the question merged with its answer", merge("square-question", "square-answer"),
          said=APART, unsaid=("*Escriban",)),
    Habit("an answer cut and pasted into the next", cut_and_pasted("square", "cube"), said=FOUND),
    Habit("an answer cut and pasted into the one before", cut_and_pasted("cube", "square"),
          said=FOUND),
    Habit("a comment left where an answer was cut", cut_and_pasted("square", "cube",
          "# está abajo"), said=FOUND),
    Habit("a new cell before the blank", written_elsewhere("square", 2), said=FOUND),
    Habit("a new cell at the top", written_elsewhere("cube", 0), said=FOUND),
    Habit("a new cell after the blank", written_elsewhere("square", 3)),
    Habit("a new cell below the check", written_elsewhere("square", 4), said=FOUND),
    Habit("a new cell at the end", written_elsewhere("cube", 9, extra="import math\n"),
          said=FOUND),
    Habit("both in a new cell at the end", released(two_in_one_below), said=FOUND),
    Habit("two tries below the check", released(drafts), said=FOUND),
    Habit("an answer below its check with what it needs", released(with_helper_and_magic),
          said=FOUND),
    Habit("an answer typed into its check", typed_into("square", "square-check", above=True)),
    Habit("an answer typed into the imports", typed_into("square", "square-imports")),
    Habit("an answer in the title, which became code", released(instead_of_text), said=FOUND),
    Habit("a copy of one answer changed into another", released(copied_cell), said=FOUND),
    Habit("an answer in two cells", split(with_metadata=False)),
    Habit("an answer in two cells of one name", split(with_metadata=True)),
    Habit("an answer whose cell became text", released(
          lambda notebook: notebook.cells[2].update(cell_type="markdown"))),
    Habit("a written answer whose cell became code", released(answer_as_code)),
    Habit("a blank that stays open", released(lambda notebook: blank(notebook, "square") and None),
          {"square-check": 0, "cube-check": 0}, unsaid=("another cell",)),
]  # fmt: skip


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    return graded(tiny.make_course(tmp_path_factory.mktemp("moved")), HABITS)


@pytest.mark.parametrize("habit", HABITS, ids=str)
def test_what_it_earns(habit, results):
    judge(habit, results[habit.name])
