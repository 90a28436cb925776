"""The class at a glance, in a terminal."""

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from grading.batch.moves import EXTENSION, Move
from grading.batch.run import Graded
from grading.course import CONFIG_FILE
from grading.model.outcome import Status
from grading.model.summary import absent_libraries
from grading.terminal import empty_table
from grading.text import for_terminal

COLOURS = {
    Status.GRADED: "green",
    Status.STUDENT_ERROR: "yellow",
    Status.TIMED_OUT: "magenta",
    Status.OVER_LIMIT: "magenta",
    Status.UNREADABLE: "red",
    Status.TEST_NOT_RUN: "red",
    Status.GRADER_FAILED: "bold red",
}


UNCONFINED = "NOT IN A SANDBOX: submissions could read and change what you can on this machine."


def print_table(console: Console, assignment: str, graded: list[Graded], available: dict):
    """Print a row for each submission and, below, a line for each reason and note.

    available: automatic marks that each notebook is worth, by notebook.
    """
    outcomes = [row.summary for row in graded]
    table = empty_table(f"{assignment}: automatic marks")
    table.add_column("student", max_width=30, overflow="fold")
    for name, marks in available.items():
        table.add_column(f"{name}\n/ {marks:g}", justify="right", overflow="fold")
    table.add_column(f"total\n/ {sum(available.values()):g}", justify="right", style="bold")
    table.add_column("status", no_wrap=True)
    reasons = [for_terminal(row.why or "unchanged") for row in graded]
    differ = len(set(reasons)) > 1
    if differ:
        table.add_column("graded because", max_width=40, overflow="fold", style="dim")
    for outcome, why in zip(outcomes, reasons, strict=True):
        colour = COLOURS[outcome.status]
        table.add_row(
            escape(for_terminal(outcome.submission)),
            *(_marks(notebook.marks) for notebook in outcome.notebooks),
            _marks(outcome.marks),
            f"[{colour}]{outcome.status}[/]",
            *([escape(why)] if differ else []),
        )
    console.print(table)
    console.print()
    if not differ:
        console.print(f"  graded because: {reasons[0]}", markup=False)
    if not all(outcome.confined for outcome in outcomes):
        console.print(f"  {UNCONFINED}", style="bold red", markup=False)
    for status in sorted({outcome.status for outcome in outcomes}, key=list(Status).index):
        if status is not Status.GRADED:
            console.print(f"  {status}: {status.advice}", markup=False, highlight=False)
    for outcome in outcomes:
        if outcome.reason:
            line = for_terminal(f"  {outcome.submission}: {outcome.reason}")
            console.print(line, markup=False, highlight=False)
        for note in outcome.notes:
            line = for_terminal(f"  {outcome.submission}: {note}")
            console.print(line, markup=False, highlight=False)
    for sentence in absent_libraries(outcomes):
        console.print(f"  {for_terminal(sentence)}", markup=False, highlight=False)


def print_moves(console: Console, moved: list[Move]) -> None:
    """Print who moves, by how much and because of which check."""
    console.print("\nMarks that change though the students handed in nothing new:")
    table = Table("student", "total", "because", box=None, pad_edge=False)
    for student in dict.fromkeys(move.submission for move in moved):
        own = [move for move in moved if move.submission == student]
        because = ", ".join(
            f"{m.notebook} {m.check} {m.before:g} → {m.after:g}".lstrip() for m in own
        )
        table.add_row(
            escape(for_terminal(student)),
            f"{sum(m.change for m in own):+g}",
            escape(for_terminal(because)),
        )
    console.print(table)
    for move in moved:
        if move.check == EXTENSION:
            console.print(
                f"  {for_terminal(move.submission)}: an extension of {move.before:g} hours stands "
                f"in the gradebook, of {move.after:g} in students.csv or {CONFIG_FILE}. To keep "
                "the gradebook's, write it there",
                markup=False,
            )
        if move.by_hand is not None:
            where = f"{for_terminal(move.submission)}, {move.notebook} {move.check}"
            console.print(
                f"  by hand: {where} was given {move.by_hand:g} by a person: that stays, and the "
                "formgrader shows it for a look",
                markup=False,
            )


def _marks(marks: float | None) -> str:
    return "?" if marks is None else f"{marks:g}"
