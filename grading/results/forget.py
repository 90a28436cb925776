"""Forget: erase one student from everything that the kit keeps."""

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
from grading.files import intended_name, write_whole
from grading.intake.reading import MAX_BYTES
from grading.pages.page import FOLDER as REPORTS
from grading.people.pairs import BETWEEN, members
from grading.people.roster import FILE, Student, read_students
from grading.results.erasing import (
    erase_from_gradebook,
    erase_from_notebook,
    gradebook_backups,
    gradebook_folders,
    identities,
)
from grading.results.kept import delete_unused, kept_outcomes


@dataclass
class Traces:
    """Where a course keeps something of a student.

    folders: names of submissions' folders → their names without the student, "" where nobody is
    left. deleted: files and folders that are deleted. leftovers: folders with files of anybody that
    a killed `collect` left, deleted too. kept: folders of pairs, from which the student is taken
    out, → their new paths. in_gradebook: which of `folders` the gradebook has. backups: copies of
    the gradebook. in_roster: whether students.csv has the student. by_hand: sentences about what
    only a person can do. names: the student's id, address and name.
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
        """What is erased, one line for each thing."""
        for path in [*self.deleted, *self.leftovers]:
            yield f"deleted: {path.relative_to(course.root)}"
        for old, new in self.kept.items():
            yield f"{old.relative_to(course.root)}: becomes {new.name}, id and signature taken out"
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
    students, whose = read_students(course), {student}
    list(kept_outcomes(course))  # a course whose outcomes can't be told apart fails here, untouched
    entries = [*_folders(course.submitted), *_folders(course.submitted / EARLIER)]
    results = [p for place in (course.autograded, course.feedback) for p in _folders(place)]
    recorded = gradebook_folders(course)
    theirs = Traces(student, leftovers=leftovers(course), backups=gradebook_backups(course))
    for name in sorted({*(path.name for path in (*entries, *results)), *recorded}):
        ids = members(name, students)
        if student in ids:
            whose.update(ids)
            theirs.folders[name] = BETWEEN.join(id_ for id_ in ids if id_ != student)
    for path in entries:
        if path.name in theirs.folders:
            _place(course, theirs, path, theirs.folders[path.name])
    theirs.deleted += [path for path in results if path.name in theirs.folders]
    theirs.in_gradebook = [name for name in recorded if name in theirs.folders]
    theirs.in_roster = student in students
    theirs.names = _names(student, students.get(student))
    theirs.deleted += _reports(course, theirs, whose)
    config = (course.root / CONFIG_FILE).read_text("utf-8")
    if f"'{student}'" in config or f'"{student}"' in config:
        theirs.by_hand.append(f"{CONFIG_FILE} names {student}: take the line out")
    if not (theirs.folders or theirs.in_roster or theirs.deleted or theirs.leftovers):
        raise CourseError(f"Nothing of {student!r} is kept here: check the id.")
    return theirs


def forget(course: Course, theirs: Traces) -> list[str]:
    """Erase what `traces` returned; returns sentences about what is left to do.

    Each step may be done again: after a stop, the same command goes on. Raises CourseError when
    a run or a `collect` is at work, or a file can't be changed.
    """
    try:
        with alone(course), workspace(course):  # the latter deletes the leftovers
            _erase(course, theirs)
        return [*_next(theirs), *_still_there(course, theirs), *theirs.by_hand]
    except OSError as error:
        raise CourseError(
            f"{error.filename}: {error.strerror}. Not all is erased: mend it, then run the same "
            "command again."
        ) from error


def _erase(course: Course, theirs: Traces) -> None:
    """Erase in an order that can be begun again: first from the gradebook, which another program
    may have locked; the folders and the row of the roster, by which `traces` works, last."""
    identity = identities(course)
    erase_from_gradebook(course, theirs.student, theirs.folders, theirs.backups)
    for path in theirs.deleted:
        _delete(path)
    for old, new in theirs.kept.items():
        for path in sorted(old.rglob("*")):
            erase_from_notebook(path, theirs.student, identity)
        _move(old, new)
    delete_unused(course)
    Store(course.assignment("")).forget_accounts(theirs.folders)
    if theirs.in_roster:
        _take_out_of_roster(course, theirs.student)


def _place(course: Course, theirs: Traces, path: Path, left: str) -> None:
    """Note what becomes of a folder of submissions. left: its name without the student."""
    if not left:
        theirs.deleted.append(path)
        return
    target = path.with_name(left)
    pattern = "*/*" if path.parent.name == EARLIER else "*"  # ASSIGNMENT/TIME, or ASSIGNMENT
    inside = [str(p.relative_to(path)) for p in sorted(path.glob(pattern))]
    if twice := [name for name in inside if (target / name).exists()]:
        raise CourseError(
            f"{path.relative_to(course.root)} and {target.name} both have {', '.join(twice)}: "
            f"decide which {left} keeps, delete the other one, then try again."
        )
    theirs.kept[path] = target


def _folders(place: Path) -> list[Path]:
    return sorted(p for p in place.glob("*") if p.is_dir() and not p.name.startswith("."))


def _names(student: str, row: Student | None) -> set[str]:
    names = {student}
    if row:
        names |= {row.email, f"{row.first_name} {row.last_name}".strip(),
                  f"{row.last_name}, {row.first_name}".strip(", ")}  # fmt: skip
    return names - {""}


def _reports(course: Course, theirs: Traces, whose: set[str]) -> list[Path]:
    """Reports that name the student, and zips with feedback to work that was theirs too; also those
    that an export which was killed left half-written, with the ending .new."""
    zips = {f"{student}.zip" for student in whose}
    return [
        path
        for path in sorted((course.root / REPORTS).rglob("*"))
        if path.is_file()
        and (intended_name(path) in zips or _says(path.read_bytes(), theirs.names))
    ]


def _says(raw: bytes, names: set[str]) -> bool:
    """Whether a file names somebody, in whatever case: ana in "ana_lab3", not in "analysis"."""
    any_name = "|".join(map(re.escape, names))
    whole = rf"(?<![^\W_])(?:{any_name})(?![^\W_])"
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
    write_whole(path, text.getvalue())


def _next(theirs: Traces) -> Iterator[str]:
    """Which commands write anew what was deleted."""
    yield f"{theirs.student} is erased. Archives outside of submitted/ are not ours to look at"
    left = {left for left in theirs.folders.values() if left}
    if left or any(REPORTS in path.parts for path in theirs.deleted):
        yield (
            "Run 'python -m grading run ASSIGNMENT', then 'report' and 'export', to write anew: "
            + ", ".join(["the reports", *(f"feedback of {each}" for each in sorted(left))])
        )


def _still_there(course: Course, theirs: Traces) -> Iterator[str]:
    """Files of a pair that name the student outside of the identity cell, or may."""
    student = theirs.student
    for path in (path for folder in theirs.kept.values() for path in sorted(folder.rglob("*"))):
        if not path.is_file() or path.is_symlink():
            continue
        where = path.relative_to(course.root)
        if path.stat().st_size > MAX_BYTES or path.suffix == ".zip":
            yield f"{where} was not looked into: does it name {student}?"
        elif student in path.name or _says(path.read_bytes(), theirs.names):
            yield f"{where} still names {student}: look at it"
