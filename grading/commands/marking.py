"""Commands for what instructors do by hand: marking written answers."""

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import click

import grading.marking
from grading.commands import ASSIGNMENT
from grading.course import Assignment
from grading.marking.publishing import renew
from grading.marking.questions import questions
from grading.reporting.report import listed, write_class
from grading.text import for_terminal


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("assignment", type=ASSIGNMENT)
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
def mark(assignment: Assignment, options: tuple[str, ...]) -> None:
    """Start JupyterLab in the course, at the page where one question is marked at a time.

    \b
    Further OPTIONS are those of `jupyter lab`. Where JupyterLab runs in the course already, open
    /marking/ASSIGNMENT there instead.
    Examples: python -m grading mark lab3
              python -m grading mark lab3 --no-browser --port=9000
    """
    if not questions(assignment):
        click.echo(f"{assignment} has no question that a person marks.")
        return
    # Where the kit was installed before it had the page, Jupyter finds the extension here.
    paths = [str(Path(grading.marking.__file__).parent), os.environ.get("JUPYTER_CONFIG_PATH", "")]
    environment = {"JUPYTER_CONFIG_PATH": os.pathsep.join(filter(None, paths))}
    root = assignment.course.root
    where = [
        f"--ServerApp.root_dir={root}",
        f"--LabApp.default_url=/marking/{quote(assignment.name)}",
    ]
    command = [sys.executable, "-m", "jupyter", "lab", *where, *options]
    try:
        ended = subprocess.run(command, cwd=root, env=os.environ | environment)
    except KeyboardInterrupt:  # the server has had it too, and has ended
        return
    sys.exit(ended.returncode)


@click.command()
@click.argument("assignment", type=ASSIGNMENT)
def publish(assignment: Assignment) -> None:
    """Make the feedback and the report again, and say for how many it changed.

    \b
    Examples: python -m grading publish lab3
    """
    renewed, failed = renew(assignment)
    click.echo(f"Feedback renewed: {len(renewed)}")
    if renewed:
        click.echo(f"Report: {listed(assignment.course, write_class(assignment))}")
    for submission, reason in failed.items():
        click.echo(for_terminal(f"Not renewed: {submission}: {reason}"), err=True)
    if failed:
        sys.exit(1)
