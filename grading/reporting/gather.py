"""Gather what the course keeps of a class: gradebook, summaries of runs, outcomes, who is who."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache, partial
from typing import NamedTuple
from urllib.parse import quote

from nbgrader.api import Assignment as AssignmentEntry
from nbgrader.api import (
    BaseCell,
    Grade,
    Notebook,
    SubmittedAssignment,
    SubmittedNotebook,
)

from grading.batch.changes import changes
from grading.course import Assignment, CourseError
from grading.masters.cells import code_stub, is_stub
from grading.masters.settings import in_its_language
from grading.model.outcome import CheckResult, Outcome, Status
from grading.model.store import OutcomeStore
from grading.model.summary import NotebookSummary, SubmissionSummary, absent_libraries
from grading.people.grades import Grade as StudentGrade
from grading.people.grades import grades
from grading.people.notes import notes
from grading.people.roster import Student, read_students
from grading.reporting.items import Item, Master, read_masters
from grading.reporting.submissions import Class, Person, Result, Run, Submission
from helpers._saved import Cell, is_blank
from helpers.messages import TEXTS

# What a check says of nbgrader's own stub, which raises an error without a text.
UNDONE = {table["not_implemented"] for table in TEXTS.values()}


class Grading(NamedTuple):
    """The last grading of a submission. summary: None before the first one. why: why it is to be
    graded again; empty when the grading is up to date."""

    summary: SubmissionSummary | None
    why: str


@in_its_language
def gather(assignment: Assignment, fresh: Mapping[str, Grading] | None = None) -> Class:
    """The class of an assignment.

    fresh: the gradings of a run that has just ended, by submission. Of all other submissions, those
    that the last run wrote are read.
    Raises CourseError for a wrong assignment, an empty class, a missing gradebook, a class of which
    nothing is graded, and for a configuration or a students.csv that can't be read.
    """
    masters = read_masters(assignment)
    if not assignment.submissions():
        raise CourseError(
            f"No submissions of {assignment}: there is nothing to report. Put them in "
            f"submitted/STUDENT/{assignment}/ and run 'python -m grading run {assignment}'."
        )
    graded, roster = grades(assignment), read_students(assignment.course)
    records = _records(assignment)
    gradings = _gradings(assignment, fresh or {})
    if not records and not any(grading.summary for grading in gradings.values()):
        raise CourseError(
            f"{assignment} has not been graded: run 'python -m grading run {assignment}' first."
        )
    outcomes = cache(partial(_load, OutcomeStore(assignment.course.root)))
    submissions = [
        _submission(assignment, folder, masters, grading, records, outcomes)
        for folder, grading in sorted(gradings.items())
    ]
    people = [_person(grade, roster) for grade in graded]
    summaries = [grading.summary for grading in gradings.values() if grading.summary]
    sentences = [*notes(assignment), *absent_libraries(summaries)]
    return Class(assignment, masters, submissions, people, sentences)


class _Record(NamedTuple):
    """A grade in the gradebook. submitted: the id of its notebook there. marks: None until somebody
    has given them."""

    submitted: str
    marks: float | None


Records = Mapping[tuple[str, str, str], _Record]  # by folder, notebook and name of the cell


def _records(assignment: Assignment) -> Records:
    """Every grade of an assignment, in one query: nbgrader's objects would make one for each."""
    with assignment.course.gradebook() as gradebook:
        rows = (
            gradebook.db.query(
                SubmittedAssignment.student_id, Notebook.name, BaseCell.name, SubmittedNotebook.id,
                Grade.auto_score, Grade.manual_score, Grade.score,
            )
            .select_from(Grade)
            .join(BaseCell, BaseCell.id == Grade.cell_id)
            .join(SubmittedNotebook, SubmittedNotebook.id == Grade.notebook_id)
            .join(Notebook, Notebook.id == SubmittedNotebook.notebook_id)
            .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
            .join(AssignmentEntry, AssignmentEntry.id == SubmittedAssignment.assignment_id)
            .filter(AssignmentEntry.name == assignment.name)
        )  # fmt: skip
        return {
            (folder, notebook, cell): _Record(
                submitted, None if automatic is None and manual is None else score
            )
            for folder, notebook, cell, submitted, automatic, manual, score in rows
        }


