"""What `check` has found: a page for an instructor, and a few lines in the terminal."""

from __future__ import annotations

import time
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from grading.checking.findings import WHOLE, Findings
from grading.checking.results import Fate
from grading.checking.trials import Kind
from grading.pages.page import percent, write_page
from grading.terminal import empty_table

SHOWN = 40  # margins on the page
LINES = 15  # faults in the terminal
LINE_SECONDS = 30


class TrialProgress:
    """Says how many trials have run: live in a terminal, a line now and then elsewhere."""

    def __init__(self, console: Console):
        self._console, self._said = console, time.monotonic()
        self._status = console.status("") if console.is_terminal else None

    def __enter__(self) -> TrialProgress:
        if self._status is not None:
            self._status.start()
        return self

    def __exit__(self, *_) -> None:
        if self._status is not None:
            self._status.stop()

    def told(self, what: str, done: int) -> None:
        trials = "1 trial has" if done == 1 else f"{done} trials have"
        text = f"{trials} run; the last: {what}" if done else f"First {what}."
        if self._status is not None:
            self._status.update(text)
        elif time.monotonic() - self._said > LINE_SECONDS or not done:
            self._said = time.monotonic()
            self._console.print(text, markup=False)


def write_findings(findings: Findings) -> Path:
    """Write reports/ASSIGNMENT-check.html; returns its path."""
    whole = [  # not as they came
        result
        for kind in (*WHOLE, Kind.UNTOUCHED)
        for result in sorted(findings.of(kind), key=lambda result: (result.notebook, result.label))
    ]
    runs = max((len(margin.runs) for margin in findings.margins), default=0)
    return write_page(
        findings.assignment.course, f"{findings.assignment}-check", "check.html.j2",
        f=findings, whole=whole, shown=SHOWN, runs=runs,
    )  # fmt: skip


def print_findings(console: Console, findings: Findings) -> None:
    """Print a row for each notebook, the faults that no test notices, and what to mend."""
    table = empty_table(f"{findings.assignment}: {findings.seconds / 60:.1f} min")
    undecided = ["not decided"] if findings.quick else []
    table.add_column("notebook", overflow="fold")
    for name in ("master", "untouched", "faults noticed", "equivalent", *undecided, "strength"):
        table.add_column(name, justify="right")
    for name in findings.masters:
        full = findings.available(name)
        marks = {
            kind: min(r.earned for r in findings.of(kind) if r.notebook == name)
            for kind in (Kind.MASTER, Kind.UNTOUCHED)
        }
        count = {fate: findings.count(fate, name) for fate in Fate}
        table.add_row(
            name,
            f"{marks[Kind.MASTER]:g} / {full:g}",
            f"{marks[Kind.UNTOUCHED]:g}",
            f"{count[Fate.KILLED]} of {count[Fate.KILLED] + count[Fate.SURVIVED]}",
            str(count[Fate.EQUIVALENT]),
            *([str(count[Fate.OPEN])] if findings.quick else []),
            percent(findings.strength(name)),
        )
    console.print(table)
    console.print()
    survivors = [fault for fault in findings.faults if fault.fate == Fate.SURVIVED]
    for fault in survivors[:LINES]:
        where = f"{fault.notebook}, {fault.mutant.cell}, line {fault.mutant.line}"
        console.print(f"  not noticed: {where}: {fault.mutant.change}", markup=False)
    if len(survivors) > LINES:
        console.print(f"  and {len(survivors) - LINES} more: see the page")
    for problem in findings.problems:
        console.print(f"[bold red]✘[/] {escape(problem)}")
    if not findings.problems:
        console.print("[bold green]✓[/] Nothing was found to mend.")
