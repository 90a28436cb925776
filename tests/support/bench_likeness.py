"""How long likeness takes, and what it finds: of those who wrote alone, and of hidden copies."""

from __future__ import annotations

import csv
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from alone import write_alone
from bench_courses import LAB, make_course
from copies import LISTED, copied
from disguises import UNLISTED
from rich.table import Table

from grading.course import Course

CLASS = 40  # in which the copies are hidden

Compare = Callable[[Course], float]  # runs the command; the seconds of a processor that it used


def tables(root: Path, sizes: list[int], compare: Compare) -> Iterator[Table]:
    """A table of classes without copies, and one of copies, each of another student's work."""
    yield _classes(root, sizes, compare)
    for kind, ways in (("listed", LISTED), ("not listed", UNLISTED)):
        course, made = make_course(root / kind, LAB), {}
        students = write_alone(course, LAB, CLASS)
        for (way, changes), student in zip(ways.items(), students, strict=False):
            made[way] = (student, f"copy-{len(made)}")
            copied(course, LAB, *made[way], *changes)
        compare(course)
        yield _ways(f"Copies in a class of {CLASS}, {kind}", made, _pairs(course))


def _classes(root: Path, sizes: list[int], compare: Compare) -> Table:
    table = Table(
        "hand-ins", "seconds", "of a processor", "pairs above the line", "most code shared",
        "most words shared", title="`compare` of classes that wrote alone",
    )  # fmt: skip
    for size in sizes:
        course = make_course(root / str(size), LAB)
        write_alone(course, LAB, size)
        started = time.monotonic()
        used = compare(course)
        taken, pairs = time.monotonic() - started, _pairs(course)
        above = sum(pair["stands_out"] == "yes" for pair in pairs)
        most = [f"{_most(pairs, kind):.0f} %" for kind in ("code", "prose")]
        table.add_row(f"{size:,}", f"{taken:.0f}", f"{used:.0f}", str(above), *most)
    return table


def _most(pairs: list[dict], kind: str) -> float:
    return max((float(pair[f"{kind}_percent"]) for pair in pairs), default=0)


def _ways(title: str, made: dict[str, tuple[str, str]], pairs: list[dict]) -> Table:
    table = Table("the copy has", "rank", "code", "words", "above the line", title=title)
    found = {frozenset((pair["first"], pair["second"])): n for n, pair in enumerate(pairs)}
    for way, names in made.items():
        rank = found.get(frozenset(names))
        pair = {} if rank is None else pairs[rank]
        shares = [f"{float(pair.get(f'{kind}_percent', 0)):.0f} %" for kind in ("code", "prose")]
        place = "" if rank is None else str(rank + 1)
        table.add_row(way, place, *shares, pair.get("stands_out", "no"))
    return table


def _pairs(course: Course) -> list[dict]:
    with open(course.root / "reports" / f"{LAB}-likeness.csv", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))
