"""Feedback made again after marking by hand, of those whose marks changed."""

import os

from grading.batch.run import alone
from grading.course import Assignment
from grading.feedback.current import outdated
from grading.feedback.publish import RecordFailed, publish
from grading.processes.pool import Pool, WorkerLost


def renew(assignment: Assignment) -> tuple[list[str], dict[str, str]]:
    """Renew the pages that show other marks or comments than the gradebook holds.

    Returns the submissions whose pages were renewed, and those that failed with the reason. Raises
    CourseError while a run is grading the course.
    """
    with alone(assignment.course):
        with assignment.course.gradebook() as gradebook:
            changed = outdated(gradebook, assignment)
        failed: dict[str, str] = {}
        if not changed:
            return [], failed
        with Pool(min(len(changed), os.cpu_count() or 1)) as pool:
            where = assignment.course.root, assignment.name
            futures = {name: pool.submit(publish, *where, name) for name in changed}
            for name, future in futures.items():
                try:
                    future.result()
                except (RecordFailed, WorkerLost) as error:
                    failed[name] = str(error)
    return [name for name in changed if name not in failed], failed
