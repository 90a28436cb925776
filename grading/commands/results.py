"""Commands for what comes out: the report, grades for other programs, a student who leaves."""

import os
from pathlib import Path

import click

from grading.commands import ASSIGNMENT
from grading.course import Assignment, Course
from grading.likeness.report import write_likeness
from grading.reporting.report import listed, write_class
from grading.results.export import FORMATS
from grading.results.export import export as export_grades
from grading.results.forget import forget as forget_student
from grading.results.forget import traces
from grading.text import for_terminal


@click.command()
@click.argument("assignment", type=ASSIGNMENT)
@click.option("--anonymous", is_flag=True, help="Numbers in place of ids; a page of its own.")
def report(assignment: Assignment, anonymous: bool) -> None:
    """Write what happened to the class: reports/ASSIGNMENT.html and reports/ASSIGNMENT-grades.csv.

    \b
    Every run does that too. With --anonymous only reports/ASSIGNMENT-anonymous.html: no ids, names
    or links to students' pages.
    Examples: python -m grading report lab3
              python -m grading report lab3 --anonymous
    """
    paths = write_class(assignment, anonymous=anonymous)
    click.echo(f"Report: {listed(assignment.course, paths)}")


@click.command()
@click.argument("assignment", type=ASSIGNMENT)
@click.option(
    "--against",
    multiple=True,
    metavar="FOLDER",
    type=click.Path(path_type=Path),
    help="Earlier hand-ins or known answers to compare with too; repeatable.",
)
@click.option(
    "--share",
    type=click.FloatRange(0, 100),
    default=20,
    show_default=True,
    metavar="PERCENT",
    help="What more than so many of the class have is left out.",
)
@click.option("--anonymous", is_flag=True, help="Numbers in place of ids; a page of its own.")
def compare(
    assignment: Assignment, against: tuple[Path, ...], share: float, anonymous: bool
) -> None:
    """Write what hand-ins share that was not given: reports/ASSIGNMENT-likeness.html and .csv.

    \b
    FOLDER is laid out as submitted/ of another year, or holds notebooks with answers.
    With --anonymous only reports/ASSIGNMENT-likeness-anonymous.html. It accuses nobody: look at
    what is shared before you say anything.
    Examples: python -m grading compare lab3
              python -m grading compare lab3 --against ../2025/submitted --against known
    """
    done = write_likeness(assignment, against, share / 100, os.cpu_count() or 1, anonymous)
    for line in done.report.lines():
        click.echo(for_terminal(line))
    click.echo(f"Likeness: {listed(assignment.course, done.paths)}")


@click.command()
@click.argument("assignment", type=ASSIGNMENT)
@click.option("--format", "kind", type=click.Choice(FORMATS), default="grades", show_default=True)
@click.option("--output", type=click.Path(path_type=Path), help="The file; a folder for feedback.")
@click.option("--column", default="", help="What Canvas or Moodle call the assignment.")
def export(assignment: Assignment, kind: str, output: Path | None, column: str) -> None:
    """Write grades for other programs, one row for each student, both of a pair.

    \b
    Writes reports/ASSIGNMENT-FORMAT.csv. Formats: grades (ours), nbgrader (its own CSV), canvas and
    moodle (for their import), feedback (a zip for each student, to hand out).
    Examples: python -m grading export lab3
              python -m grading export lab3 --format canvas --column "Lab 3 (1234)"
    """
    path, warned = export_grades(assignment, kind, output, column)
    click.echo(f"Written: {path.relative_to(assignment.course.root) if output is None else path}")
    for text in warned:
        click.echo(f"Warning: {for_terminal(text)}.", err=True)


@click.command()
@click.argument("student")
@click.option("--yes", is_flag=True, help="Do not ask.")
def forget(student: str, yes: bool) -> None:
    """Erase one student from everything that the kit keeps, after showing what that is.

    \b
    The work of a pair stays, under the other one's id alone.
    Examples: python -m grading forget 20210001
    """
    course = Course.here()
    theirs = traces(course, student)
    for line in theirs.lines(course):
        click.echo(for_terminal(line))
    if not yes:
        click.confirm("Erase all of it? It can't be undone", abort=True)
    for line in forget_student(course, theirs):
        click.echo(for_terminal(line))
