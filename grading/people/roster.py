"""students.csv: who is in the course."""

import csv
import io
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from grading.course import Course, CourseError
from grading.text import for_terminal

FILE = "students.csv"
MOST_HOURS = 366 * 24  # of an extension: more is an id or a number in the wrong column
COLUMNS = ("student", "first_name", "last_name", "email", "lms_id", "section", "extension_hours")
# An id names folders and is what grade books match by, so it is plain: nbgrader takes no * ? [ in
# it, a spreadsheet takes what begins with = + - @ for a formula, Windows drops a last '.'.
ID = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9_-])?")
ID_RULE = "letters, digits, '-', '.' and '_', a letter or digit first, no '.' last"


@dataclass(frozen=True)
class Student:
    """A row of students.csv.

    id: as in the names of folders. lms_id: the number that Canvas knows the student by.
    extension_hours: added to every deadline.
    """

    id: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    lms_id: str = ""
    section: str = ""
    extension_hours: float = 0


def read_students(course: Course) -> dict[str, Student]:
    """The roster by id, in the file's order; empty when the course has no students.csv.

    Raises CourseError, with the line, for a row that can't be used: an id that is missing, twice or
    malformed, an extension that is no number of hours, text that is not UTF-8.
    """
    path = course.root / FILE
    try:
        status = path.stat()
    except FileNotFoundError:
        return {}
    return dict(_students(path, status.st_mtime_ns, status.st_size))


@lru_cache(maxsize=4)
def _students(path: Path, changed: int, size: int) -> dict[str, Student]:
    students: dict[str, Student] = {}
    lines: dict[str, int] = {}
    for line, row in _rows(path):
        student = _student(line, row)
        if student.id in students:
            raise _error(line, f"{student.id} stands in line {lines[student.id]} already")
        students[student.id], lines[student.id] = student, line
    return students


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Line number and fields of every row but the empty ones."""
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise _error(line, "not UTF-8: save the file as 'CSV UTF-8'") from None
    # A row ends where CSV ends one, not where Unicode ends a line: U+0085 and U+2028 come in names.
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip() for name in reader.fieldnames or ()]
        reader.fieldnames = header
        _require_columns(header)
        for row in reader:
            if None in row:
                raise _error(reader.line_num, f"more fields than the header's {len(header)}")
            if any(row.values()):
                yield reader.line_num, {name: (row[name] or "").strip() for name in header}
    except csv.Error as error:
        begins = reader.line_num + 1  # of the last row that could be read
        raise _error(begins, f"not CSV from here on: {error}; is a quote left open?") from None


def _require_columns(header: list[str]) -> None:
    rule = f"The header is {','.join(COLUMNS)}; only student is required"
    if "student" not in header:
        raise _error(1, f"no column 'student'. {rule}, with commas between")
    if twice := {name for name in header if header.count(name) > 1}:
        raise _error(1, f"a column stands twice: {', '.join(sorted(twice))}")
    if unknown := set(header) - set(COLUMNS):
        raise _error(1, f"unknown column {', '.join(map(repr, sorted(unknown)))}. {rule}")


def _student(line: int, row: dict[str, str]) -> Student:
    student = row["student"]
    if not student:
        raise _error(line, "no id in the column 'student'")
    if not ID.fullmatch(student):
        raise _error(line, f"{student!r} is no id: {ID_RULE}")
    hours = row.get("extension_hours", "")
    return Student(
        student,
        *(row.get(name, "") for name in COLUMNS[1:-1]),
        extension_hours=_hours(line, hours) if hours else 0,
    )


def _hours(line: int, text: str) -> float:
    try:
        hours = float(text)
    except ValueError:
        hours = math.nan
    if not 0 <= hours <= MOST_HOURS:
        raise _error(
            line,
            f"extension_hours {text!r} is no number of hours (a year at most): write 48 or 1.5",
        )
    return hours


def _error(line: int, text: str) -> CourseError:
    return CourseError(f"{FILE}, line {line}: {for_terminal(text)}.")
