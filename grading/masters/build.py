"""Masters in, student versions out."""

from __future__ import annotations

from grading.course import Course, CourseError
from grading.masters.handout import describe
from grading.masters.rules import check_masters


class BrokenMaster(CourseError):
    """A master breaks a rule; the message lists every cell and rule."""


def build(course: Course, assignment: str) -> list[str]:
    """Write release/ASSIGNMENT from source/ASSIGNMENT and enter its cells in the gradebook.

    Returns the names of the notebooks. Raises BrokenMaster when a master breaks a rule, and
    CourseError when nbgrader refuses; the release folder is then as it was.
    """
    paths = course.master_paths(assignment)
    problems = check_masters(paths, course.config)
    if problems:
        lines = "\n".join(f"  {problem}" for problem in problems)
        raise BrokenMaster(f"{assignment} was not released, its masters need mending:\n{lines}")
    result = course.nbgrader().generate_assignment(assignment, force=True, create=True)
    if not result["success"]:
        raise CourseError(_explain(assignment, result))
    describe(course, assignment)
    return [path.stem for path in paths]


def _explain(assignment: str, result: dict) -> str:
    log = f"{result.get('log', '')}\n{result.get('error', '')}".strip()
    if "Cannot add or remove cells" in log or "Cannot modify existing assignment" in log:
        return (
            f"{assignment} was not released: the gradebook holds submissions of an edition with "
            "other cells. Keep the cells' ids as they were, or move gradebook.db away and grade "
            "again from submitted/."
        )
    return f"{assignment} was not released, nbgrader said:\n{log}"
