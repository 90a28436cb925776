"""Other right answers to an assignment, kept beside its masters by the instructor.

source/ASSIGNMENT/variants/STYLE/NOTEBOOK.py holds whole solution cells, each after a line
`# %% GRADE_ID`. They are never released.
"""

from __future__ import annotations

import re
from pathlib import Path

from grading.course import Course, CourseError

FOLDER = "variants"
CELL = re.compile(r"^# %% (?P<grade_id>[\w-]+)[ \t]*\n", re.MULTILINE)


def styles(course: Course, assignment: str) -> list[str]:
    """Names of the styles that the instructor keeps, in order."""
    folder = course.source / assignment / FOLDER
    return sorted(path.name for path in folder.glob("*") if path.is_dir())


def read_variants(course: Course, assignment: str, style: str) -> dict[str, dict[str, str]]:
    """The solution cells of a style: notebook → grade_id → source.

    Raises CourseError when a file of that style holds no cell.
    """
    folder = course.source / assignment / FOLDER / style
    return {path.stem: _read(path) for path in sorted(folder.glob("*.py"))}


def variants_by_notebook(course: Course, assignment: str) -> dict[str, dict[str, dict[str, str]]]:
    """The solution cells of all styles: notebook → style → grade_id → source.

    Raises CourseError as `read_variants` does.
    """
    found: dict[str, dict[str, dict[str, str]]] = {}
    for style in styles(course, assignment):
        for name, answers in read_variants(course, assignment, style).items():
            found.setdefault(name, {})[style] = answers
    return found


def _read(path: Path) -> dict[str, str]:
    _, *parts = CELL.split(path.read_text("utf-8"))
    if not parts:
        raise CourseError(f"{path.name}: no cell; start each one with a line '# %% GRADE_ID'.")
    return {
        grade_id: source.strip() for grade_id, source in zip(parts[::2], parts[1::2], strict=True)
    }
