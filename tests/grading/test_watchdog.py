"""The watchdog sees every process of a kernel, whatever the others do meanwhile."""

import subprocess
import sys
import time

import psutil
import pytest

from grading.candidate import watchdog
from grading.candidate.watchdog import Watchdog
from grading.model.limits import Limits

MEGABYTE = 2**20


@pytest.fixture
def start():
    """Starts a process and a watchdog over it that does not act by itself any more."""
    started = []

    def begin(*command: str) -> tuple[psutil.Process, Watchdog]:
        process = subprocess.Popen(command, stdout=subprocess.PIPE)
        started.append(process)
        process.stdout.readline()  # it says when all is there
        dog = Watchdog(psutil.Process(process.pid), Limits(), confined=False)
        dog.stop()
        return psutil.Process(process.pid), dog

    yield begin
    for process in started:
        for each in psutil.Process(process.pid).children(recursive=True):
            each.kill()
        process.kill()
        process.stdout.close()
        process.wait()


def test_one_that_ends_while_they_are_listed_hides_no_other(start, monkeypatch):
    process, dog = start("sh", "-c", "sleep 60 & sleep 60 & sleep 60 & echo; wait; sleep 60")
    children, found = process.children(), psutil.Process

    def ended_meanwhile(pid):
        monkeypatch.setattr(watchdog.psutil, "Process", found)
        found(pid).kill()
        while psutil.pid_exists(pid):  # until the shell has taken leave of it
            time.sleep(0.01)
        return found(pid)

    monkeypatch.setattr(watchdog.psutil, "Process", ended_meanwhile)
    dog.kill()
    _, alive = psutil.wait_procs(children, timeout=5)
    assert len(children) == 3
    assert [each for each in alive if each.status() != psutil.STATUS_ZOMBIE] == []


def test_a_kernel_without_a_box_is_measured_though_it_has_a_child(start):
    hold = "import os; kept = b'x' * 200_000_000; os.system('echo; sleep 60')"
    _, dog = start(sys.executable, "-c", hold)
    assert dog.peak_mb() > 200_000_000 / MEGABYTE
