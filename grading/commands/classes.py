"""Commands for a class: take it in, grade it."""

import sys
import time
from collections import Counter
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import click
from rich.console import Console

from grading.batch.changes import CHANGED
from grading.batch.moves import Move
from grading.batch.progress import ConsoleProgress
from grading.batch.run import HELD, Graded, Options
from grading.batch.run import run as run_grading
from grading.batch.table import UNCONFINED, print_moves, print_table
from grading.candidate.box import why_no_box
from grading.candidate.sandbox import require_sandbox
from grading.collecting.collect import collect as collect_inbox
from grading.collecting.table import print_collected
from grading.commands import ASSIGNMENT, INTERRUPTED, NEEDS_A_LOOK
from grading.course import Assignment, Course, CourseError
from grading.gradebook.answers import waiting_again
from grading.masters.cells import automatic_marks, within_reach
from grading.masters.reading import read_masters
from grading.people.clock import oddity
from grading.reporting.gather import Grading
from grading.reporting.report import listed, write_class
from grading.results.kept import kept_outcomes
from grading.results.kept import prune as prune_outcomes
from grading.text import for_terminal


@click.command()
@click.argument("assignment", type=ASSIGNMENT)
@click.argument("inbox", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Show who is who and write nothing.")
@click.option(
    "--by",
    metavar="TIME",
    help="When handing in was closed: for all that has no time of its own and is not called late.",
)
def collect(assignment: Assignment, inbox: Path, dry_run: bool, by: str | None) -> None:
    """Sort downloaded hand-ins into submitted/STUDENT/ASSIGNMENT, earlier ones kept.

    \b
    INBOX: a folder with notebooks, folders, and zips from Canvas, Moodle, Blackboard, Brightspace,
    Gradescope, Google Classroom or the kit's own hand-in.
    It is never changed. Exit code 0: all is clear; 3: see what is listed.
    Examples: python -m grading collect lab3 inbox/ --dry-run
              python -m grading collect lab3 inbox/
              python -m grading collect lab3 inbox/ --by 2026-11-30T23:59-06:00
    """
    closed = None if by is None else _moment(by)
    collected = collect_inbox(assignment, inbox, dry_run=dry_run, by=closed)
    print_collected(Console(highlight=False), assignment, collected, dry_run)
    if collected.needs_a_look:
        sys.exit(NEEDS_A_LOOK)


def _moment(by: str) -> datetime:
    """The time of `--by` in UTC; without a zone it is one of this machine's clock."""
    how = "write it as 2026-11-30T23:59-06:00"
    try:
        time = datetime.fromisoformat(by)
        moment, odd = time.astimezone(UTC), "" if time.tzinfo else oddity(time, None)
    except (ValueError, OverflowError):
        raise CourseError(f"--by {by}: no time; {how}.") from None
    if odd:
        raise CourseError(f"--by {by}: that hour {odd} on this machine's clock; {how}.")
    return moment


@click.command()
@click.argument("assignment", type=ASSIGNMENT)
@click.option("--jobs", type=click.IntRange(1), help="Processes to use (default: one a core).")
@click.option("--student", multiple=True, help="Only this student; may be repeated.")
@click.option("--notebook", multiple=True, help="With --force, only this notebook; repeatable.")
@click.option("--force", is_flag=True, help="Run again what has not changed too.")
@click.option("--scheduler", default="", metavar="ADDRESS", help="Use a Dask cluster's workers.")
@click.option("--no-replay", is_flag=True, help="Run every training loop in full.")
@click.option(
    "--audit",
    type=click.FloatRange(0, 100),
    default=0,
    metavar="PERCENT",
    help="Then run so many of the replayed notebooks in full, and fail on any difference.",
)
@click.option("--yes", is_flag=True, help="Record marks that change without asking.")
def run(
    assignment: Assignment,
    jobs: int | None,
    student: tuple[str, ...],
    notebook: tuple[str, ...],
    force: bool,
    scheduler: str,
    no_replay: bool,
    audit: float,
    yes: bool,
) -> None:
    """Grade every submission that is new or changed, write feedback, print the class.

    \b
    What was done before a stop is kept: the same command goes on from there.
    Exit code 0: all is graded. 3: somebody needs a look (a limit, unreadable, a test that could
    not run, grader failed, marks that would move). 1: nothing could be done, or an audit found a
    difference. 130: Ctrl-C.
    Examples: python -m grading run lab3
              python -m grading run lab3 --student ana --force
              python -m grading run lab3 --scheduler tls://head:8786
    """
    course = assignment.course
    console = Console(soft_wrap=True, highlight=False)
    submissions = assignment.submissions()
    masters = read_masters(assignment)
    available = {name: automatic_marks(master) for name, master in masters.items()}
    if not submissions:
        raise CourseError(
            f"No submissions: put them in submitted/STUDENT/{assignment}/, "
            f"or try 'python -m grading demo {assignment}'."
        )
    if not require_sandbox(course.config):
        console.print(f"{UNCONFINED} ({why_no_box()})", style="bold red", markup=False)
    for stray in course.strays():
        click.echo(f"submitted/{for_terminal(stray)} was skipped: no folder {assignment} in it.")
    options = Options(
        jobs or 0, scheduler, student, notebook, force, replay=not no_replay, audit=audit,
        agree=partial(_agree, console, yes),
    )  # fmt: skip
    graded = _grade(console, assignment, options)
    console.print()
    print_table(console, assignment, graded, available)
    for sentence in within_reach(masters):
        console.print(f"  {sentence}", markup=False)
    _finish(console, assignment, graded)


def _agree(console: Console, yes: bool, moved: list[Move]) -> bool:
    """Show the marks that a changed test or limit moves, and ask whether to record them."""
    print_moves(console, moved)
    if yes or (sys.stdin.isatty() and console.is_terminal and click.confirm("Record them?")):
        return True
    console.print("They were not recorded. To do so: the same command with --yes (in seconds).")
    return False


def _grade(console: Console, assignment: Assignment, options: Options) -> list[Graded]:
    """Run, saying each submission that was graded as it is done; in the order of their names."""
    started = time.monotonic()
    try:
        with ConsoleProgress(console) as progress:
            graded = run_grading(assignment, options, progress)
    except KeyboardInterrupt:
        console.print(
            f"\nStopped. {progress.changed} submissions were graded and recorded in this run, and "
            "what else has run is kept.\nTo go on from here, run the same command again."
        )
        sys.exit(INTERRUPTED)
    minutes, seconds = divmod(round(time.monotonic() - started), 60)
    console.print(f"{len(graded)} submissions in {minutes} min {seconds:02d} s.")
    return sorted(graded, key=lambda row: row.summary.submission)


def _report(console: Console, assignment: Assignment, graded: list[Graded]) -> None:
    """Write the report. The class is graded whatever becomes of that."""
    try:
        fresh = {
            row.summary.submission: Grading(row.summary, CHANGED if row.why == HELD else "")
            for row in graded
        }
        paths = write_class(assignment, fresh)
    except Exception as error:
        said = for_terminal(f"{type(error).__name__}: {error}")
        console.print(
            f"The report was not written, all else was: {said}\n"
            f"To try again: python -m grading report {assignment}",
            markup=False,
        )
    else:
        console.print(f"Report: {listed(assignment.course, paths)}", markup=False)


REASONS = 5  # that are told for trainings that ran in full


def _in_full(console: Console, reasons: list[str]) -> None:
    """Why the other training loops ran in full, the most frequent reasons first."""
    for reason, count in Counter(reasons).most_common(REASONS):
        console.print(f"  {count} in full: {reason}", markup=False)


def _finish(console: Console, assignment: Assignment, graded: list[Graded]) -> None:
    counts = Counter(str(submission.summary.status) for submission in graded)
    summary = ", ".join(f"{count} {status}" for status, count in counts.items())
    rows = [row for submission in graded for row in submission.summary.notebooks]
    if trained := sum(row.trained for row in rows):
        replayed = sum(row.replayed for row in rows)
        console.print(f"\n{replayed} of {trained} training loops were replayed.")
        _in_full(console, [reason for row in rows for reason in row.in_full])
    console.print(f"\n{summary}. Feedback: feedback/STUDENT/{assignment}/")
    held = sum(submission.why == HELD for submission in graded)
    if held:
        console.print(f"{held} submissions are held: their marks would change. See above.")
    if again := waiting_again(assignment.course, assignment.name):
        console.print(
            f"{again} answers changed after they were marked and wait for marking again: "
            f"python -m grading mark {assignment}",
            markup=False,
        )
    _report(console, assignment, graded)
    if held or any(submission.summary.status.needs_a_look for submission in graded):
        console.print("Somebody needs a look: see the reasons above.")
        sys.exit(NEEDS_A_LOOK)


@click.command()
@click.option("--prune", is_flag=True, help="Delete those that no submission has any more.")
def outcomes(prune: bool) -> None:
    """List the outcomes kept in .outcomes/, and which of them no submission has any more.

    \b
    While a run is at work, --prune deletes nothing and says so.
    Examples: python -m grading outcomes
              python -m grading outcomes --prune
    """
    course = Course.here()
    if prune:
        sizes = prune_outcomes(course)
        click.echo(f"Deleted {len(sizes)} files, {sum(sizes) / 2**20:.1f} MB.")
        return
    for outcome in kept_outcomes(course):
        users = ", ".join(map(for_terminal, outcome.users)) or "nobody: --prune deletes it"
        click.echo(f"{outcome.key[:12]}  {outcome.megabytes:6.1f} MB  {outcome.written}  {users}")
