"""make bench: the kit against stock nbgrader, the same submissions in the same run.

Both grade with the command `nbgrader autograde`, each in a course of its own; the stock one has
nbgrader's own preprocessors. Runs take turns, so that what else the machine does falls on both.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import click
import nbformat
import tiny
from rich.console import Console
from rich.table import Table

from grading.build import build
from grading.course import Course
from grading.demo import Example
from grading.store import FOLDER

STOCK = "\nc.Autograde.clear()  # nbgrader's own steps\n"

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


@click.command()
@click.option("--small", default=7, help="Repeats of the small notebook.")
@click.option("--lab3", default=1, help="Repeats of lab 3, several minutes each.")
def main(small: int, lab3: int) -> None:
    """Print medians, spreads and ratios."""
    table = Table("submission", "stock, s", "kit, s", "kit / stock", "repeats")
    with tempfile.TemporaryDirectory() as folder:
        for name, repeats in (("small", small), ("lab3", lab3)):
            if repeats:
                courses = [_course(Path(folder, f"{name}-{k}"), name, k == 0) for k in range(2)]
                stock, kit = _take_turns(courses, name, repeats)
                ratio = statistics.median(kit) / statistics.median(stock)
                table.add_row(name, _figures(stock), _figures(kit), f"{ratio:.2f}", str(repeats))
    Console().print(table)


def _course(root: Path, assignment: str, stock: bool) -> Course:
    """A course with one complete submission of the assignment."""
    for folder in ("release", "submitted", "autograded", "feedback"):
        (root / folder).mkdir(parents=True)
    for name in ("grader_config.py", "nbgrader_config.py"):
        shutil.copy(tiny.REPOSITORY / name, root)
    if stock:
        with (root / "grader_config.py").open("a") as config:
            config.write(STOCK)
    if assignment == "small":
        (root / "source/small").mkdir(parents=True)
        nbformat.write(_small(), root / "source/small/small.ipynb")
    else:
        shutil.copytree(tiny.REPOSITORY / "source" / assignment, root / "source" / assignment)
    course = Course(root)
    build(course, assignment)
    shutil.copytree(root / "release" / assignment, root / "submitted/ana" / assignment)
    for path in course.master_paths(assignment):
        solved = Example(course, assignment, path).solved()
        nbformat.write(solved, root / "submitted/ana" / assignment / path.name)
    return course


def _small():
    """Four checks, one import of NumPy."""
    cells = [tiny.cell("locked", "imports", IMPORTS)]
    totals = {"double": 6, "square": 3, "shift": 6, "negate": -3}
    for name, body in EXERCISES.items():
        cells.append(tiny.cell("solution", name, FUNCTION.format(name=name, body=body)))
        source = CHECK.format(name=name, total=totals[name])
        cells.append(tiny.cell("test", f"{name}-check", source, 2))
    return tiny.notebook(*cells)


def _take_turns(courses: list[Course], assignment: str, repeats: int) -> list[list[float]]:
    seconds = [[] for _ in courses]
    for _ in range(repeats):
        for course, taken in zip(courses, seconds, strict=True):
            shutil.rmtree(course.root / FOLDER, ignore_errors=True)  # nothing known beforehand
            command = [sys.executable, "-m", "nbgrader", "autograde", assignment, "--force"]
            started = time.monotonic()
            subprocess.run(command, cwd=course.root, check=True, capture_output=True)
            taken.append(time.monotonic() - started)
            _require_full_marks(course, assignment)
    return seconds


def _require_full_marks(course: Course, assignment: str) -> None:
    with course.gradebook() as gradebook:
        submission = gradebook.find_submission(assignment, "ana")
        automatic = submission.max_score - submission.max_written_score - submission.max_task_score
        if submission.score != automatic:
            raise SystemExit(f"{course.root}: {submission.score} of {automatic}")


def _figures(seconds: list[float]) -> str:
    median = statistics.median(seconds)
    return f"{median:.2f} ({min(seconds):.2f}–{max(seconds):.2f})"


if __name__ == "__main__":
    main()
