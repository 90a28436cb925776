"""The commands of `python -m grading`, and how they end."""

import click

from grading.course import NAME_RULE, UNFIT_NAME, Assignment, Course, CourseError

NEEDS_A_LOOK = 3
INTERRUPTED = 130


class _AssignmentName(click.ParamType):
    """The name of an assignment of the course that the working folder belongs to."""

    name = "assignment"

    def convert(self, value: str, param, context) -> Assignment:
        if UNFIT_NAME.search(value):
            raise CourseError(
                f"{value!r} can't be the name of an assignment: {NAME_RULE}. Rename the folder "
                "below source/, as in lab3."
            )
        return Course.here().assignment(value)


ASSIGNMENT = _AssignmentName()
