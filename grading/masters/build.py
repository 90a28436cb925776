"""Masters in, student versions out."""

import logging
import tempfile
from pathlib import Path

from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import capture_log
from sqlalchemy.exc import DBAPIError

from grading.course import CONFIG_FILE, Assignment, CourseError
from grading.gradebook.ledger import Ledger, engine_of, in_words, transaction, used_by_nbgrader
from grading.masters.exporter import MasterExporter
from grading.masters.handout import describe
from grading.masters.pictures import hold_back
from grading.masters.rules import broken_rules
from grading.masters.settings import identity_of, in_its_language


class BrokenMaster(CourseError):
    """A master breaks a rule; the message lists every cell and rule."""


@in_its_language
def build(assignment: Assignment) -> list[str]:
    """Write release/ASSIGNMENT from source/ASSIGNMENT and enter its cells in the gradebook.

    Returns the names of the notebooks. Raises BrokenMaster when a master breaks a rule, and
    CourseError when nbgrader refuses or the gradebook can't be used; the release folder and the
    gradebook are then as they were.
    """
    identity_of(assignment)  # refused, if it is odd, before anything is written
    paths, course = assignment.master_paths(), assignment.course
    problems = broken_rules(paths, course.config)
    if problems:
        lines = "\n".join(f"  {problem}" for problem in problems)
        raise BrokenMaster(f"{assignment} was not released, its masters need mending:\n{lines}")
    course_id = course.config.CourseDirectory.get("course_id")
    with course.gradebook() as gradebook:  # a gradebook that can't be opened is said in a sentence
        if gradebook.engine.dialect.name != "sqlite" and not course_id:
            raise CourseError(
                f"{assignment} was not released: a database that looks up the course of an "
                f"assignment needs one. Write in {CONFIG_FILE}: "
                'c.CourseDirectory.course_id = "course"'
            )
    course.release.mkdir(exist_ok=True)
    try:
        _release(assignment)
    except DBAPIError as error:
        raise CourseError(f"{assignment} was not released: {in_words(error)}.") from error
    describe(assignment)
    return [path.stem for path in paths]


def _release(assignment: Assignment) -> None:
    """Have nbgrader make the release, beside the one that is there, and put it in its place."""
    # A logger that nobody else can have silenced: it says why nbgrader refuses.
    log = logging.Logger("grading.build", logging.WARNING)
    course = assignment.course
    with tempfile.TemporaryDirectory(prefix=".unfinished-", dir=course.release) as beside:
        before, place = Path(beside, "before"), assignment.release
        directory = CourseDirectory(
            config=course.config, assignment_id=assignment.name, release_directory=beside, log=log
        )
        release = GenerateAssignment(coursedir=directory, config=course.config, log=log)
        release.force = release.create_assignment = True
        release.exporter_class = MasterExporter
        try:
            with transaction(engine_of(course)) as connection:
                ledger = Ledger(connection, directory.course_id)
                ledger.check_course(ledger.course_id)
                with used_by_nbgrader(ledger):
                    result = capture_log(release)
                if not result["success"]:
                    raise CourseError(_explain(assignment, result))
                hold_back(assignment, Path(beside, assignment.name))
                if place.exists():
                    place.replace(before)
                Path(beside, assignment.name).replace(place)
        except BaseException:
            if before.exists():
                if place.exists():
                    place.replace(Path(beside, "refused"))
                before.replace(place)
            raise


def _explain(assignment: Assignment, result: dict) -> str:
    log = f"{result.get('log', '')}\n{result.get('error', '')}".strip()
    if "Cannot add or remove cells" in log or "Cannot modify existing assignment" in log:
        return (
            f"{assignment} was not released: the gradebook holds submissions of an edition with "
            "other cells. Keep the cells' ids as they were, or move gradebook.db away and grade "
            "again from submitted/."
        )
    return f"{assignment} was not released, nbgrader said:\n{log}"
