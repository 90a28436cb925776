"""The command for those who come from nbgrader."""

from pathlib import Path

import click

from grading.course import Course
from grading.migrating.init import advice
from grading.migrating.init import init as make_course
from grading.text import for_terminal


@click.command()
def init() -> None:
    """Make this folder, a course of nbgrader or an empty one, a course of the kit.

    \b
    Configuration, gradebook and all that is graded stay. To run it again changes nothing.
    Example: cd course && python -m grading init
    """
    course = Course(Path.cwd())
    done = make_course(course.root)
    if not done:
        click.echo("This folder is a course of the kit already: nothing was changed.")
    for line in done:
        click.echo(f"  {for_terminal(line)}")
    for line in advice(course):
        click.echo(for_terminal(line))
