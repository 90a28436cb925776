"""make bench: the kit against stock nbgrader, the same submissions in the same run.

Part "one": one submission by the command `nbgrader autograde`, with the kit's steps and with stock
ones. Part "foreign": a class of lab 3 by students who never saw a master, first all right, then a
quarter wrong. Part "jobs": as many of it as stock grades, in one process and in two. Part "small":
a class of small notebooks. Part "record": the record stage alone. Part "marking": the page for
marking by hand, with a large class. Part "likeness": how long `compare` takes, and what it finds.

Times are of whole commands (where it says so: of the processor); the kit's `run` writes feedback
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
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import bench_likeness
import bench_marking
import bench_record
import click
import psutil
from bench_courses import COLD, LAB, SMALL, STOCK, hand_in, make_course, share
from rich.console import Console
from rich.table import Table
from styles import FOREIGN, write_class

from grading.course import Course
from grading.model.store import FOLDER

CORES = 2  # processes of the comparison
FEW = 6  # submissions, at most, over which the processor seconds of one are averaged
LOOK = 0.1  # seconds between looks at running processes
PARTS = ("one", "foreign", "jobs", "small", "record", "marking", "likeness")


@click.command()
@click.option("--part", "parts", multiple=True, type=click.Choice(PARTS), help="Default: all.")
@click.option("--repeats", default=3, help="Repeats of part one and of small classes.")
@click.option(
    "--lab-class", default=8, type=click.IntRange(min=CORES), help="Students of the class of lab 3."
)
@click.option(
    "--stock-lab", default=CORES, type=click.IntRange(min=CORES),
    help="How many of these stock grades (scaled); an even number.",
)  # fmt: skip
@click.option("--small-class", default=20, help="Students of the class of small notebooks.")
@click.option(
    "--record-students", "recorded", multiple=True, type=int, default=(100,), help="Class sizes."
)
@click.option("--marked-students", "marked", default=1000, help="Students of part marking.")
@click.option(
    "--compare-students", "compared", multiple=True, type=int, default=(40, 300),
    help="Class sizes.",
)  # fmt: skip
def main(parts, repeats, lab_class, stock_lab, small_class, recorded, marked, compared) -> None:
    """Print medians, spreads and ratios."""
    console = Console(width=110)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for part in parts or PARTS:
            if part == "one":
                console.print(_one(root / part, repeats))
            elif part == "foreign":
                for table in _foreign(root / part, lab_class, stock_lab):
                    console.print(table)
            elif part == "jobs":
                console.print(_jobs(root / part, stock_lab))
            elif part == "small":
                console.print(_small(root / part, small_class, repeats))
            elif part == "marking":
                for table in bench_marking.tables(root / part, marked, repeats):
                    console.print(table)
            elif part == "record":
                console.print(bench_record.table(root / part, list(recorded)))
            else:
                for table in bench_likeness.tables(root / part, list(compared), _compare):
                    console.print(table)


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


def _foreign(root: Path, size: int, stock_size: int) -> Iterator[Table]:
    """A class of lab 3, all right and a quarter wrong.

    What takes hours is measured on `stock_size` students of the first class and scaled.
    """
    course = make_course(root / "right", LAB)
    students = write_class(course, LAB, size, 0.0, seed=1)
    few = [student.name for student in students[: stock_size - stock_size % CORES]]
    stock = {n: _foreign_stock(root, course, few, n) * size / len(few) for n in (1, CORES)}
    for wrong in (0.0, 0.25):
        if wrong:
            course = make_course(root / "wrong", LAB)
            write_class(course, LAB, size, wrong, seed=1)
        table = _table(
            f"{size} submissions of lab 3 in foreign styles, {wrong:.0%} with a mistake; stock "
            f"measured on {len(few)} right ones and scaled"
        )
        for processes, taken in stock.items():
            label = f"stock nbgrader, {processes} gradebook{'s' * (processes > 1)}"
            table.add_row(label, f"{taken:.0f}", f"{stock[1] / taken:.1f}")
        for label in ("kit, first run (the masters train)", "kit, second run (nothing changed)"):
            taken = _seconds(_kit(course, LAB, "--jobs", str(CORES)))
            table.add_row(label, f"{taken:.1f}", f"{stock[1] / taken:.1f}")
        if not wrong:
            used = _each_uses(course, [student.name for student in students])
            table.add_row("kit, parts 1 to 3 of each right one: of the processor", used, "")
        yield table


def _foreign_stock(root: Path, course: Course, students: list[str], processes: int) -> float:
    """How long stock takes for some students, with as many gradebooks as processes."""
    folders = [root / f"stock-{processes}-{number}" for number in range(processes)]
    stocks = [make_course(folder, LAB, STOCK) for folder in folders]
    share(course, students, stocks)
    return _seconds(partial(_all, [_stock(each, LAB) for each in stocks]))


def _each_uses(course: Course, students: list[str]) -> str:
    """Processor seconds of one more submission's parts 1 to 3: those of a run with a few less
    those of a run with one, which has the same start."""
    parts = [option for name in FOREIGN for option in ("--notebook", name)]
    few = students[: 1 + FEW]
    one, all_of_them = (
        _of_the_processor(_kit(course, LAB, *_only(each), "--force", *parts))
        for each in (few[:1], few)
    )
    return f"{(all_of_them - one) / (len(few) - 1):.1f}"


def _only(students: list[str]) -> list[str]:
    return [option for name in students for option in ("--student", name)]


def _jobs(root: Path, size: int) -> Table:
    """What a second core brings, where every training runs."""
    table = _table(f"{size} submissions of lab 3 without replay")
    whole = make_course(root / "all", LAB)
    students = [s.name for s in write_class(whole, LAB, size, seed=1)]
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


def _compare(course: Course) -> float:
    command = [sys.executable, "-m", "grading", "compare", LAB]
    return _of_the_processor(lambda: _start(course, command))


def _start(course: Course, command: list[str]) -> subprocess.Popen:
    log = (course.root / "log.txt").open("w")
    return subprocess.Popen(command, cwd=course.root, stdout=log, stderr=log)


def _all(starts) -> list[subprocess.Popen]:
    return [start() for start in starts]


def _seconds(start) -> float:
    """How long a command takes, or several at once."""
    started = time.monotonic()
    processes = start()
    for process in processes if isinstance(processes, list) else [processes]:
        _require_success(process)
    return time.monotonic() - started


def _require_success(process: subprocess.Popen) -> None:
    """Wait for the end of a command; 3 is `run` asking for a look."""
    if process.wait() not in (0, 3):
        raise SystemExit(f"{process.args} ended with {process.returncode}: see its log.txt")


def _of_the_processor(start) -> float:
    """How many seconds of a processor a command and all that it starts use.

    They are looked at while they run, because a box is ended without anybody waiting for it.
    """
    process, used = start(), {}
    while process.poll() is None:
        command = psutil.Process(process.pid)
        for each in [command, *command.children(recursive=True)]:
            with suppress(psutil.NoSuchProcess):
                times = each.cpu_times()
                used[each.pid, each.create_time()] = times.user + times.system
        time.sleep(LOOK)
    _require_success(process)
    return sum(used.values())


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
