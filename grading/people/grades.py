"""The class in marks: one row for each student, pairs included."""

from dataclasses import dataclass
from datetime import UTC, datetime

from grading.course import Assignment, CourseError
from grading.people.lateness import Deadlines, Lateness, handed_in, lateness_by
from grading.people.marks import Marks, recorded
from grading.people.notes import notes
from grading.people.pairs import members
from grading.people.roster import read_students

__all__ = ["Grade", "grades", "notes"]

NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Grade:
    """What a student has for an assignment.

    folder: of the submission, empty without one. partners: ids of those who handed it in too.
    automatic, written: marks of tests and of questions; ungraded: questions that have no mark yet.
    available: the most marks that can be earned. penalty: the marks taken off for being late, as
    recorded.
    total: automatic + written - penalty, never below 0. hours_late: by the deadlines as they are
    now; None when there is no deadline or no time of the hand-in.
    is_recorded: False when there is a submission that the gradebook does not hold yet.
    """

    student: str
    folder: str
    partners: list[str]
    automatic: float
    written: float
    ungraded: int
    available: float
    penalty: float
    total: float
    hours_late: float | None
    has_submission: bool
    is_recorded: bool = True


def grades(assignment: Assignment) -> list[Grade]:
    """A Grade for each student of the roster or with a submission, in order of id.

    The marks and penalties are those that the gradebook holds and students read, also where the
    next run would change them. If a student has two submissions, the later one counts (or, where no
    time is known, the one with more marks); `notes` lists them.
    Raises CourseError for a wrong assignment, a missing gradebook, an empty class, a deadline or
    students.csv that can't be read.
    """
    marks, available = recorded(assignment)
    students, deadlines = read_students(assignment.course), Deadlines.of(assignment.course.config)
    folders = sorted({*assignment.submissions(), *marks})
    if not folders and not students:
        raise CourseError(
            f"Nobody is in this class: no students.csv, and no submission of {assignment}. Put "
            f"hand-ins into submitted/STUDENT/{assignment}/, or write students.csv."
        )
    best: dict[str, tuple] = {}
    for folder in folders:
        ids = members(folder, students)
        late = lateness_by(deadlines, assignment, folder)
        total, *row = _row(marks.get(folder), late, available)
        rank = handed_in(assignment, folder) or NEVER, total
        for student in ids:
            others = [id_ for id_ in ids if id_ != student]
            grade = Grade(student, folder, others, *row)
            if student not in best or rank > best[student][0]:
                best[student] = rank, grade
    by_student = {student: grade for student, (_, grade) in best.items()}
    for student in students:
        by_student.setdefault(student, _absent(student, available))
    return [by_student[student] for student in sorted(by_student)]


def _row(marks: Marks | None, late: Lateness | None, available: float) -> tuple:
    """The total, to compare submissions by; then the fields of a Grade from `automatic` on."""
    held = marks or Marks()
    total = max(0.0, held.automatic + held.written - held.penalty)
    hours = None if late is None else late.hours_late
    return (
        total, held.automatic, held.written, held.ungraded, available, held.penalty, total,
        hours, True, marks is not None,
    )  # fmt: skip


def _absent(student: str, available: float) -> Grade:
    return Grade(student, "", [], 0, 0, 0, available, 0, 0, None, False)
