"""Commands for those who write assignments."""

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import click
from rich.console import Console

from grading.checking.check import check as check_assignment
from grading.checking.probing import what_tests_lack
from grading.checking.summary import TrialProgress, print_findings, write_findings
from grading.commands import ASSIGNMENT, NEEDS_A_LOOK
from grading.course import Assignment
from grading.masters.advice import advice
from grading.masters.build import build as build_release
from grading.masters.cells import automatic_marks, written_marks
from grading.masters.demo import fill_with_examples
from grading.masters.handout import pack
from grading.masters.new import new_assignment
from grading.masters.pictures import left_out
from grading.masters.reading import read_masters
from grading.migrating.otter import from_otter
from grading.text import for_terminal


@click.command()
@click.argument("assignment", type=ASSIGNMENT)
@click.option(
    "--from",
    "origin",
    type=(click.Choice(["otter"]), click.Path(exists=True, file_okay=False, path_type=Path)),
    metavar="otter FOLDER",
    help="Take over the master notebooks of otter-grader in a folder, which is left as it is.",
)
def new(assignment: Assignment, origin: tuple[str, Path] | None) -> None:
    """Make source/ASSIGNMENT: a working notebook with one exercise of each kind, to write over.

    \b
    With --from otter it becomes what a folder of otter-grader's masters holds; what could not be
    taken over is listed.
    Examples: python -m grading new lab4
              python -m grading new hw1 --from otter ../otter-course/hw1
    """
    paths, told = (
        (new_assignment(assignment), []) if origin is None else (from_otter(assignment, origin[1]))
    )
    for path in paths:
        click.echo(f"  {path.relative_to(assignment.course.root)}")
    for sentence in told:
        click.echo(f"! {for_terminal(sentence)}.")
    click.echo(
        f"Change it, then: python -m grading check {assignment} --quick, and "
        f"python -m grading build {assignment}"
    )


@click.command()
@click.argument("assignment", type=ASSIGNMENT)
def build(assignment: Assignment) -> None:
    """Make release/ASSIGNMENT and dist/ASSIGNMENT.zip, what students get, out of source/ASSIGNMENT.

    \b
    Refused, with the cell and the reason, when a master breaks a rule. Told, and released all the
    same: how a master was read, and what its tests can't have while they grade.
    Example: python -m grading build lab3
    """
    with ThreadPoolExecutor(1) as beside:  # an examiner starts for it, which takes seconds
        lacking = beside.submit(what_tests_lack, assignment)
        names = build_release(assignment)
    for name, notebook in read_masters(assignment).items():
        automatic, written = automatic_marks(notebook), written_marks(notebook)
        click.echo(f"  {name:20} {automatic:4g} automatic, {written:2g} written marks")
    for sentence in [*advice(assignment), *lacking.result(), *left_out(assignment)]:
        click.echo(f"! {sentence}")
    packed = pack(assignment).relative_to(assignment.course.root)
    click.echo(f"release/{assignment}: {len(names)} notebooks. For students: {packed}")


@click.command()
@click.argument("assignment", type=ASSIGNMENT)
@click.option("--quick", is_flag=True, help="Train nothing but the masters, and those once.")
@click.option("--jobs", type=click.IntRange(1), help="Processes to use (default: one a core).")
def check(assignment: Assignment, quick: bool, jobs: int | None) -> None:
    """Before release: does the master earn everything, and would the tests notice a fault?

    \b
    Writes reports/ASSIGNMENT-check.html. Exit code 0: nothing to mend; 3: see what is listed.
    Examples: python -m grading check lab3
              python -m grading check lab3 --quick
    """
    console = Console(soft_wrap=True, highlight=False)
    with TrialProgress(console) as progress:
        findings = check_assignment(assignment, quick, jobs, progress.told)
    path = write_findings(findings)
    print_findings(console, findings)
    click.echo(f"All of it: {path.relative_to(assignment.course.root)}")
    if findings.problems:
        sys.exit(NEEDS_A_LOOK)


@click.command()
@click.argument("assignment", type=ASSIGNMENT)
def demo(assignment: Assignment) -> None:
    """Fill an empty submitted/ with an example class made from the masters.

    \b
    Example: python -m grading demo lab3
    """
    students = fill_with_examples(assignment)
    click.echo(f"submitted/: {len(students)} example submissions: {', '.join(students)}.")
