"""make bench: the kit against stock nbgrader, the same submissions in the same run.

Part "one": one submission by the command `nbgrader autograde`, with the kit's steps and with stock
ones. Part "lab": a class of lab 3. Part "jobs": as many of it as stock grades, in one process and
in two. Part "small": a class of small notebooks. Part "record": the record stage alone.

Times are of whole commands (the record stage: of the processor); the kit's `run` writes feedback
too, stock `autograde` does not. Runs of the same thing take turns, so that what else the machine
does falls on all.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import bench_record
import click
from bench_courses import COLD, LAB, SMALL, STOCK, hand_in, make_course, share
from rich.console import Console
from rich.table import Table
from styles import write_class

from grading.course import Course
from grading.model.store import FOLDER

CORES = 2  # processes of the comparison
PARTS = ("one", "lab", "jobs", "small", "record")


@click.command()
@click.option("--part", "parts", multiple=True, type=click.Choice(PARTS), help="Default: all.")
@click.option("--repeats", default=3, help="Repeats of part one and of small classes.")
@click.option("--lab-class", default=8, help="Students of the class of lab 3.")
@click.option("--stock-lab", default=1, help="How many of these stock grades (scaled).")
@click.option("--small-class", default=20, help="Students of the class of small notebooks.")
@click.option(
    "--record-students", "recorded", multiple=True, type=int, default=(100,), help="Class sizes."
)
def main(parts, repeats, lab_class, stock_lab, small_class, recorded) -> None:
    """Print medians, spreads and ratios."""
    console = Console(width=110)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for part in parts or PARTS:
            if part == "one":
                console.print(_one(root / part, repeats))
            elif part == "lab":
                for share_unknown in (0.0, 0.25):
                    where = root / f"lab-{share_unknown}"
                    console.print(_lab(where, lab_class, stock_lab, share_unknown))
            elif part == "jobs":
                console.print(_jobs(root / part, stock_lab))
            elif part == "small":
                console.print(_small(root / part, small_class, repeats))
            else:
                console.print(bench_record.table(root / part, list(recorded)))


def _table(title: str) -> Table:
    return Table("grader", "seconds: median (spread)", "times as fast", title=title)


def _one(root: Path, repeats: int) -> Table:
    table = _table(f"One submission by `nbgrader autograde`, {repeats} repeats")
    for assignment in (SMALL, LAB):
        courses = [make_course(root / f"{assignment}-{k}", assignment, STOCK * k) for k in (1, 0)]
        for course in courses:
            hand_in(course, assignment, "ana")
        turns = repeats if assignment == SMALL else 1
        stock, kit = _take_turns([_stock(course, assignment) for course in courses], turns)
        table.add_row(f"{assignment}, stock", _figures(stock), "1.00")
        table.add_row(f"{assignment}, kit", _figures(kit), _ratio(stock, kit))
    return table


def _lab(root: Path, size: int, stock_size: int, unknown: float) -> Table:
    """A class of lab 3; what takes hours is measured on `stock_size` students and scaled."""
    course = make_course(root / "kit", LAB)
    students = [s.name for s in write_class(course, LAB, size, unknown, seed=1)]
    few = students[:stock_size]
    scale = size / len(few)
    table = _table(
        f"{size} submissions of lab 3, {unknown:.0%} in ways whose bits are not known; stock "
        f"measured on {len(few)} of them and scaled"
    )
    stock = make_course(root / "stock", LAB, STOCK)
    share(course, few, [stock])
    seconds = _seconds(_stock(stock, LAB)) * scale
    table.add_row("stock nbgrader", f"{seconds:.0f}", "1.0")
    for label in ("kit, first run", "kit, second run"):
        taken = _seconds(_kit(course, LAB, "--jobs", str(CORES)))
        table.add_row(label, f"{taken:.1f}", f"{seconds / taken:.1f}")
    return table


def _jobs(root: Path, size: int) -> Table:
    """What a second core brings, where every training runs."""
    table = _table(f"{size} submissions of lab 3 without replay")
    whole = make_course(root / "all", LAB)
    students = [s.name for s in write_class(whole, LAB, size, 0.0, seed=1)]
    alone = None
    for jobs in (1, CORES):
        course = make_course(root / f"jobs-{jobs}", LAB)
        share(whole, students, [course])
        taken = _seconds(_kit(course, LAB, "--no-replay", "--jobs", str(jobs)))
        alone = alone or taken
        label = f"kit, {jobs} job{'s' * (jobs > 1)}"
        table.add_row(label, f"{taken:.1f}", f"{alone / taken:.2f}")
    return table


def _small(root: Path, size: int, repeats: int) -> Table:
    table = _table(f"{size} small notebooks, {CORES} processes each, {repeats} repeats")
    stock = [make_course(root / f"stock-{k}", SMALL, STOCK) for k in range(CORES)]
    kits = {
        "kit, cold kernels": make_course(root / "cold", SMALL, COLD),
        "kit, warm kernels": make_course(root / "warm", SMALL),
    }
    students = [f"s{number:04}" for number in range(size)]
    for student in students:
        hand_in(kits["kit, warm kernels"], SMALL, student)
    share(kits["kit, warm kernels"], students, [kits["kit, cold kernels"]])
    share(kits["kit, warm kernels"], students, stock)
    commands = [
        lambda: _all([_stock(course, SMALL) for course in stock]),
        *(_kit(course, SMALL, "--force", "--jobs", str(CORES)) for course in kits.values()),
    ]
    base, *others = _take_turns(commands, repeats)
    table.add_row(f"stock nbgrader, {CORES} gradebooks", _figures(base), "1.00")
    for label, taken in zip(kits, others, strict=True):
        table.add_row(label, _figures(taken), _ratio(base, taken))
    return table


def _stock(course: Course, assignment: str):
    """The stock command on a whole class; nothing is known beforehand."""

    def start() -> subprocess.Popen:
        shutil.rmtree(course.root / FOLDER, ignore_errors=True)
        command = [sys.executable, "-m", "nbgrader", "autograde", assignment, "--force"]
        return _start(course, command)

    return start


def _kit(course: Course, assignment: str, *options: str):
    command = [sys.executable, "-m", "grading", "run", assignment, *options]
    return lambda: _start(course, command)


def _start(course: Course, command: list[str]) -> subprocess.Popen:
    log = (course.root / "log.txt").open("w")
    return subprocess.Popen(command, cwd=course.root, stdout=log, stderr=log)


def _all(starts) -> list[subprocess.Popen]:
    return [start() for start in starts]


def _seconds(start) -> float:
    """How long a command takes, or several at once; 3 is `run` asking for a look."""
    started = time.monotonic()
    processes = start()
    for process in processes if isinstance(processes, list) else [processes]:
        if process.wait() not in (0, 3):
            raise SystemExit(f"{process.args} ended with {process.returncode}: see its log.txt")
    return time.monotonic() - started


def _take_turns(starts, repeats: int) -> list[list[float]]:
    taken = [[] for _ in starts]
    for _ in range(repeats):
        for start, seconds in zip(starts, taken, strict=True):
            seconds.append(_seconds(start))
    return taken


def _figures(seconds: list[float]) -> str:
    return f"{statistics.median(seconds):.2f} ({min(seconds):.2f}–{max(seconds):.2f})"


def _ratio(base: list[float], taken: list[float]) -> str:
    return f"{statistics.median(base) / statistics.median(taken):.2f}"


if __name__ == "__main__":
    main()
