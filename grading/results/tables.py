"""Grades as CSV: ours, and as Canvas and Moodle import them."""

import csv
import io
from collections.abc import Iterable

from grading.people.grades import Grade
from grading.people.roster import Student

# A spreadsheet runs a cell that begins so as a formula, be it somebody's name. Canvas and Moodle
# take any text as it stands and look people up by ids, which begin with a letter or digit (see
# `roster.ID`): so the apostrophe, which makes a text of it, only ever comes before a name, a
# section or an id that is none. Numbers are written as numbers, also negative ones.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def harmless(text: str) -> str:
    """`text` as a spreadsheet shows it and does not run it."""
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA) else text


def number(value: float | None) -> str:
    """A mark with at most two decimals, which is what Canvas keeps; nothing for None."""
    return "" if value is None else f"{value:.2f}".rstrip("0").rstrip(".")


def as_csv(rows: Iterable[Iterable[str | float | None]]) -> str:
    """Rows of texts, made harmless, and numbers."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    for row in rows:
        writer.writerow([harmless(x) if isinstance(x, str) else number(x) for x in row])
    return file.getvalue()


def ours(column: str, grades: list[Grade], students: dict[str, Student]) -> str:
    """grades.csv: a row for each student. Marks that are not recorded yet are left empty."""
    columns = (
        "student last_name first_name email section submission partners automatic written ungraded "
        "penalty total available hours_late"
    )
    rows = [columns.split()]
    for grade in grades:
        who = students.get(grade.student, Student(grade.student))
        marks = (grade.automatic, grade.written, grade.ungraded, grade.penalty, grade.total)
        rows.append(
            [
                who.id, who.last_name, who.first_name, who.email, who.section, grade.folder,
                " ".join(grade.partners), *(marks if grade.is_recorded else [None] * len(marks)),
                grade.available, grade.hours_late,
            ]
        )  # fmt: skip
    return as_csv(rows)


def canvas(column: str, grades: list[Grade], students: dict[str, Student]) -> str:
    """The grade book that Canvas imports, its columns in the order that it demands.

    Source: `lib/gradebook_importer.rb` of canvas-lms. People are found by ID, else SIS User ID,
    else SIS Login ID. An empty mark would erase what Canvas has, so those without one have no row.
    """
    header = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", column]
    possible = max((grade.available for grade in grades), default=0)
    rows = [header, ["    Points Possible", "", "", "", "", possible]]
    for grade in with_marks(grades):
        who = students.get(grade.student, Student(grade.student))
        name = ", ".join(filter(None, (who.last_name, who.first_name))) or who.id
        rows.append([name, who.lms_id, who.id, who.email, who.section, grade.total])
    return as_csv(rows)


def moodle(column: str, grades: list[Grade], students: dict[str, Student]) -> str:
    """The CSV that Moodle's grade import takes: map 'ID number' or 'Email address' to the user.

    Source: `grade/import/csv/classes/load_data.php` of Moodle. A row whose user field is empty
    would give its mark to the row before, so addresses are there only where everybody has one. As a
    grade over 100 makes Moodle refuse the whole file unless the site allows more, there is a column
    in per cent too. An empty mark would erase the one there is: those without have no row.
    """
    marked = with_marks(grades)
    people = [students.get(grade.student, Student(grade.student)) for grade in marked]
    has_mail = all(who.email for who in people)
    header = ["ID number", *(["Email address"] if has_mail else []), "First name", "Last name"]
    rows = [[*header, column, f"{column} (%)"]]
    for grade, who in zip(marked, people, strict=True):
        share = 100 * grade.total / grade.available if grade.available else 0
        mail = [who.email] if has_mail else []
        rows.append([who.id, *mail, who.first_name, who.last_name, grade.total, share])
    return as_csv(rows)


def with_marks(grades: list[Grade]) -> list[Grade]:
    """Those with a submission whose marks are recorded."""
    return [grade for grade in grades if grade.has_submission and grade.is_recorded]
