"""A run of a whole class as a user starts it: a process of its own, which tests may kill."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import psutil
import tiny

from grading.course import Course
from grading.model.store import OutcomeStore

SECONDS = 120


def servers_of(process: psutil.Process) -> list[psutil.Process]:
    """The children of a process that its pools are forked from."""
    return [child for child in process.children() if "forkserver" in command_of(child)]


def command_of(process: psutil.Process) -> str:
    """Its command line; empty when it has ended, which it may while one asks."""
    with suppress(psutil.NoSuchProcess):  # a zombie is one
        return " ".join(process.cmdline())
    return ""


class ClassRun:
    """`python -m grading run` in a course folder, with temporary files in a folder of its own.

    temporary: that folder; by default one with a short name, as /tmp has.
    """

    def __init__(
        self,
        course: Course,
        *options: str,
        before: tuple[str, ...] = (),
        temporary: Path | None = None,
    ):
        self.course = course
        self.temporary = temporary or Path(tempfile.mkdtemp(prefix="run-"))
        atexit.register(shutil.rmtree, self.temporary, ignore_errors=True)
        self._seen: dict[int, psutil.Process] = {}
        command = [*before, sys.executable, "-m", "grading", "run", tiny.ASSIGNMENT, *options]
        self.process = subprocess.Popen(
            command, cwd=course.root, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL, env={**os.environ, "TMPDIR": str(self.temporary)},
        )  # fmt: skip

    def until(self, reached) -> None:
        """Wait until `reached()`, remembering every process that the run starts meanwhile."""
        deadline = time.monotonic() + SECONDS
        while not reached():
            self.look()
            assert time.monotonic() < deadline and self.process.poll() is None
            time.sleep(0.01)
        self.look()

    def look(self) -> None:
        for child in psutil.Process(self.process.pid).children(recursive=True):
            self._seen[child.pid] = child

    def workers(self) -> list[psutil.Process]:
        """The processes of the pool."""
        return [child for server in self.servers() for child in server.children()]

    def servers(self) -> list[psutil.Process]:
        """The process that those of the pool are forked from."""
        return servers_of(psutil.Process(self.process.pid))

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()

    def end(self) -> tuple[int, str]:
        """Wait for the end: exit code and what was said."""
        said, _ = self.process.communicate(timeout=SECONDS)
        return self.process.returncode, said

    def left(self) -> list:
        """Processes and scratch folders that are still there a few seconds after the end."""
        psutil.wait_procs(list(self._seen.values()), timeout=10)
        deadline = time.monotonic() + 5
        while (found := self._found()) and time.monotonic() < deadline:
            time.sleep(0.1)
        return found

    def _found(self) -> list:
        folders = list(self.temporary.glob("grading-*"))
        return [*folders, *(process for process in self._seen.values() if _lives(process))]


def _lives(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


def outcomes(course: Course) -> dict[Path, tuple[int, int]]:
    """Every kept outcome, and what changes when it is written again."""
    entries = list(OutcomeStore(course.root).entries())
    return {path: (path.stat().st_ino, path.stat().st_mtime_ns) for path in entries}


def marks(course: Course) -> dict[tuple[str, str, str], tuple[float, float]]:
    """Automatic marks in the gradebook, check by check."""
    with course.gradebook() as gradebook:
        return {
            (submission.student.id, notebook.name, grade.name): (grade.auto_score, grade.max_score)
            for submission in gradebook.assignment_submissions(tiny.ASSIGNMENT)
            for notebook in submission.notebooks
            for grade in notebook.grades
        }
