"""Who is who, in a terminal."""

from __future__ import annotations

from collections import Counter

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from grading.collecting.collect import Collected, Fate, Row
from grading.text import for_terminal

COLOURS = {Fate.NEW: "green", Fate.REPLACES: "yellow", Fate.KNOWN: "dim", Fate.EARLIER: "dim",
           Fate.REFUSED: "red"}  # fmt: skip
MEANINGS = {
    Fate.REPLACES: "counts from now on; what was there is kept in submitted/.earlier/",
    Fate.EARLIER: "kept in submitted/.earlier/; a later one counts",
    Fate.KNOWN: "its files are there already",
    Fate.REFUSED: "not stored",
}
SHOWN, MANY = 10, 50


def print_collected(console: Console, assignment: str, collected: Collected, dry_run: bool) -> None:
    """Print a row for each hand-in and, below, what was noticed about it."""
    title = f"{assignment}: who is who" + (" (nothing is written)" if dry_run else "")
    table = Table(title=title, title_justify="left")
    table.add_column("", no_wrap=True)
    table.add_column("from", overflow="fold", ratio=3)
    table.add_column("student", overflow="fold", ratio=2)
    table.add_column("note-\nbooks", no_wrap=True)
    table.add_column("in by\n(UTC)", width=10)  # date over time
    table.add_column("", no_wrap=True)
    for number, row in enumerate(collected.rows, 1):
        made = row.submission
        table.add_row(
            str(number),
            escape(_source(row)),
            escape(made.student or "?"),
            _notebooks(row),
            f"{row.time:%Y-%m-%d %H:%M}",
            f"[{COLOURS[row.fate]}]{row.fate}[/]",
        )
    if collected.rows:
        console.print(table)
    for number, row in enumerate(collected.rows, 1):
        _print_notes(console, number, row)
    for problem in collected.problems[:MANY]:
        _line(console, f"  ! {problem}")
    if len(collected.problems) > MANY:
        _line(console, f"  ! and {len(collected.problems) - MANY} more like these")
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


def _source(row: Row) -> str:
    """Where a hand-in is in the inbox: a platform's long names are cut down to the account."""
    hand_in = row.submission.hand_in
    if hand_in.account is None:
        return for_terminal(hand_in.source)
    above, between, _ = hand_in.source.partition("/")
    return for_terminal(f"{above + ': ' if between else ''}{hand_in.account}")


def _notebooks(row: Row) -> str:
    made = row.submission
    return f"{len(made.found)}/{len(made.found) + len(made.missing)}"


def _print_notes(console: Console, number: int, row: Row) -> None:
    made = row.submission
    if row.fate is Fate.REFUSED:
        _line(console, f"  ! {number}: {made.hand_in.source}")
    for problem in made.problems[:SHOWN]:
        _line(console, f"  ! {number}: {problem}")
    if len(made.problems) > SHOWN:
        _line(console, f"  ! {number}: and {len(made.problems) - SHOWN} more like these")
    if row.fate is not Fate.KNOWN:
        for note in made.notes:
            _line(console, f"  · {number}: {note}")
        if made.student and made.by not in ("the manifest", "the account", "the folder's name"):
            _line(console, f"  · {number}: {made.student}, by {made.by}")


def _line(console: Console, text: str) -> None:
    console.print(for_terminal(text), markup=False, highlight=False)
