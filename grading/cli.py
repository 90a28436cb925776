"""The command line: python -m grading COMMAND."""

from __future__ import annotations

import logging
import sys
import time
import warnings
from collections import Counter

import click
import nbformat
from rich.console import Console
from sqlalchemy.exc import SAWarning

from grading import masters
from grading.build import build as build_release
from grading.candidate.box import why_no_box
from grading.candidate.sandbox import require_sandbox
from grading.course import Course, CourseError
from grading.demo import fill_with_examples
from grading.run import run as run_grading
from grading.table import UNCONFINED, print_table
from grading.text import for_terminal

NEEDS_A_LOOK = 3


class Commands(click.Group):
    """Turns what the instructor has to mend into a message and exit code 1."""

    def invoke(self, context):
        try:
            return super().invoke(context)
        except CourseError as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=Commands)
def main() -> None:
    """Release an assignment, grade a class, give feedback."""
    logging.getLogger("traitlets").setLevel(logging.CRITICAL)
    # nbgrader 0.9.6 was written for SQLAlchemy 1: harmless, and nothing an instructor can do about.
    warnings.filterwarnings("ignore", category=SAWarning)


@main.command()
@click.argument("assignment")
def build(assignment: str) -> None:
    """Make release/ASSIGNMENT, what students start from, out of source/ASSIGNMENT.

    \b
    Refused, with the cell and the reason, when a master breaks a rule.
    Example: python -m grading build lab3
    """
    course = Course.here()
    names = build_release(course, assignment)
    for path in course.master_paths(assignment):
        notebook = nbformat.read(path, as_version=4)
        automatic, written = masters.automatic_marks(notebook), masters.written_marks(notebook)
        click.echo(f"  {path.stem:20} {automatic:4g} automatic, {written:2g} written marks")
    click.echo(f"release/{assignment}: {len(names)} notebooks.")


@main.command()
@click.argument("assignment")
def demo(assignment: str) -> None:
    """Fill an empty submitted/ with an example class made from the masters.

    \b
    Example: python -m grading demo lab3
    """
    students = fill_with_examples(Course.here(), assignment)
    click.echo(f"submitted/: {len(students)} example submissions: {', '.join(students)}.")


@main.command()
@click.argument("assignment")
def run(assignment: str) -> None:
    """Grade every submission that is new or changed, write feedback, print the class.

    \b
    Exit code 0: all is graded. 3: somebody needs a look (time limit, unreadable, grader failed).
    Example: python -m grading run lab3
    """
    course = Course.here()
    console = Console(soft_wrap=True, highlight=False)
    students = course.students(assignment)
    available = {
        path.stem: masters.automatic_marks(nbformat.read(path, as_version=4))
        for path in course.master_paths(assignment)
    }
    if not students:
        raise CourseError(
            f"No submissions: put them in submitted/STUDENT/{assignment}/, "
            f"or try 'python -m grading demo {assignment}'."
        )
    if not require_sandbox(course.config):
        console.print(f"{UNCONFINED} ({why_no_box()})", style="bold red", markup=False)
    for stray in course.strays():
        click.echo(f"submitted/{for_terminal(stray)} was skipped: no folder {assignment} in it.")
    outcomes, started = [], time.monotonic()
    for outcome, was_run in run_grading(course, assignment):
        outcomes.append(outcome)
        seconds, started = time.monotonic() - started, time.monotonic()
        how = f"{seconds:.0f} s" if was_run else "unchanged"
        console.print(
            f"[{len(outcomes)}/{len(students)}] {for_terminal(outcome.student)}: "
            f"{outcome.status} ({how})",
            markup=False,
        )
    console.print()
    print_table(console, assignment, outcomes, available)
    _finish(console, assignment, outcomes)


def _finish(console: Console, assignment: str, outcomes: list) -> None:
    counts = Counter(str(outcome.status) for outcome in outcomes)
    summary = ", ".join(f"{count} {status}" for status, count in counts.items())
    console.print(f"\n{summary}. Feedback: feedback/STUDENT/{assignment}/")
    if any(outcome.status.needs_a_look for outcome in outcomes):
        console.print("Somebody needs a look: see the reasons above.")
        sys.exit(NEEDS_A_LOOK)
