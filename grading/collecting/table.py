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
    Fate.KNOWN: "collected before, nothing to do",
    Fate.REFUSED: "not stored",
}
SHOWN = 10


def print_collected(console: Console, assignment: str, collected: Collected, dry_run: bool) -> None:
    """Print a row for each hand-in and, below, what was noticed about it."""
    title = f"{assignment}: who is who" + (" (nothing is written)" if dry_run else "")
    table = Table(title=title, title_justify="left")
    table.add_column("", no_wrap=True)
    table.add_column("from", overflow="fold", ratio=3)
    table.add_column("student", overflow="fold", ratio=2)
    table.add_column("note-\nbooks", no_wrap=True)
    table.add_column("in by (UTC)", min_width=10, max_width=16)
    table.add_column("", no_wrap=True)
    for number, row in enumerate(collected.rows, 1):
        made = row.submission
        table.add_row(
            str(number),
            escape(for_terminal(made.hand_in.source)),
            escape(made.student or "?"),
            _notebooks(row),
            f"{row.time:%Y-%m-%d %H:%M}",
            f"[{COLOURS[row.fate]}]{row.fate}[/]",
        )
    if collected.rows:
        console.print(table)
    for number, row in enumerate(collected.rows, 1):
        _print_notes(console, number, row)
    for problem in collected.problems:
        _line(console, f"  ! {problem}")
    if left := collected.left_over:
        more = f" and {len(left) - SHOWN} more" if len(left) > SHOWN else ""
        _line(console, f"  In no hand-in: {', '.join(left[:SHOWN])}{more}")
    fates = Counter(row.fate for row in collected.rows)
    for fate, meaning in MEANINGS.items():
        if fates[fate]:
            _line(console, f"  {fate}: {meaning}")
    counts = ", ".join(f"{fates[fate]} {fate}" for fate in Fate if fates[fate]) or "no hand-in"
    _line(console, f"\n{counts}." + (" Nothing was written: a dry run." if dry_run else ""))


def _notebooks(row: Row) -> str:
    made = row.submission
    return f"{len(made.found)}/{len(made.found) + len(made.missing)}"


def _print_notes(console: Console, number: int, row: Row) -> None:
    made = row.submission
    for problem in made.problems:
        _line(console, f"  ! {number}: {problem}")
    if row.fate is not Fate.KNOWN:
        for note in made.notes:
            _line(console, f"  · {number}: {note}")
        if made.student and made.by not in ("", "the manifest", "the account"):
            _line(console, f"  · {number}: {made.student}, by {made.by}")


def _line(console: Console, text: str) -> None:
    console.print(for_terminal(text) if "\n" not in text else text, markup=False, highlight=False)
