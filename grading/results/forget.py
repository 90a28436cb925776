"""Forget: erase one student from everything that the kit keeps."""

from __future__ import annotations

import csv
import io
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from grading.batch.run import alone
from grading.collecting.storing import EARLIER, Store
from grading.collecting.workspace import leftovers, workspace
from grading.course import CONFIG_FILE, Course, CourseError
from grading.intake.reading import MAX_BYTES
from grading.pages.page import FOLDER as REPORTS
from grading.people.pairs import BETWEEN, members
from grading.people.roster import FILE, Student, read_students
from grading.results.erasing import (
    erase_from_gradebook,
    erase_from_notebook,
    gradebook_backups,
    gradebook_folders,
)
from grading.results.kept import delete_unused, kept_outcomes


@dataclass
class Traces:
    """Where a course keeps something of a student.

    folders: folder of a submission → its name without the student; empty when nobody is left.
    deleted: files and folders that go. leftovers: folders with files of whomever, which a killed
    `collect` left and which go too. kept: folders of pairs, of which the student is taken out.
    in_gradebook: names of `folders` that the gradebook has. backups: older copies of it.
    in_roster: whether students.csv has them. by_hand: what only a person can do. names: what tells
    who it is: id, address, name.
    """

    student: str
    folders: dict[str, str] = field(default_factory=dict)
    deleted: list[Path] = field(default_factory=list)
    leftovers: list[Path] = field(default_factory=list)
    kept: dict[Path, Path] = field(default_factory=dict)
    in_gradebook: list[str] = field(default_factory=list)
    backups: list[Path] = field(default_factory=list)
    in_roster: bool = False
    by_hand: list[str] = field(default_factory=list)
    names: set[str] = field(default_factory=set)

    def lines(self, course: Course) -> Iterator[str]:
        """What goes, one line for each thing."""
        for path in [*self.deleted, *self.leftovers]:
            yield f"deleted: {path.relative_to(course.root)}"
        for old, new in self.kept.items():
            what = "id and signature taken out"
            yield f"{old.relative_to(course.root)}: becomes {new.name}, {what}"
        for name in self.in_gradebook:
            left = self.folders[name]
            yield f"in the gradebook: {name}" + (f" becomes {left}" if left else " and its marks")
        if self.backups:
            yield f"the same in {len(self.backups)} copies of the gradebook"
        if self.in_roster:
            yield f"{FILE}: the row of {self.student}"
        yield "kept outcomes that no submission has any more"


def traces(course: Course, student: str) -> Traces:
    """What `forget` would erase, and what it would keep for the other one of a pair.

    The work of a pair stays, under the other one's id alone. Raises CourseError when there is
    nothing of the student, or when the other one has a submission of their own as well.
    """
    students, found, whose = read_students(course), Traces(student), {student}
    list(kept_outcomes(course))  # a course whose outcomes can't be told apart fails here, untouched
    entries = [*_folders(course.submitted), *_folders(course.submitted / EARLIER)]
    results = [p for place in (course.autograded, course.feedback) for p in _folders(place)]
    recorded = gradebook_folders(course)
    for name in sorted({*(path.name for path in (*entries, *results)), *recorded}):
        ids = members(name, students)
        if student in ids:
            whose.update(ids)
            found.folders[name] = BETWEEN.join(each for each in ids if each != student)
    for path in entries:
        if path.name in found.folders:
            _place(course, found, path, found.folders[path.name])
    found.deleted += [path for path in results if path.name in found.folders]
    found.leftovers = leftovers(course)
    found.in_gradebook = [name for name in recorded if name in found.folders]
    found.backups = gradebook_backups(course)
    found.in_roster = student in students
    found.names = _names(student, students.get(student))
    found.deleted += _reports(course, found, whose)
    config = (course.root / CONFIG_FILE).read_text("utf-8")
    if f"'{student}'" in config or f'"{student}"' in config:
        found.by_hand.append(f"{CONFIG_FILE} names {student}: take the line out")
    if not (found.folders or found.in_roster or found.deleted or found.leftovers):
        raise CourseError(f"Nothing of {student!r} is kept here: check the id.")
    return found


def forget(course: Course, found: Traces) -> list[str]:
    """Erase what `traces` has found; returns sentences about what is left to do.

    Each step may be done again: after a stop, the same command goes on. Raises CourseError when
    a run or a `collect` is at work, or a file can't be changed.
    """
    try:
        with alone(course), workspace(course):  # the latter deletes the leftovers
            _erase(course, found)
        return [*_next(found), *_still_there(course, found), *found.by_hand]
    except OSError as error:
        raise CourseError(
            f"{error.filename}: {error.strerror}. Not all is erased: mend it, then run the same "
            "command again."
        ) from error


