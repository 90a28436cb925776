"""Reading the hand-ins of a class, several at a time."""

from functools import lru_cache
from pathlib import Path

from grading.course import Assignment, Course
from grading.likeness.own import Own, Reader
from grading.processes.pool import Pool, WorkerLost

EACH = 12  # hand-ins that are worth a process of their own


def read_class(assignment: Assignment, jobs: int) -> list[Own]:
    """The hand-ins of a class, in order of their names.

    jobs: how many are read at once, at most. A hand-in that ends the process which reads it has
    that among its problems. Raises CourseError as `Reader` does.
    """
    names = assignment.submissions()
    with Pool(max(1, min(jobs, len(names) // EACH))) as pool:
        futures = [
            pool.submit(read_one, assignment.course.root, assignment.name, name) for name in names
        ]
        return [_result(name, future) for name, future in zip(names, futures, strict=True)]


def _result(name: str, future) -> Own:
    try:
        return future.result()
    except WorkerLost:
        own = Own(name, problems=["could not be read: its reader was stopped three times"])
        return own.finished()


def read_one(root: Path, assignment: str, name: str) -> Own:
    """One hand-in; in the process of a pool, which keeps its reader."""
    return _reader(root, assignment).read(name, Course(root).assignment(assignment).submitted(name))


@lru_cache(maxsize=1)
def _reader(root: Path, assignment: str) -> Reader:
    return Reader(Course(root).assignment(assignment))
