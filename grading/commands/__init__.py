"""The commands of `python -m grading`, and how they end."""

import click

from grading.course import Assignment, Course

NEEDS_A_LOOK = 3
INTERRUPTED = 130


class _AssignmentName(click.ParamType):
    """The name of an assignment of the course that the working folder belongs to."""

    name = "assignment"

    def convert(self, value: str, param, context) -> Assignment:
        return Course.here().assignment(value)


ASSIGNMENT = _AssignmentName()