def _erase(course: Course, found: Traces) -> None:
    """The gradebook first, which another program may have locked; a folder is moved, and the row
    of the roster goes, when all that is found by them is done."""
    erase_from_gradebook(course, found.folders, found.backups)
    for path in found.deleted:
        _delete(path)
    for old, new in found.kept.items():
        for path in sorted(old.rglob("*")):
            erase_from_notebook(path, found.student)
        _move(old, new)
    delete_unused(course)
    Store(course, "").forget_accounts(found.folders)
    if found.in_roster:
        _take_out_of_roster(course, found.student)


def _place(course: Course, found: Traces, path: Path, left: str) -> None:
    """What becomes of a folder of submissions."""
    if not left:
        found.deleted.append(path)
        return
    target = path.with_name(left)
    one = "*/*" if path.parent.name == EARLIER else "*"  # ASSIGNMENT/TIME, or ASSIGNMENT
    twice = [str(p.relative_to(path)) for p in sorted(path.glob(one)) if _is_in(target, path, p)]
    if twice:
        raise CourseError(
            f"{path.relative_to(course.root)} and {target.name} both have {', '.join(twice)}: "
            f"decide which {left} keeps, delete the other one, then try again."
        )
    found.kept[path] = target


def _is_in(target: Path, path: Path, inside: Path) -> bool:
    return (target / inside.relative_to(path)).exists()


def _folders(place: Path) -> list[Path]:
    return sorted(p for p in place.glob("*") if p.is_dir() and not p.name.startswith("."))


def _names(student: str, row: Student | None) -> set[str]:
    names = {student}
    if row:
        names |= {row.email, f"{row.first_name} {row.last_name}".strip(),
                  f"{row.last_name}, {row.first_name}".strip(", ")}  # fmt: skip
    return names - {""}


def _reports(course: Course, found: Traces, whose: set[str]) -> list[Path]:
    """Reports that name the student, and zips with feedback to work that was theirs too."""
    return [
        path
        for path in sorted((course.root / REPORTS).rglob("*"))
        if path.is_file() and (_zip_of(path) in whose or _says(path.read_bytes(), found.names))
    ]


def _zip_of(path: Path) -> str:
    """Whose feedback a zip is, also one that an export which was killed left half-written."""
    name = path.name.removesuffix(".new")
    return name.removesuffix(".zip") if name.endswith(".zip") else ""


def _says(raw: bytes, names: set[str]) -> bool:
    """Whether a file names somebody, in whatever case: ana in "ana_lab3", not in "analysis"."""
    some = "|".join(map(re.escape, names))
    whole = rf"(?<![^\W_])(?:{some})(?![^\W_])"
    text = raw.decode("utf-8", "replace")
    return re.search(whole, text, re.IGNORECASE) is not None


def _move(old: Path, new: Path) -> None:
    """Move a folder, or what is in it where the new one is there already."""
    if not new.exists():
        os.replace(old, new)
        return
    for path in sorted(old.iterdir()):
        _move(path, new / path.name)
    old.rmdir()


def _delete(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _take_out_of_roster(course: Course, student: str) -> None:
    path = course.root / FILE
    raw = path.read_bytes().decode("utf-8")
    rows = list(csv.reader(io.StringIO(raw.removeprefix("\ufeff"), newline="")))
    column = [name.strip() for name in rows[0]].index("student")
    text = io.StringIO()
    text.write("\ufeff" if raw.startswith("\ufeff") else "")
    csv.writer(text, lineterminator="\n").writerows(
        row for row in rows if row[column : column + 1] == [] or row[column].strip() != student
    )
    new = path.with_name(f"{path.name}.new")
    new.write_text(text.getvalue(), "utf-8", newline="")
    os.replace(new, path)


def _next(found: Traces) -> Iterator[str]:
    """Which commands write anew what was deleted."""
    yield f"{found.student} is erased. Archives outside of submitted/ are not ours to look at"
    left = {left for left in found.folders.values() if left}
    if left or any(REPORTS in path.parts for path in found.deleted):
        yield (
            "Run 'python -m grading run ASSIGNMENT', then 'report' and 'export', to write anew: "
            + ", ".join(["the reports", *(f"feedback of {each}" for each in sorted(left))])
        )


def _still_there(course: Course, found: Traces) -> Iterator[str]:
    """Files of a pair that name the student outside of the identity cell, or may."""
    student = found.student
    for path in (path for folder in found.kept.values() for path in sorted(folder.rglob("*"))):
        if not path.is_file() or path.is_symlink():
            continue
        where = path.relative_to(course.root)
        if path.stat().st_size > MAX_BYTES or path.suffix == ".zip":
            yield f"{where} was not looked into: does it name {student}?"
        elif student in path.name or _says(path.read_bytes(), found.names):
            yield f"{where} still names {student}: look at it"
