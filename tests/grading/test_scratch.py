"""A scratch folder is removed when the process that made it has ended, and never before."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from grading.candidate.kit import shared_kit
from grading.processes import scratch
from grading.processes.scratch import scratch_folder, sweep

# In another container the same ids belong to other processes: this one says that it has argv[1].
OTHER = """\
import os, sys, time
from pathlib import Path
os.getpid = lambda: int(sys.argv[1])
from grading.candidate.kit import shared_kit
from grading.processes.scratch import abandon, scratch_folder
run = scratch_folder()
made = {"a run's": run.__enter__, "the shared kit's": lambda: shared_kit().parent}[sys.argv[2]]()
(made / "content").write_text("")
print(made, flush=True)
sys.stdin.read()
abandon()
"""
NO_PROCESS = 2**22 + 1  # Linux gives no process a higher id than 2**22
KINDS = ["a run's", "the shared kit's"]


@pytest.fixture(autouse=True)
def temporary(tmp_path, monkeypatch):
    """A temporary folder of its own for this test and the processes that it starts."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@pytest.fixture
def start():
    """Starts a process that says it has a certain id, and gives it and the folder it has made."""
    started = []

    def begin(pid: int, kind: str) -> tuple[subprocess.Popen, Path]:
        command = [sys.executable, "-c", OTHER, str(pid), kind]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        started.append(process)
        return process, Path(process.stdout.readline().decode().strip())

    yield begin
    for process in started:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()


@pytest.mark.parametrize("kind", KINDS)
def test_one_in_use_stays_though_no_process_here_has_its_owners_id(start, kind):
    _, folder = start(NO_PROCESS, kind)
    sweep()
    assert (folder / "content").exists()


@pytest.mark.parametrize("kind", KINDS)
def test_one_of_a_killed_process_goes_though_a_process_here_has_its_owners_id(start, kind):
    process, folder = start(os.getpid(), kind)
    process.kill()
    process.wait()
    deadline = time.monotonic() + 10
    while folder.exists() and time.monotonic() < deadline:  # its children may hold it a moment more
        sweep()
        time.sleep(0.05)
    assert not folder.exists()


@pytest.mark.parametrize("kind", KINDS)
def test_a_process_that_is_abandoned_removes_its_own_and_no_others(start, kind):
    process, folder = start(NO_PROCESS, kind)
    _, other = start(NO_PROCESS, kind)
    process.stdin.close()
    assert process.wait(10) == 1
    deadline = time.monotonic() + 10
    while folder.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not folder.exists() and other.exists()


def test_a_sweep_while_one_is_made_costs_nobody_a_folder(monkeypatch):
    make = tempfile.mkdtemp

    def make_and_be_swept(**options):
        made = make(**options)
        sweep()
        return made

    monkeypatch.setattr(scratch.tempfile, "mkdtemp", make_and_be_swept)
    with scratch_folder() as folder:
        assert folder.is_dir() and folder.stat().st_mode & 0o777 == 0o700


def test_one_without_a_lock_goes(temporary):
    """Its process was killed before it had the lock, or while it removed the folder."""
    (temporary / "grading-12-abc").mkdir()
    (temporary / "grading-12-def").mkdir()
    (temporary / "grading-12-def/content").write_text("")
    sweep()
    assert list(temporary.iterdir()) == []


def test_ones_own_stay_until_the_end_of_the_block(temporary):
    with scratch_folder() as one, scratch_folder() as other:
        kit = shared_kit()
        sweep()
        assert one.exists() and other.exists() and kit.exists()
    assert not one.exists() and not other.exists()
