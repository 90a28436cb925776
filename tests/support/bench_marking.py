"""The page for marking by hand with a large class: opening a question, saving marks.

A real Jupyter server is asked over HTTP, as the page asks. Besides the seconds that pass, those of
the server's processor: the former depend on what else the machine does. A question is cold when
it is the first one that a server, just started, is asked for; the page and its list are asked for
with it. Its notebooks are new where no question of theirs was opened before.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlencode

import answered_class
import postgresql
import psutil
from bench_courses import LAB
from marking_server import serve, signed_in
from rich.table import Table

from grading.course import Course
from grading.marking.questions import questions

VISIBLE = 40  # answers in the page's first request
GROUP = 200
FIELDS = ("mark", "comment", "waits")
LIKENESS = 90  # where the page's slider stands


def tables(root: Path, students: int, repeats: int) -> Iterator[Table]:
    """One for SQLite and, where it is installed, one for PostgreSQL."""
    yield _measured(root / "sqlite", students, repeats, "SQLite", "")
    if postgresql.programs() is not None:
        with postgresql.server() as url:
            more = f"\nc.CourseDirectory.db_url = {url!r}\nc.CourseDirectory.course_id = 'kit'\n"
            yield _measured(root / "postgresql", students, repeats, "PostgreSQL", more)


def _measured(root: Path, students: int, repeats: int, database: str, configuration: str) -> Table:
    course = answered_class.write(root, students, configuration)
    taken: dict[str, list[tuple[float, float]]] = {}
    for _ in range(repeats):
        address, process = serve(course.root, root / "server.log")
        try:
            page = Page(address, process.pid, taken)
            asked = page.listed()
            page.opened("open, cold", asked[0], first=True)
            page.opened("open, warm", asked[0])
            page.opened("open, another of these notebooks", asked[1])
            last = page.opened("open, new notebooks", asked[-1])
            page.saved("save, one answer", asked[-1], last[:1])
            page.saved(f"save, a group of {GROUP}", asked[-1], last[:GROUP])
        finally:
            process.terminate()
            process.wait()
    title = f"Marking by hand: {students} students × {len(asked)} questions, {database}"
    table = Table("", "seconds: median (spread)", "of the processor", title=title)
    for name, both in taken.items():
        table.add_row(name, *map(_figures, zip(*both, strict=True)))
    return table


def _figures(seconds: tuple[float, ...]) -> str:
    return f"{statistics.median(seconds):.3f} ({min(seconds):.3f}–{max(seconds):.3f})"


class Page:
    """What the page asks of a server, and how long each of it takes."""

    def __init__(self, address: str, server: int, taken: dict[str, list[tuple[float, float]]]):
        self._address, self._taken = f"{address}/marking/{LAB}", taken
        self._root, self._server = address, psutil.Process(server)

    def listed(self) -> list[str]:
        """The paths of the questions, without asking the server: it is still to be cold."""
        root = Path(self._server.cwd())
        return [f"{q.notebook}/{q.name}" for q in questions(Course(root).assignment(LAB))]

    def opened(self, name: str, question: str, first: bool = False) -> list[dict]:
        """Open a question: the answers to it, the largest group's first."""
        shown = self._timed(name, lambda: self._open(question, first))
        groups = [[m for v in g["variants"] for m in v["members"]] for g in shown["groups"]]
        return [member for group in sorted(groups, key=len, reverse=True) for member in group]

    def _open(self, question: str, first: bool) -> dict:
        if first:
            _require(signed_in(self._root, f"marking/{LAB}"))
            self._ask("questions")
        shown = self._ask(f"{question}?{urlencode({'likeness': LIKENESS, 'apart': ''})}")
        variants = [v["members"][0]["id"] for g in shown["groups"] for v in g["variants"]]
        self._ask(f"{question}/answers?ids={','.join(variants[:VISIBLE])}")
        return shown

    def saved(self, name: str, question: str, members: list[dict]) -> None:
        """Give some answers a mark and a comment, three times."""
        for mark in (0.5, 1.0, 1.5):
            changes = {
                member["id"]: {
                    "seen": {field: member[field] for field in FIELDS},
                    "to": {"mark": mark, "comment": f"Vale {mark}.", "waits": False},
                }
                for member in members
            }
            path = f"{question}/marks"
            now = self._timed(name, lambda path=path, changes=changes: self._ask(path, changes))
            for member in members:
                member.update(now[member["id"]])

    def _timed(self, name: str, act: Callable[[], dict]) -> dict:
        began, used = time.perf_counter(), self._used()
        result = act()
        both = time.perf_counter() - began, self._used() - used
        self._taken.setdefault(name, []).append(both)
        return result

    def _used(self) -> float:
        times = self._server.cpu_times()
        return times.user + times.system

    def _ask(self, path: str, body: object = None):
        compressed = {"Accept_Encoding": "gzip"}
        return json.loads(_require(signed_in(self._address, path, body, **compressed)))


def _require(reply: tuple) -> str:
    status, _, text = reply
    if status != 200:
        raise SystemExit(f"The server answered {status}: {text[:500]}")
    return text
