"""Feedback made again after marking by hand, and who reads something else then."""

import os
from pathlib import Path

from grading.batch.run import alone
from grading.course import Assignment, Course
from grading.feedback.publish import RecordFailed, publish
from grading.processes.pool import Pool, WorkerLost


def renew(assignment: Assignment) -> tuple[list[str], dict[str, str]]:
    """Make the feedback of every graded submission again.

    Returns the submissions whose pages say something else now, as marks or comments were changed,
    and those that failed with the reason; their earlier pages stay. Raises CourseError while a
    run is grading the course.
    """
    assignment.master_paths()  # that there is such an assignment
    graded = [name for name in assignment.submissions() if assignment.autograded(name).is_dir()]
    changed: list[str] = []
    failed: dict[str, str] = {}
    if not graded:
        return changed, failed
    with (
        alone(assignment.course),
        Pool(min(len(graded), os.cpu_count() or 1)) as pool,
    ):
        where = assignment.course.root, assignment.name
        futures = {name: pool.submit(publish_again, *where, name) for name in graded}
        for name, future in futures.items():
            try:
                if future.result():
                    changed.append(name)
            except (RecordFailed, WorkerLost) as error:
                failed[name] = str(error)
    return changed, failed


def publish_again(root: Path, assignment: str, submission: str) -> bool:
    """Make the feedback of a submission again. Returns whether it changed.

    Raises RecordFailed as `publish` does.
    """
    folder = Course(root).assignment(assignment).feedback(submission)
    before = _pages(folder)
    publish(root, assignment, submission)
    return _pages(folder) != before


def _pages(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("*.html")}
