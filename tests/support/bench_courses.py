"""Courses to measure with: small notebooks, or lab 3, graded by the kit or by stock nbgrader."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat
import tiny

from grading.course import Course
from grading.masters.answers import solved
from grading.masters.build import build
from grading.regions import solutions

STOCK = "\nc.Autograde.clear()  # nbgrader's own steps\n"
COLD = "\nc.Sandbox.warm = False\n"
SMALL, LAB = "small", "lab3"

IMPORTS = "import numpy as np\nfrom helpers import tick"
CHECK = """\
# {name}
with tick.marks(2):
    assert {name}(np.ones(3)).sum() == {total}
    ### BEGIN HIDDEN TESTS
    from grading.reference import close, reference

    master = reference("small/small")
    for case in (np.arange(4.0), np.full((2, 2), -1.5)):
        assert close({name}(case), master.{name}(case))
    ### END HIDDEN TESTS"""
FUNCTION = "def {name}(x):\n    ### BEGIN SOLUTION\n    return {body}\n    ### END SOLUTION"
EXERCISES = {"double": "2 * x", "square": "x * x", "shift": "x + 1", "negate": "-x"}
TOTALS = {"double": 6, "square": 3, "shift": 6, "negate": -3}


def make_course(root: Path, assignment: str, configuration: str = "") -> Course:
    """A released course without submissions; `configuration` is added to its grader_config.py."""
    for folder in ("release", "submitted", "autograded", "feedback"):
        (root / folder).mkdir(parents=True)
    for name in ("grader_config.py", "nbgrader_config.py"):
        shutil.copy(tiny.REPOSITORY / name, root)
    with (root / "grader_config.py").open("a") as config:
        config.write(configuration)
    if assignment == SMALL:
        (root / "source" / SMALL).mkdir(parents=True)
        nbformat.write(_small(), root / "source" / SMALL / f"{SMALL}.ipynb")
    else:
        shutil.copytree(tiny.REPOSITORY / "source" / assignment, root / "source" / assignment)
    course = Course(root)
    build(course.assignment(assignment))
    return course


def hand_in(course: Course, assignment: str, student: str) -> None:
    """A complete submission, which says in a comment whose it is: no two of a class are equal."""
    folder = course.submitted / student / assignment
    shutil.copytree(course.release / assignment, folder)
    for path in course.assignment(assignment).master_paths():
        notebook = solved(nbformat.read(path, as_version=4), solutions(course.config))
        first = next(cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).solution)
        first.source += f"\n# {student}"
        nbformat.write(notebook, folder / path.name)


def share(course: Course, students: list[str], others: list[Course]) -> None:
    """Give the submissions of a class to other courses, in turns."""
    for number, student in enumerate(students):
        other = others[number % len(others)]
        shutil.copytree(course.submitted / student, other.submitted / student)


def _small():
    """Four checks, one import of NumPy."""
    cells = [tiny.cell("locked", "imports", IMPORTS)]
    for name, body in EXERCISES.items():
        cells.append(tiny.cell("solution", name, FUNCTION.format(name=name, body=body)))
        source = CHECK.format(name=name, total=TOTALS[name])
        cells.append(tiny.cell("test", f"{name}-check", source, 2))
    return tiny.notebook(*cells)
