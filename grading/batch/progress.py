"""What an instructor sees while a class is graded: live in a terminal, line by line elsewhere."""

from __future__ import annotations

import time
from collections import deque
from datetime import timedelta

from rich.console import Console, Group
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar
from rich.text import Text

from grading.model.outcome import Outcome
from grading.model.summary import SubmissionSummary
from grading.text import for_terminal

SHOWN = 12  # labels of what runs
LINE_SECONDS = 30  # between two lines of an output that is no terminal
RECENT = 20  # notebooks that the pace is taken from: the first ones wait for the masters' trainings


class Progress:
    """Told what happens; this one shows nothing."""

    def begin(self, submissions: int, notebooks: int) -> None:
        """The class has so many submissions, with so many notebooks in all."""

    def skip(self, notebooks: int) -> None:
        """So many of them need not run."""

    def executed(self, submission: str, notebook: str, outcome: Outcome) -> None:
        """A notebook has run."""

    def graded(self, summary: SubmissionSummary, why: str) -> None:
        """A submission is done; why it was graded, empty when nothing had changed."""

    def running(self, labels: list[str]) -> None:
        """What runs now."""

    def problem(self, text: str) -> None:
        """Something for a person to look at."""

    def audited(self, text: str) -> None:
        """What was run once more in full, and that it agrees."""


class ConsoleProgress(Progress):
    """Shows it on a console. A context manager, for the length of a run.

    changed: how many submissions were graded so far because they are new or changed.
    """

    def __init__(self, console: Console):
        self._console = console
        self._bar = Bar(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
            console=console,
        )
        self._live: Live | None = None
        self._task = None
        self._labels: list[str] = []
        self._done = self._total = self._submissions = self._finished = 0
        self.changed = 0
        self._times: deque[float] = deque(maxlen=RECENT)  # when the last notebooks were done
        self._said = time.monotonic()

    def __enter__(self) -> ConsoleProgress:
        if self._console.is_terminal:
            self._live = Live(self, console=self._console, refresh_per_second=4, transient=True)
            self._live.start()
        return self

    def __exit__(self, *_) -> None:
        if self._live is not None:
            self._live.stop()

    def __rich__(self) -> Group:
        labels = [for_terminal(label) for label in self._labels[:SHOWN]]
        if len(self._labels) > SHOWN:
            labels.append(f"and {len(self._labels) - SHOWN} more")
        line = Text(f"  running: {', '.join(labels)}" if labels else "", style="dim")
        line.truncate(self._console.width, overflow="ellipsis")
        return Group(self._bar, line)

    def begin(self, submissions: int, notebooks: int) -> None:
        self._submissions, self._total = submissions, notebooks
        self._task = self._bar.add_task("notebooks", total=notebooks, rate="")

    def skip(self, notebooks: int) -> None:
        self._done += notebooks
        if self._task is not None:
            self._bar.update(self._task, advance=notebooks)

    def executed(self, submission: str, notebook: str, outcome: Outcome) -> None:
        self._times.append(time.monotonic())
        self.skip(1)
        if self._task is not None:
            self._bar.update(self._task, rate=self._rate())
        if outcome.status.needs_a_look:
            self.problem(f"{submission}: {notebook}: {outcome.status}: {outcome.reason}")

    def graded(self, summary: SubmissionSummary, why: str) -> None:
        self._finished += 1
        if why:
            self.changed += 1
            place = f"[{self._finished}/{self._submissions}]"
            self._say(f"{place} {summary.submission}: {summary.status} ({why})")

    def running(self, labels: list[str]) -> None:
        self._labels = labels
        if self._live is None and time.monotonic() - self._said > LINE_SECONDS:
            self._say(
                f"{self._done} of {self._total} notebooks{self._pace()}; running: "
                f"{', '.join(labels[:SHOWN])}"
            )

    def audited(self, text: str) -> None:
        self._say(text)

    def problem(self, text: str) -> None:
        self._say(f"! {text}")

    def _say(self, text: str) -> None:
        self._said = time.monotonic()
        self._console.print(for_terminal(text), markup=False)

    def _each(self) -> float | None:
        """Seconds from one notebook to the next, of late; None while that is not known."""
        if len(self._times) < 3:
            return None
        return (time.monotonic() - self._times[0]) / (len(self._times) - 1)

    def _rate(self) -> str:
        each = self._each()
        return f"{60 / each:.1f} a minute" if each else ""

    def _pace(self) -> str:
        """How fast it goes, and how long the rest will take if it goes on like this."""
        each = self._each()
        if not each:
            return ""
        left = timedelta(seconds=round(each * (self._total - self._done)))
        return f", {self._rate()}, {left} left"
