"""The folder where `collect` unpacks archives, and writes submissions before they are moved."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from grading.course import Course, CourseError
from grading.model.store import FOLDER as OUTCOMES

# Below submitted/, so that a finished folder can be renamed into its place: within one file system.
FOLDER = ".collecting"


def leftovers(course: Course) -> list[Path]:
    """The folders with students' files that a killed `collect` left (or a live one uses)."""
    return sorted(course.submitted.glob(f"{FOLDER}*"))


@contextmanager
def workspace(course: Course) -> Iterator[Path]:
    """An empty folder for this process alone, deleted after the block; leftovers go before it.

    Raises CourseError when another process collects, or the folder can't be made.
    """
    path = course.root / OUTCOMES / "collect.lock"
    path.parent.mkdir(exist_ok=True)
    try:
        lock = FileLock(path).acquire(timeout=0)
    except Timeout:
        raise CourseError(
            "Another process is collecting hand-ins of this course. Wait for it, then run the same "
            "command again."
        ) from None
    with lock:
        folder = course.submitted.resolve() / FOLDER  # notebooks are read below no link
        try:
            for left in leftovers(course):
                shutil.rmtree(left)
            folder.mkdir(mode=0o700, parents=True)
        except OSError as error:
            raise CourseError(
                f"{error.filename}: {error.strerror}. Archives are unpacked there: mend it, then "
                "run the same command again."
            ) from error
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
