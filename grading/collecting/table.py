"""Who is who, in a terminal."""

from collections import Counter

from rich.console import Console
from rich.markup import escape

from grading.collecting.collect import Collected, Fate, Row
from grading.collecting.handins import HandIn
from grading.terminal import empty_table
from grading.text import for_terminal

COLOURS = {Fate.NEW: "green", Fate.REPLACES: "yellow", Fate.KNOWN: "dim", Fate.EARLIER: "dim",
           Fate.REFUSED: "red"}  # fmt: skip
MEANINGS = {
    Fate.REPLACES: "counts from now on; what was there is kept in submitted/.earlier/",
    Fate.EARLIER: "kept in submitted/.earlier/; a later one counts",
    Fate.KNOWN: "its files are there already",
    Fate.REFUSED: "not stored",
}
OBVIOUS = ("the manifest", "the account", "the folder's name")  # evidence that needs no mention
SHOWN, MANY = 10, 50  # lines about one hand-in, lines about none


def print_collected(console: Console, assignment: str, collected: Collected, dry_run: bool) -> None:
    """Print a row for each hand-in and, below, what was noticed about it."""
    title = f"{assignment}: who is who" + (" (nothing is written)" if dry_run else "")
    table = empty_table(title)
    table.add_column("", no_wrap=True)
    table.add_column("from", overflow="fold", ratio=3)
    table.add_column("student", overflow="fold", ratio=2)
    table.add_column("note-\nbooks", no_wrap=True)
    table.add_column("in by\n(UTC)", width=10)  # date over time
    table.add_column("", no_wrap=True)
    for number, row in enumerate(collected.rows, 1):
        submission = row.submission
        present = len(submission.notebooks)
        table.add_row(
            str(number),
            escape(_source(submission.hand_in)),
            escape(for_terminal(submission.student) or "?"),
            f"{present}/{present + len(submission.missing)}",
            f"{row.time:%Y-%m-%d %H:%M}",
            f"[{COLOURS[row.fate]}]{row.fate}[/]",
        )
    if collected.rows:
        console.print(table)
    for number, row in enumerate(collected.rows, 1):
        _print_notes(console, number, row)
    _print_first(console, "  !", collected.problems, MANY)
    if left := collected.left_over:
        more = f" and {len(left) - SHOWN} more" if len(left) > SHOWN else ""
        _line(console, f"  In no hand-in: {', '.join(left[:SHOWN])}{more}")
    fates = Counter(row.fate for row in collected.rows)
    for fate, meaning in MEANINGS.items():
        if fates[fate]:
            _line(console, f"  {fate}: {meaning}")
    counts = ", ".join(f"{fates[fate]} {fate}" for fate in Fate if fates[fate]) or "no hand-in"
    console.print()
    _line(console, f"{counts}." + (" Nothing was written: a dry run." if dry_run else ""))


def _source(hand_in: HandIn) -> str:
    """Where a hand-in is in the inbox: a platform's long names are cut down to the account."""
    if hand_in.account is None:
        return for_terminal(hand_in.source)
    above, between, _ = hand_in.source.partition("/")
    return for_terminal(f"{above + ': ' if between else ''}{hand_in.account}")


def _print_notes(console: Console, number: int, row: Row) -> None:
    submission, evidence = row.submission, row.submission.evidence
    if row.fate is Fate.REFUSED:
        _line(console, f"  ! {number}: {submission.hand_in.source}")
    _print_first(console, f"  ! {number}:", submission.problems, SHOWN)
    if row.fate is not Fate.KNOWN:
        for note in submission.notes:
            _line(console, f"  · {number}: {note}")
        if submission.student and evidence not in OBVIOUS:
            _line(console, f"  · {number}: {submission.student}, by {evidence}")


def _print_first(console: Console, begin: str, texts: list[str], most: int) -> None:
    for text in texts[:most]:
        _line(console, f"{begin} {text}")
    if len(texts) > most:
        _line(console, f"{begin} and {len(texts) - most} more like these")


def _line(console: Console, text: str) -> None:
    console.print(for_terminal(text), markup=False, highlight=False)
