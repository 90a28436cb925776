"""What Google Classroom leaves in Drive, and what Drive makes of a folder that is downloaded.

Classroom makes a copy of a file for each student (Google's help on assignments,
https://support.google.com/edu/assignments/answer/9433485) and calls it `NAME - FILE`; a copy made
by hand is `Copia de FILE`. Drive downloads a folder as `FOLDER-20261120T180000Z-001.zip` and parts
a large one: `…-002.zip` is an archive of its own with other files of the same folder. Drive writes
into its archives when a file was changed, which may be what a student's machine said, so these
times are not used.
"""

import re
from collections import defaultdict
from collections.abc import Iterable

from grading.collecting.naming import without_copy
from grading.collecting.tree import Folder

DRIVE = re.compile(
    r"(?P<whole>.+-\d{8}T\d{6}Z)(?:-\d+)?-(?P<part>\d{3})(?:\s*\(\d+\))?\.zip", re.IGNORECASE
)
BETWEEN = " - "


def is_of_drive(folder: Folder) -> bool:
    """Whether a folder is an archive that Drive has named, or lies in one."""
    return any(DRIVE.fullmatch(name) for name in folder.trail)


def names_in_drive(files: Iterable[str], notebooks: list[str]) -> dict[str, tuple[str, str]]:
    """The files that Classroom named after students: name → student's name, student's file.

    None where fewer than two students are named: then a person may have chosen the names.
    notebooks: names of the assignment's.
    """
    found, known = {}, {name.casefold() for name in notebooks}
    for name in files:
        stem, dot, ending = name.rpartition(".")
        person, _, file = without_copy(stem).rpartition(BETWEEN)
        if person and ending.casefold() == "ipynb" and without_copy(file).casefold() in known:
            found[name] = person, f"{file}{dot}{ending}"
    return found if len({person for person, _ in found.values()}) > 1 else {}


def join_parts(folder: Folder) -> None:
    """Make one archive of the parts of each of Drive's downloads, in a folder and below it."""
    parts: dict[str, list[str]] = defaultdict(list)
    for name, inner in sorted(folder.folders.items()):
        if inner.archive is None:
            join_parts(inner)
        elif match := DRIVE.fullmatch(name):
            parts[match["whole"]].append(name)
    for first, *others in parts.values():
        whole = folder.folders[first]
        for name in others:
            _absorb(whole, folder.folders.pop(name))
        last = max(int(DRIVE.fullmatch(name)["part"]) for name in (first, *others))
        if last > len(others) + 1:
            whole.refuse(f"only {len(others) + 1} of at least {last} parts: download it again")


def _absorb(whole: Folder, part: Folder) -> None:
    """Put what is in another part of a download into the first one."""
    whole.problems += part.problems
    for name, piece in part.files.items():
        if name in whole.files or name in whole.folders:
            whole.refuse("a second one of that name: left out", name)
        else:
            whole.files[name] = piece
    for name, inner in part.folders.items():
        there = whole.folders.get(name)
        if there is None and name not in whole.files:
            whole.folders[name] = inner
        elif there is None or there.archive is not None or inner.archive is not None:
            whole.refuse("a second one of that name: left out", name)
        else:
            _absorb(there, inner)
