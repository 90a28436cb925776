"""A class of hand-ins made by habits: one submission for each row of a table, graded in one run."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import nbformat
import tiny
from bs4 import BeautifulSoup
from nbformat import NotebookNode

from grading.course import Course
from grading.intake.master_cells import is_students
from grading.masters.build import build
from grading.masters.clearing import Clearing

SECONDS = 600


@dataclass(frozen=True)
class Habit:
    """One row of the table of habits.

    name: what is done, in a sentence. do: changes a complete hand-in, given its folder. earns: the
    marks of each check by grade_id, or of all checks together. said: texts that the students'
    feedback or the instructor's table must contain. unsaid: texts that neither may contain.
    status: what the table calls the submission.
    """

    name: str
    do: Callable[[Path], None]
    earns: dict[str, float] | float = 12
    said: tuple[str, ...] = ()
    unsaid: tuple[str, ...] = ()
    status: str = "graded"

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Graded:
    """What came of one hand-in. marks: by grade_id. said: its lines of the run, and its pages."""

    marks: dict[str, float]
    status: str
    said: str


def graded(
    course: Course, habits: list[Habit], *options: str, masters: dict | None = None
) -> dict[str, Graded]:
    """Hand in every habit to a tiny course, grade the class in one run: a row's name → Graded.

    masters: name → notebook, in place of those of the course.
    """
    source = course.assignment(tiny.ASSIGNMENT).source
    if masters is None:
        masters = {path.stem: nbformat.read(path, 4) for path in source.glob("*.ipynb")}
    else:
        for path in source.glob("*.ipynb"):
            path.unlink()
        tiny.write_masters(course.root, masters)
    build(course.assignment(tiny.ASSIGNMENT))
    ids = {f"h{number:03}": habit for number, habit in enumerate(habits)}
    for submission, habit in ids.items():
        habit.do(_hand_in(course, submission, masters))
    command = [sys.executable, "-m", "grading", "run", tiny.ASSIGNMENT, *options]
    run = subprocess.run(
        command, cwd=course.root, text=True, capture_output=True, timeout=SECONDS,
        stdin=subprocess.DEVNULL, env={**os.environ, "COLUMNS": "400"},
    )  # fmt: skip
    assert run.returncode in (0, 3), run.stdout + run.stderr
    return {habit.name: _graded(course, key, run.stdout) for key, habit in ids.items()}


def _hand_in(course: Course, submission: str, masters: dict[str, NotebookNode]) -> Path:
    folder = course.submitted / submission / tiny.ASSIGNMENT
    folder.mkdir(parents=True)
    for name, master in masters.items():
        nbformat.write(tiny.without_regions(master), folder / f"{name}.ipynb")
    return folder


def _graded(course: Course, submission: str, output: str) -> Graded:
    lines = [line for line in output.splitlines() if submission in line]
    rows = [line for line in lines if line.startswith(submission)]
    assert rows, f"{submission} is not in the table:\n{output}"
    pages = sorted((course.root / "feedback" / submission).rglob("*.html"))
    soups = [BeautifulSoup(page.read_text("utf-8"), "html.parser") for page in pages]
    texts = [" ".join(soup.get_text(" ").split()) for soup in soups]
    status = " ".join(word for word in rows[-1].split()[1:] if not word[0].isdigit())
    return Graded(_marks(course, submission), status, "\n".join([*lines, *texts]))


def _marks(course: Course, submission: str) -> dict[str, float]:
    with course.gradebook() as gradebook:
        found = gradebook.find_submission(tiny.ASSIGNMENT, submission)
        return {
            grade.name: grade.auto_score
            for notebook in found.notebooks
            for grade in notebook.grades
            if grade.auto_score is not None
        }


def judge(habit: Habit, found: Graded) -> None:
    """Assert that a hand-in earned what its row says and that what must be said was said."""
    earned = found.marks if isinstance(habit.earns, dict) else sum(found.marks.values())
    if isinstance(habit.earns, dict):
        earned = {name: earned[name] for name in habit.earns}
    assert earned == habit.earns, f"{habit.name}: {found.status}\n{found.said[:3000]}"
    assert found.status == habit.status
    for text in habit.said:
        assert text in found.said
    for text in habit.unsaid:
        assert text not in found.said


def edit(name: str, change: Callable[[NotebookNode], None]) -> Callable[[Path], None]:
    """What changes one notebook of a hand-in: `change` gets the notebook, in today's format."""

    def do(folder: Path) -> None:
        path = folder / f"{name}.ipynb"
        notebook = nbformat.read(path, as_version=4)
        change(notebook)
        path.write_text(nbformat.writes(notebook), "utf-8")

    return do


def as_shown(name: str, change: Callable[[NotebookNode], None]) -> Callable[[Path], None]:
    """As `edit`, of a hand-in that has of tests and questions no more than students are shown."""

    def shown(notebook: NotebookNode) -> None:
        clear = Clearing(Course(tiny.REPOSITORY).config)
        for cell, master in zip(notebook.cells, tiny.masters()[name].cells, strict=True):
            released = clear(master).source
            if not is_students(master):
                cell.source = released
        change(notebook)

    return edit(name, shown)


def answer(grade_id: str, source: str, name: str = "1_square") -> Callable[[Path], None]:
    """What replaces the text of one cell of a hand-in."""

    def change(notebook: NotebookNode) -> None:
        next(cell for cell in notebook.cells if cell.id == grade_id).source = source

    return edit(name, change)