def _gradings(assignment: Assignment, fresh: Mapping[str, Grading]) -> dict[str, Grading]:
    """The last grading of each submission, by folder."""
    gradings = dict(fresh)
    if others := [folder for folder in assignment.submissions() if folder not in fresh]:
        for change in changes(assignment, others):
            gradings[change.submission] = Grading(change.before, change.why or "")
    return gradings


class Kept(NamedTuple):
    """An outcome without its notebook, and the grade_ids of the blanks left open in it."""

    outcome: Outcome
    blanks: frozenset[str]


def _load(store: OutcomeStore, key: str) -> Kept | None:
    """The outcome of a key; None when there is no key or the outcome is not kept. Its notebook is
    dropped, because the notebooks of a class would not fit in memory."""
    outcome = store.get(key) if key else None
    if outcome is None:
        return None
    blanks = frozenset(_open_blanks(outcome.notebook))
    return Kept(replace(outcome, notebook={}, trainings={}), blanks)


def _open_blanks(notebook: dict) -> Iterable[str]:
    for cell in notebook["cells"]:
        ours, source = cell["metadata"].get("nbgrader", {}), cell["source"]
        text = source if isinstance(source, str) else "".join(source)
        if ours.get("solution") and is_blank(
            Cell(cell.get("id", ""), cell["cell_type"], text, ours["grade_id"], True)
        ):
            yield ours["grade_id"]


def _submission(
    assignment: Assignment,
    folder: str,
    masters: list[Master],
    grading: Grading,
    records: Records,
    outcomes,
) -> Submission:
    (summary, why), course = grading, assignment.course
    rows = {row.notebook: row for row in summary.notebooks} if summary else {}
    runs, results = {}, {}
    stub = code_stub(course.config)
    for master in masters:
        recorded = {item: records.get((folder, master.name, item.name)) for item in master.items}
        row, checks = rows.get(master.name), None
        if row is not None:
            kept = outcomes(row.key)
            page = f"feedback/{folder}/{assignment}/{master.name}.html"
            graded_as = next((record.submitted for record in recorded.values() if record), "")
            runs[master.name] = replace(
                _run(row, kept, master),
                page=quote(os.fsencode(f"../{page}")) if (course.root / page).is_file() else "",
                recorded=bool(graded_as),
                graded_as=graded_as,
            )
            checks = _checks(row, kept)
        for item, record in recorded.items():
            marks = record.marks if record else None
            results[master.name, item.name] = _result(item, marks, checks, stub)
    return Submission(folder, summary.status if summary else None, why, runs, results)


def _run(row: NotebookSummary, kept: Kept | None, master: Master) -> Run:
    notes = tuple(row.notes)
    run = Run(row.status, row.marks, row.reason, bool(row.key), confined=row.confined, notes=notes)
    if kept is None:
        return run
    outcome, blanks = kept
    return replace(
        run,
        kept=True,
        seconds=sum(cell.seconds for cell in outcome.cells),
        peak_mb=max((cell.peak_mb for cell in outcome.cells), default=None),
        blanks=len(blanks.intersection(master.blanks)),
        incidents=tuple(outcome.incidents),
    )


def _checks(row: NotebookSummary, kept: Kept | None) -> dict[str, CheckResult] | None:
    """The results of a notebook's checks by name; None where only its marks are known.

    A notebook that could not be read was run with every blank open, which tells nothing of the
    student's work: it has no results.
    """
    if row.status is Status.UNREADABLE:
        return {}
    return {check.grade_id: check for check in kept.outcome.checks} if kept else None


def _result(
    item: Item, marks: float | None, checks: dict[str, CheckResult] | None, stub: str
) -> Result:
    if item.written:
        return Result(marks)
    if checks is None:  # full marks mean that it passed; a check without points tells nothing
        tells = marks is not None and item.points > 0
        return Result(marks, marks >= item.points if tells else None)
    check = checks.get(item.name)
    if check is None:
        return Result(marks)
    blank = is_stub(check.reason, stub) or check.reason in UNDONE
    return Result(marks, check.passed, check.reason, blank)


def _person(grade: StudentGrade, roster: Mapping[str, Student]) -> Person:
    student = roster.get(grade.student)
    name = f"{student.first_name} {student.last_name}".strip() if student else ""
    total = grade.total if grade.is_recorded else None
    return Person(
        grade.student, name, grade.folder, tuple(grade.partners), total, grade.available,
        grade.has_submission and grade.is_recorded and not grade.ungraded, grade.penalty,
        grade.hours_late or 0,
    )  # fmt: skip
