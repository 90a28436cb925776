"""The command line: python -m grading COMMAND."""

import logging
import warnings

import click
from nbformat.warnings import DuplicateCellId, MissingIDFieldWarning
from sqlalchemy.exc import SAWarning

from grading.commands import NEEDS_A_LOOK
from grading.commands.classes import collect, outcomes, run
from grading.commands.marking import mark, publish
from grading.commands.masters import build, check, demo, new
from grading.commands.migrating import init
from grading.commands.results import compare, export, forget, report
from grading.course import CourseError
from grading.text import for_terminal

__all__ = ["NEEDS_A_LOOK", "main"]


class Commands(click.Group):
    """Turns what the instructor has to mend into a message and exit code 1."""

    def invoke(self, context):
        try:
            return super().invoke(context)
        except CourseError as error:
            lines = map(for_terminal, str(error).split("\n"))  # some name what students named
            raise click.ClickException("\n".join(lines)) from error


@click.group(cls=Commands)
def main() -> None:
    """Release an assignment, grade a class, give feedback."""
    logging.getLogger("traitlets").setLevel(logging.CRITICAL)
    # nbgrader 0.9.6 was written for SQLAlchemy 1: harmless, and nothing an instructor can do about.
    warnings.filterwarnings("ignore", category=SAWarning)
    # Cells of students' without an id, or with one that another has: they are given one.
    warnings.filterwarnings("ignore", category=DuplicateCellId)
    warnings.filterwarnings("ignore", category=MissingIDFieldWarning)


RELEASING = (init, new, check, build, demo)
GRADING = (collect, run, mark, publish, report, compare, export, outcomes, forget)
for command in (*RELEASING, *GRADING):
    main.add_command(command)
