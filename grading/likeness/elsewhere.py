"""Hand-ins and answers of elsewhere that a class is compared with: earlier years, known answers."""

from collections.abc import Iterator
from pathlib import Path

from grading.course import Assignment, CourseError
from grading.likeness.own import Own, Reader

NOTEBOOKS = "*.ipynb"


def read_elsewhere(assignment: Assignment, folder: Path, reader: Reader) -> list[Own]:
    """What a folder has, laid out as submitted/ of another year or as answers in notebooks.

    Each folder that holds notebooks of the assignment is one hand-in: FOLDER itself, FOLDER/NAME
    and FOLDER/NAME/ASSIGNMENT. Notebooks are known by their names.
    Raises CourseError when there is no such folder, or nothing of the assignment in it.
    """
    if not folder.is_dir():
        raise CourseError(f"--against {folder}: there is no such folder.")
    if folder.resolve() == assignment.course.submitted.resolve():
        raise CourseError(f"--against {folder}: that is the class itself, name another folder.")
    found = [
        reader.read(_name(folder, place, assignment), place)
        for place in _places(folder, assignment)
        if any((place / f"{name}.ipynb").is_file() for name in reader.notebooks)
    ]
    if not found:
        names = ", ".join(f"{name}.ipynb" for name in reader.notebooks)
        raise CourseError(
            f"--against {folder}: no notebook of {assignment} in it. They are looked for as "
            f"{folder}/NOTEBOOK, {folder}/NAME/NOTEBOOK and {folder}/NAME/{assignment}/NOTEBOOK, "
            f"where NOTEBOOK is one of: {names}."
        )
    return found


def _places(folder: Path, assignment: Assignment) -> Iterator[Path]:
    yield folder
    for inside in sorted(folder.iterdir()):
        if inside.is_dir() and not inside.is_symlink() and not inside.name.startswith("."):
            yield inside
            yield inside / assignment.name


def _name(folder: Path, place: Path, assignment: Assignment) -> str:
    parts = place.relative_to(folder).parts
    if parts[-1:] == (assignment.name,) and len(parts) > 1:
        parts = parts[:-1]
    return "/".join((folder.resolve().name, *parts))
