"""A new assignment to start from: one notebook with one exercise of each kind, by language."""

import re
from pathlib import Path

from grading.course import Assignment, CourseError
from grading.masters.settings import course_language

SKELETONS = Path(__file__).parent / "skeleton"  # a folder for each language
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


def require_new(assignment: Assignment) -> None:
    """Raise CourseError when the name will not do or the folder is there already."""
    if not NAME.fullmatch(assignment.name):
        raise CourseError(
            f"{assignment.name!r} is no name for an assignment: use letters without accents, "
            "digits, '-' and '_', as in lab4."
        )
    if assignment.source.exists():
        raise CourseError(f"source/{assignment} is there already: choose another name.")


def new_assignment(assignment: Assignment) -> list[Path]:
    """Write source/ASSIGNMENT; returns its files. Raises CourseError as `require_new` does."""
    require_new(assignment)
    folder = assignment.source
    skeleton = SKELETONS / course_language(assignment.course.config)
    written = []
    folder.mkdir(parents=True)
    for path in sorted(skeleton.glob("*.ipynb")):
        text = path.read_text("utf-8").replace("ASSIGNMENT", assignment.name)
        (folder / path.name).write_text(text, "utf-8")
        written.append(folder / path.name)
    return written
