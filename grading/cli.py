"""The command line: python -m grading COMMAND."""

import logging
import warnings
from importlib import import_module

import click
from nbformat.warnings import DuplicateCellId, MissingIDFieldWarning
from sqlalchemy.exc import SAWarning

from grading.commands import NEEDS_A_LOOK
from grading.course import CourseError
from grading.text import for_terminal

__all__ = ["NEEDS_A_LOOK", "main"]

# By module of grading.commands, in the order of an instructor's work.
COMMANDS = {
    "init": "migrating", "new": "masters", "check": "masters", "build": "masters",
    "demo": "masters", "collect": "classes", "run": "classes", "mark": "marking",
    "publish": "marking", "report": "results", "compare": "results", "export": "results",
    "outcomes": "classes", "forget": "results",
}  # fmt: skip


class Commands(click.Group):
    """Imports the module of a command when it is asked for, as some take a second or two.

    What the instructor has to mend becomes a message and exit code 1.
    """

    def list_commands(self, context):
        return sorted(COMMANDS)

    def get_command(self, context, name):
        if name not in COMMANDS:
            return None
        return getattr(import_module(f"grading.commands.{COMMANDS[name]}"), name)

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
