"""Grade a class: every submission that is new or changed, one after the other."""

from __future__ import annotations

import glob
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import nbformat

from grading.candidate.sandbox import require_sandbox
from grading.course import Course, CourseError
from grading.files import MAX_FOLDERS, walk
from grading.key import submission_key
from grading.masters import check_masters
from grading.outcome import Status, noted
from grading.summary import NotebookSummary, SubmissionSummary
from grading.text import printable

OUTCOME_FILE = "outcome.json"


def run(course: Course, assignment: str) -> Iterator[tuple[SubmissionSummary, bool]]:
    """Grade each submission of an assignment and write its feedback.

    Yields, as they are done, each outcome and whether it had to be run (False: nothing that it
    depends on has changed since the last run). A submission that can't be graded never stops
    the others. Raises CourseError when the assignment itself is not ready.
    """
    require_sandbox(course.config)
    _require_built(course, assignment)
    for student in course.students(assignment):
        try:
            key = submission_key(course, assignment, student)
        except OSError as error:
            names = [path.stem for path in course.master_paths(assignment)]
            yield _failed(student, "", names, f"a file could not be read: {error}"), True
            continue
        stored = load_outcome(course, assignment, student)
        if stored is not None and stored.key == key and _is_recorded(course, assignment, student):
            yield stored, False
            continue
        outcome = grade(course, assignment, student, key)
        if outcome.status is not Status.GRADER_FAILED:  # our failure is tried again next time
            store_outcome(course, assignment, outcome)
        yield outcome, True


def _is_recorded(course: Course, assignment: str, student: str) -> bool:
    """Whether the gradebook and feedback/ still have what autograded/ has."""
    graded = (course.autograded / student / assignment).glob("*.ipynb")
    names = [path.stem for path in graded]
    feedback = course.feedback / student / assignment
    if not all((feedback / f"{name}.html").is_file() for name in names):
        return False
    with course.gradebook() as gradebook:
        submissions = gradebook.student_submissions(student) if names else []
        return not names or any(entry.assignment.name == assignment for entry in submissions)


def _require_built(course: Course, assignment: str) -> None:
    """Raise CourseError unless the gradebook and release/ hold the masters as they are now."""
    paths = course.master_paths(assignment)
    again = f"run 'python -m grading build {assignment}' first."
    with course.gradebook() as gradebook:
        for path in paths:
            if not (course.release / assignment / path.name).is_file():
                raise CourseError(f"{path.name} of {assignment} has not been released: {again}")
            master = nbformat.read(path, as_version=4)
            built = {
                cell.name: cell.source
                for entry in gradebook.assignments
                if entry.name == assignment
                for notebook in entry.notebooks
                if notebook.name == path.stem
                for cell in notebook.source_cells
                if cell.locked
            }
            for cell in master.cells:
                meta = cell.metadata.get("nbgrader")
                if meta and meta.locked and built.get(meta.grade_id) != cell.source:
                    raise CourseError(
                        f"{path.name}, cell {meta.grade_id}: it is not as it was released; {again}"
                    )
    if problems := check_masters(paths, course.config):
        raise CourseError(f"{problems[0]}\nMend it, then {again}")


