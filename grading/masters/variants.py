"""Other right answers to an assignment, kept beside its masters by the instructor.

source/ASSIGNMENT/variants/STYLE/NOTEBOOK.py holds whole solution cells, each after a line
`# %% GRADE_ID`. They are never released.
"""

import re
from pathlib import Path

from grading.course import Assignment, CourseError

FOLDER = "variants"
CELL = re.compile(r"^# %% (?P<grade_id>[\w-]+)[ \t]*\n", re.MULTILINE)


def styles(assignment: Assignment) -> list[str]:
    """Names of the styles that the instructor keeps, in order."""
    folder = assignment.source / FOLDER
    return sorted(path.name for path in folder.glob("*") if path.is_dir())


def read_variants(assignment: Assignment, style: str) -> dict[str, dict[str, str]]:
    """The solution cells of a style: notebook → grade_id → source.

    Raises CourseError when a file of that style holds no cell.
    """
    folder = assignment.source / FOLDER / style
    return {path.stem: _read(path) for path in sorted(folder.glob("*.py"))}


def variants_by_notebook(assignment: Assignment) -> dict[str, dict[str, dict[str, str]]]:
    """The solution cells of all styles: notebook → style → grade_id → source.

    Raises CourseError as `read_variants` does.
    """
    variants: dict[str, dict[str, dict[str, str]]] = {}
    for style in styles(assignment):
        for name, answers in read_variants(assignment, style).items():
            variants.setdefault(name, {})[style] = answers
    return variants


def _read(path: Path) -> dict[str, str]:
    _, *parts = CELL.split(path.read_text("utf-8"))
    if not parts:
        raise CourseError(f"{path.name}: no cell; start each one with a line '# %% GRADE_ID'.")
    return {
        grade_id: source.strip() for grade_id, source in zip(parts[::2], parts[1::2], strict=True)
    }
