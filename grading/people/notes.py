"""What somebody should look at before trusting whose a submission is."""

from __future__ import annotations

import re
import stat
from collections.abc import Container, Iterator
from pathlib import Path

from grading.course import Course
from grading.intake.reading import MAX_BYTES, STAMP, Unreadable, read_notebook
from grading.people.lateness import handed_in
from grading.people.pairs import BETWEEN, ids_in_identity_cell, members
from grading.people.roster import FILE, ID, ID_RULE, read_students
from grading.text import for_terminal

SHOWN = 10
NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9-]")  # what the hand-in leaves out of its file's name


def notes(course: Course, assignment: str) -> list[str]:
    """Sentences about submissions whose ids do not fit, and who has none. No mark depends on them.

    Raises CourseError when students.csv can't be read.
    """
    students, found = read_students(course), []
    whose: dict[str, list[str]] = {}
    for name in course.students(assignment):
        ids, folder = members(name, students), course.submitted / name / assignment
        for each in ids:
            whose.setdefault(each, []).append(name)
        found += _about_ids(name, ids, students)
        found += _about_identity(folder, name, ids)
        if (folder / STAMP).exists() and handed_in(course, assignment, name) is None:
            found.append(f"{name}: its {STAMP} is no time, so nobody knows whether it is late")
    for each, names in sorted(whose.items()):
        if len(names) > 1:
            found.append(f"{each} is in {len(names)} submissions, the later counts: {_list(names)}")
    if absent := [each for each in students if each not in whose]:
        count = f"{len(absent)} of the {len(students)} students in {FILE}"
        found.append(f"{count} have no submission: {_list(absent)}")
    return [for_terminal(note) for note in found]


def _about_ids(name: str, ids: list[str], students: Container[str]) -> Iterator[str]:
    """What is odd about the ids in the name of a folder."""
    if len(ids) > 2:
        yield f"{name}: {len(ids)} ids in the name of its folder; a pair is ID{BETWEEN}ID"
    elif name not in (BETWEEN.join(ids), *ids):
        yield f"{name}: an id is empty or stands twice in the name of its folder"
    for each in ids:
        if not ID.fullmatch(each):
            yield f"{name}: {each!r} is no id: {ID_RULE}"
        elif students and each not in students:
            yield f"{name}: {each} is not in {FILE}"


def _about_identity(folder: Path, name: str, ids: list[str]) -> Iterator[str]:
    """Notebooks whose identity cell says something else than the folder, if it says anything."""
    for path in sorted(folder.glob("*.ipynb")):
        written = _identity(path)
        if written and set(map(_plain, written)) != set(map(_plain, ids)):
            yield f"{name}: {path.name} says that it is of {' and '.join(written)}"


def _identity(path: Path) -> list[str]:
    """The ids that a submitted notebook assigns; none when it can't be read."""
    try:
        found = path.lstat()
        if not stat.S_ISREG(found.st_mode) or found.st_size > MAX_BYTES:
            return []
        if b"carne_" not in path.read_bytes():  # most notebooks: to read them whole takes longer
            return []
        notebook = read_notebook(path)
    except (OSError, Unreadable):
        return []  # `run` says what is wrong with it
    return ids_in_identity_cell(notebook)


def _plain(text: str) -> str:
    return NOT_IN_NAMES.sub("", text).casefold()


def _list(names: list[str]) -> str:
    return ", ".join(names[:SHOWN]) + (", …" if len(names) > SHOWN else "")