def grade(course: Course, assignment: str, student: str, key: str) -> SubmissionSummary:
    """Autograde one submission with nbgrader, write its feedback and say how it went."""
    names = [path.stem for path in course.master_paths(assignment)]
    missing = [name for name in names if not _submitted(course, assignment, student, name)]
    if len(missing) == len(names):
        reason = _what_is_there(course, assignment, student)
        notebooks = [NotebookSummary(name, Status.UNREADABLE, 0, reason) for name in names[:1]]
        notebooks += [NotebookSummary(name, Status.UNREADABLE, 0) for name in names[1:]]
        return SubmissionSummary(student, key, notebooks)
    if glob.escape(student) != student:
        return _failed(student, key, names, "rename the folder: nbgrader takes no * ? or [ in it")
    if any(deep for *_, deep in walk(course.submitted / student / assignment)):
        reason = f"there are over {MAX_FOLDERS} folders in one another: take them out"
        return _failed(student, key, names, reason)
    api = course.nbgrader()
    try:
        for step in (api.autograde, api.generate_feedback):
            result = step(assignment, student, force=True)
            if "KeyboardInterrupt" in result.get("error", ""):  # nbgrader catches Ctrl-C too
                raise KeyboardInterrupt
            if not result["success"]:
                return _failed(student, key, names, _last_error(result))
        notebooks = [
            _notebook_outcome(course, assignment, student, name, name in missing) for name in names
        ]
    except Exception as error:  # our failure, kept apart from a zero and listed for a person
        return _failed(student, key, names, f"{type(error).__name__}: {error}")
    return SubmissionSummary(student, key, notebooks)


def _submitted(course: Course, assignment: str, student: str, name: str) -> bool:
    return os.path.lexists(course.submitted / student / assignment / f"{name}.ipynb")


def _what_is_there(course: Course, assignment: str, student: str) -> str:
    found = sorted(printable(p.name) for p in (course.submitted / student / assignment).glob("*"))
    there = ", ".join(found[:5]) if found else "nothing"
    return f"no notebook has its released name; in the folder: {there}. Rename it or ask for it"


def _notebook_outcome(
    course: Course, assignment: str, student: str, name: str, missing: bool
) -> NotebookSummary:
    if missing:
        folder = course.submitted / student / assignment
        masters = {path.name for path in course.master_paths(assignment)}
        others = sorted({printable(path.name) for path in folder.glob("*.ipynb")} - masters)
        hint = f"; is it {', '.join(others)}? Then rename it" if others else "; ask for it"
        return NotebookSummary(name, Status.UNREADABLE, 0, f"{name}.ipynb is missing{hint}")
    graded = course.autograded / student / assignment / f"{name}.ipynb"
    executed = nbformat.read(graded, as_version=4)
    status, reason = noted(executed)
    confined = executed.metadata["grading"]["confined"]
    with course.gradebook() as gradebook:
        grades = gradebook.find_submission_notebook(name, assignment, student).grades
        marks = sum(grade.auto_score or 0 for grade in grades)
    return NotebookSummary(name, status, marks, reason, confined)


def _failed(student: str, key: str, names: list[str], reason: str) -> SubmissionSummary:
    first, *rest = [NotebookSummary(name, Status.GRADER_FAILED, None) for name in names]
    first = NotebookSummary(first.notebook, first.status, None, reason)
    return SubmissionSummary(student, key, [first, *rest])


def _last_error(result: dict) -> str:
    """The last line of nbgrader's log that names an exception, else its last error."""
    log = [line.strip() for line in result.get("log", "").splitlines() if line.strip()]
    named = [line for line in log if re.match(r"[\w.]+(Error|Exception|Entry)\b", line)]
    errors = [line for line in log if "ERROR" in line]
    lines = [line.strip() for line in result.get("error", "").splitlines() if line.strip()]
    return (named or errors or lines or ["nbgrader gave no reason"])[-1]


def _outcome_path(course: Course, assignment: str, student: str) -> Path:
    return course.autograded / student / assignment / OUTCOME_FILE


def load_outcome(course: Course, assignment: str, student: str) -> SubmissionSummary | None:
    """What the last run wrote, or None when there is none that can be read."""
    try:
        data = json.loads(_outcome_path(course, assignment, student).read_text("utf-8"))
        return SubmissionSummary.from_dict(data)
    except (OSError, ValueError, KeyError, TypeError):
        return None  # run it again


def store_outcome(course: Course, assignment: str, outcome: SubmissionSummary) -> None:
    """Write an outcome beside the graded notebooks, whole or not at all."""
    path = _outcome_path(course, assignment, outcome.student)
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    new.write_text(json.dumps(outcome.to_dict(), indent=1, ensure_ascii=True), "utf-8")
    new.replace(path)
