"""Publish: nbgrader's generate_feedback for one student, whole or not at all."""

from functools import lru_cache
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from grading.course import Course
from grading.gradebook.ledger import SubmissionLedger, engine_of, in_words, used_by_nbgrader
from grading.record.conversion import Publishing, RecordFailed, whole

__all__ = ["RecordFailed", "publish"]


def publish(root: Path, assignment: str, student: str) -> None:
    """Write a student's pages of feedback from the recorded marks and notebooks.

    Reads the gradebook and writes feedback/STUDENT/ASSIGNMENT, so different students may be
    published at the same time, in different processes (not threads: nbgrader changes the working
    folder). Raises RecordFailed when that fails; the earlier pages then stay.
    """
    course = _course(root, *(path.read_bytes() for path in Course(root).config_files))
    engine = engine_of(course)
    try:
        with (
            whole(Publishing, course.assignment(assignment), student) as generate_feedback,
            engine.connect() as connection,
            used_by_nbgrader(SubmissionLedger(connection)),
        ):
            generate_feedback()
    except DBAPIError as error:
        raise RecordFailed(in_words(error)) from error
    finally:
        engine.dispose()


@lru_cache(maxsize=1)
def _course(root: Path, *config: bytes) -> Course:
    """The course. config: what its configuration files hold; a change has them read again."""
    return Course(root)
