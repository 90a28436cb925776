"""Export: grades as files that other programs read, and feedback to hand out."""

import zipfile
from pathlib import Path

from nbgrader.plugins import CsvExportPlugin
from sqlalchemy.orm.attributes import set_committed_value

from grading.batch.changes import CHANGED, changes
from grading.course import Assignment, CourseError
from grading.files import replacing, write_whole
from grading.pages.page import FOLDER
from grading.people.grades import Grade, grades
from grading.people.penalties import unsettled
from grading.people.roster import FILE, read_students
from grading.results import tables

OURS, NBGRADER, FEEDBACK = "grades", "nbgrader", "feedback"
TABLES = {OURS: tables.ours, "canvas": tables.canvas, "moodle": tables.moodle}
FORMATS = (OURS, NBGRADER, "canvas", "moodle", FEEDBACK)
SHOWN = 10  # names in a warning
BOM = "\ufeff"  # or Excel takes UTF-8 for something else


def export(
    assignment: Assignment, kind: str, output: Path | None = None, column: str = ""
) -> tuple[Path, list[str]]:
    """Write the grades of an assignment; returns the file or folder, and warnings in sentences.

    kind: one of FORMATS. output: the file (for feedback: the folder); default
    reports/ASSIGNMENT-KIND. column: the marks' name in Canvas and Moodle; default ASSIGNMENT.
    Raises CourseError as `grades` does, and when the file can't be written.
    """
    everybody, said = grades(assignment), []
    try:
        if kind == FEEDBACK:
            path = output or assignment.course.root / FOLDER / f"{assignment}-{kind}"
            said = _write_feedback(assignment, everybody, path)
        elif kind == NBGRADER:
            path = output or _report_path(assignment, kind)
            _export_by_nbgrader(assignment, path)
        else:
            path = write_table(assignment, kind, everybody, output, column)
    except OSError as error:
        raise CourseError(f"{error.filename}: not written: {error.strerror}.") from error
    return path, [*said, *_warnings(assignment, kind, everybody)]


def write_table(
    assignment: Assignment,
    kind: str,
    everybody: list[Grade],
    output: Path | None = None,
    column: str = "",
) -> Path:
    """Write grades as one of TABLES; see `export`. Raises OSError."""
    path = output or _report_path(assignment, kind)
    text = TABLES[kind](column or assignment.name, everybody, read_students(assignment.course))
    write_whole(path, f"{BOM if kind == OURS else ''}{text}")
    return path


def _report_path(assignment: Assignment, kind: str) -> Path:
    return assignment.course.root / FOLDER / f"{assignment}-{kind}.csv"


def _warnings(assignment: Assignment, kind: str, everybody: list[Grade]) -> list[str]:
    if kind == FEEDBACK:
        return _out_of_date(assignment, everybody)
    said = []
    if open_ := [grade for grade in everybody if grade.ungraded]:
        said.append(
            f"{len(open_)} students have written answers that nobody has marked yet; they count 0: "
            f"mark them with 'python -m grading mark {assignment}', then export again"
        )
    if waiting := [grade.student for grade in everybody if not grade.is_recorded]:
        said.append(
            f"{len(waiting)} students' submissions are not in the gradebook yet: run 'python -m "
            f"grading run {assignment}', then export again"
        )
    said += _out_of_date(assignment, everybody)
    absent = sum(not grade.has_submission for grade in everybody)
    if absent and kind in ("canvas", "moodle"):
        said.append(f"{absent} students of {FILE} have no submission and are left out")
    return said


def _out_of_date(assignment: Assignment, everybody: list[Grade]) -> list[str]:
    """Warnings about grades that are not those of what lies in submitted/ now."""
    said, waiting = [], changes(assignment, assignment.submissions())
    if stale := [each.submission for each in waiting if each.why == CHANGED and each.before]:
        said.append(
            f"{len(stale)} submissions are not as they were graded: run 'python -m grading run "
            f"{assignment}', then export again: {', '.join(stale[:SHOWN])}"
        )
    if old := sorted(unsettled(assignment)):
        said.append(
            f"{len(old)} submissions would have another late penalty now, by marks, deadlines or "
            f"extensions that changed: run 'python -m grading run {assignment}', then export "
            f"again: {', '.join(old[:SHOWN])}"
        )
    there = set(assignment.submissions())
    if gone := sorted({grade.folder for grade in everybody if grade.folder} - there):
        said.append(
            f"{len(gone)} are in the gradebook and not in submitted/ any more, and their marks "
            f"count: put the folder back, or forget them: {', '.join(gone[:SHOWN])}"
        )
    return said


class _Field(str):
    """Text that is written as a field of CSV: nbgrader's exporter puts commas between, no more."""

    def __format__(self, spec: str) -> str:
        return tables.as_csv([[str(self)]]).rstrip("\n") if self else ""


def _export_by_nbgrader(assignment: Assignment, path: Path) -> None:
    """Have nbgrader's own exporter write the file."""
    with replacing(path) as new, assignment.course.gradebook() as gradebook:
        students = gradebook.students  # the objects that the exporter will meet
        for student in students:
            for name in ("id", "last_name", "first_name", "email"):
                # As if it had been read like this: nothing of it is written to the gradebook.
                set_committed_value(student, name, _Field(getattr(student, name) or ""))
        CsvExportPlugin(to=str(new), assignment=[assignment.name]).export(gradebook)
        new.write_text(new.read_text(), "utf-8")  # it was written in the system's encoding


def _write_feedback(assignment: Assignment, everybody: list[Grade], folder: Path) -> list[str]:
    """Write a zip named after each student's id, in a pair one for each; returns warnings."""
    missing, written = [], 0
    for grade in everybody:
        pages = sorted(assignment.feedback(grade.folder).glob("*.html"))
        if not grade.folder or not pages:
            missing += [grade.student] if grade.has_submission else []
            continue
        path = folder / f"{grade.student}.zip"
        with replacing(path) as new, zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED) as archive:
            for page in pages:
                archive.write(page, f"{assignment}/{page.name}")
        written += 1
    if not written:
        raise CourseError(
            f"No feedback of {assignment} yet: run 'python -m grading run {assignment}' first."
        )
    if missing:
        return [f"{len(missing)} students have a submission but no feedback: {', '.join(missing)}"]
    return []
