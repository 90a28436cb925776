"""Pruning the kept outcomes: what somebody uses at this moment stays."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import tiny
from click.testing import CliRunner

from grading.batch.run import alone
from grading.cli import main
from grading.model.outcome import Outcome
from grading.model.store import FOLDER, OutcomeStore

WRITE_AND_BE_KILLED = """
import os, signal, sys
from pathlib import Path
from grading.model.outcome import Outcome
from grading.model.store import OutcomeStore

os.fsync = lambda handle: os.kill(os.getpid(), signal.SIGKILL)
OutcomeStore(Path(sys.argv[1])).put(Outcome("a" * 64, {"cells": []}))
"""


@pytest.fixture
def course(tmp_path, monkeypatch):
    course = tiny.make_course(tmp_path)
    monkeypatch.chdir(course.root)
    return course


def files(root: Path) -> list[str]:
    """How the names of the kept files end: .json for a whole outcome, .new for half of one."""
    return sorted(path.suffix for path in (root / FOLDER).glob("??/*"))


def test_nothing_is_pruned_while_a_run_is_at_work(course):
    OutcomeStore(course.root).put(Outcome("a" * 64, {"cells": []}))
    with alone(course):
        refused = CliRunner().invoke(main, ["outcomes", "--prune"])
    assert (refused.exit_code, files(course.root)) == (1, [".json"])
    assert "Another run" in refused.output
    assert CliRunner().invoke(main, ["outcomes", "--prune"]).exit_code == 0
    assert files(course.root) == []


def test_an_outcome_that_is_being_written_is_not_pruned(tmp_path, monkeypatch):
    """`check` and nbgrader's own autograde keep outcomes too, and no run is at work then."""
    store, outcome = OutcomeStore(tmp_path), Outcome("a" * 64, {"cells": []})
    pruned = []

    def prune_meanwhile(handle):
        """Before the file has its name; later on it is whole, and nobody's."""
        if not pruned:
            pruned.append(store.prune(set()))

    monkeypatch.setattr(os, "fsync", prune_meanwhile)
    store.put(outcome)
    assert pruned == [[]]
    assert store.get(outcome.key) == outcome


def test_what_a_killed_process_left_half_written_is_pruned(tmp_path):
    subprocess.run([sys.executable, "-c", WRITE_AND_BE_KILLED, str(tmp_path)], check=False)
    assert files(tmp_path) == [".new"]
    OutcomeStore(tmp_path).prune({"a" * 64})
    assert files(tmp_path) == []
