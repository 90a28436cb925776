"""Whoever is killed, nothing stays behind, and running again finishes the job."""

import glob
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
import tiny

from grading.model.outcome import Outcome, Status
from grading.model.store import OutcomeStore

GRADER = """\
import sys
from pathlib import Path
from grading.execution.execute import execute
from grading.model.job import Job
from grading.model.store import OutcomeStore

OutcomeStore(Path(sys.argv[1])).put(execute(Job.from_json(sys.stdin.read())))
"""
DAEMON = """\
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(60)
    os._exit(0)
"""
SLOW = tiny.job(DAEMON, "import time; time.sleep(4)")  # the daemon is orphaned when it is killed


class Grader:
    """A grader in a process of its own, with temporary files in a folder of its own."""

    def __init__(self, folder: Path, warm: bool):
        self.store, self.temporary = folder / "store", folder / "tmp"
        self.temporary.mkdir(parents=True, exist_ok=True)
        self.seen: dict[int, psutil.Process] = {}
        environment = {**os.environ, "TMPDIR": str(self.temporary)}
        command = [sys.executable, "-c", GRADER, str(self.store)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, env=environment)
        self.process.stdin.write(replace(SLOW, warm=warm).to_json().encode())
        self.process.stdin.close()

    def until(self, reached, seconds=60) -> None:
        deadline = time.monotonic() + seconds
        while not reached(self):
            for child in psutil.Process(self.process.pid).children(recursive=True):
                self.seen[child.pid] = child
            assert time.monotonic() < deadline and self.process.poll() is None
            time.sleep(0.005)

    def children(self, word: str) -> list[psutil.Process]:
        return [child for child in self.seen.values() if child.is_running() and _is(child, word)]

    def starts(self, process: psutil.Process) -> bool:
        """Whether that is one that others are forked from."""
        return _is(process, "examiner.fork_main") and process.ppid() == self.process.pid

    def outcome(self) -> Outcome:
        self.process.wait(60)
        return OutcomeStore(self.store).get(SLOW.key)

    def left(self) -> list:
        return [*glob.glob(f"{self.temporary}/*"), *filter(_alive, self.seen.values())]


def _alive(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


def _is(process: psutil.Process, word: str) -> bool:
    return word in " ".join(_words(process)[:6])


def _words(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:  # it has just ended
        return []


def scratch(grader):
    return glob.glob(f"{grader.temporary}/grading-*/*", include_hidden=True)


def boxed(grader):
    """The boxes of kernels; those of examiners have another name."""
    return [box for box in grader.children("bwrap") if "candidate" in _words(box)]


def examined(grader):
    try:
        return [p for p in grader.children("grading.examiner") if not grader.starts(p)]
    except psutil.NoSuchProcess:  # it has just ended
        return []


def working(grader):
    """The student's cell runs: it has made its daemon, a second process of the kernel's."""
    try:
        below = [p for box in boxed(grader)[:1] for p in box.children(recursive=True)]
    except psutil.NoSuchProcess:
        return False
    return len([p for p in below if _is(p, "/kit/candidate_kernel/")]) >= 2 and examined(grader)


MOMENTS = {
    "before anything has started": scratch,
    "when the box starts": boxed,
    "when the examiner starts": examined,
    "in a cell": working,
}


# Cold, a kernel takes the same steps but for the fork: one moment is enough.
CASES = [*((moment, True) for moment in MOMENTS), ("when the examiner starts", False)]


@pytest.mark.parametrize(("moment", "warm"), CASES)
def test_a_killed_grader_leaves_nothing_and_the_next_one_finishes(tmp_path, moment, warm):
    grader = Grader(tmp_path, warm)
    grader.until(MOMENTS[moment])
    grader.process.kill()
    grader.process.wait()
    processes_end(grader)
    if examined(grader) or moment == "in a cell":  # else nobody is there to do it: the next one
        deadline = time.monotonic() + 5
        while scratch(grader) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert grader.left() == []
    assert not list(grader.store.rglob("*"))  # no half-written record
    again = Grader(tmp_path, warm)
    assert (again.outcome().earned, again.outcome().status) == (8, Status.GRADED)
    assert again.left() == []


def processes_end(grader):
    _, alive = psutil.wait_procs(list(grader.seen.values()), timeout=5)
    assert [process for process in alive if _alive(process)] == []


@pytest.mark.parametrize("warm", [True, False])
def test_a_killed_kernel_is_the_students_result(tmp_path, warm):
    grader = Grader(tmp_path, warm)
    grader.until(working)
    boxed(grader)[0].kill()
    outcome = grader.outcome()
    assert (outcome.earned, outcome.status) == (0, Status.STUDENT_ERROR)
    assert outcome.reason.endswith("ended the kernel; later tests did not run")
    assert [check.passed for check in outcome.checks] == [None, None]
    processes_end(grader)
    assert grader.left() == []


def test_a_killed_examiner_is_the_graders_failure_and_no_zero(tmp_path):
    grader = Grader(tmp_path, warm=True)
    grader.until(working)
    examined(grader)[0].kill()
    outcome = grader.outcome()
    assert outcome.status is Status.GRADER_FAILED and "examiner ended" in outcome.reason
    processes_end(grader)
    assert grader.left() == []


def test_an_interrupted_grader_leaves_nothing(tmp_path):
    grader = Grader(tmp_path, warm=True)
    grader.until(working)
    grader.process.send_signal(signal.SIGINT)
    assert grader.process.wait(20) != 0
    processes_end(grader)
    assert grader.left() == []


def test_half_an_outcome_is_none(tmp_path):
    store, outcome = OutcomeStore(tmp_path), Outcome("k" * 64, {"cells": []})
    store.put(outcome)
    (path,) = tmp_path.rglob("*.json")
    path.write_text(json.dumps(json.loads(path.read_text()))[:-20])
    assert store.get(outcome.key) is None
    assert not list(tmp_path.rglob("*.new"))
