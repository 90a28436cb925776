"""Which code of the kit decides an outcome: for other code a class need not run again."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grading.versions import EXECUTION, RECORD, deciding_files

# What a worker imports, room by room. A line that appears here regrades every class when it
# changes: think before you add one.
EXECUTES = {
    "candidate_kernel": {
        "__init__", "at_home", "beside", "boot", "bridge", "changed_names", "describing", "files",
        "folder", "follower", "fork_server", "generators", "given", "joining", "printed",
        "questions", "running", "state", "wire", "wire_decoding", "wire_encoding",
        "wire_frames", "wire_rules", "wire_words",
    },
    "grading": {"__init__", "course", "reference", "regions", "source", "text", "versions"},
    "candidate": {
        "__init__", "box", "bubblewrap", "channel", "client", "connection", "fonts", "holder",
        "kernel", "kernel_forks", "kit", "provisioner", "seccomp", "watchdog", "zmtp",
    },
    "examiner": {
        "__init__", "__main__", "asking", "box", "changed_arguments", "claims", "decoys", "figures",
        "files", "fork_main", "forked", "given", "handles", "imports", "inspecting", "kinds",
        "lacking", "link", "magics", "master_functions", "measuring", "messages", "modules",
        "names", "namespace", "operators", "own_objects", "places", "process", "shown", "starting",
        "student_errors", "subclassing", "tests",
    },
    "execution": {
        "__init__", "called", "causes", "execute", "explaining", "in_kernel", "paper", "rendering",
        "worker",
    },
    "masters": {"__init__", "cells", "titles"},
    "words": {"__init__", "english", "spanish"},
    "model": {"__init__", "causes", "job", "limits", "outcome", "stops"},
    "processes": {"__init__", "event_loop", "fork_servers", "scratch"},
    "replay": {"__init__", "agreement", "loops", "moments", "records", "replay"},
}  # fmt: skip


def by_room(paths):
    rooms = {}
    for path in paths:
        rooms.setdefault(path.parent.name, set()).add(path.stem)
    return rooms


def test_these_modules_decide_an_outcome_and_no_others():
    assert by_room(deciding_files(EXECUTION)) == EXECUTES


def test_reading_recording_and_feedback_decide_what_a_submission_gets_back():
    rooms = by_room(deciding_files(RECORD))
    assert {"restoration", "reading"} <= rooms["intake"]
    assert {"steps", "recorder"} <= rooms["record"]
    assert {"exporter", "sanitising"} <= rooms["feedback"]
    assert {"batch", "checking", "collecting", "commands", "reporting"}.isdisjoint(rooms)


@pytest.mark.parametrize("module", EXECUTION)
def test_what_a_worker_really_imports_is_among_them(module):
    code = (
        f"import sys, {module}\n"
        "print(*[m.__file__ for n, m in sys.modules.items() if n.startswith('grading.')])"
    )
    command = [sys.executable, "-c", code]
    loaded = subprocess.run(command, capture_output=True, text=True, check=True)
    known = {str(path) for path in deciding_files(EXECUTION)}
    assert set(loaded.stdout.split()) <= known


def test_what_lies_beside_an_installed_kit_is_not_looked_into(tmp_path):
    """As in site-packages, where looking into all that is imported would take minutes."""
    for package in ("grading", "helpers", "candidate_kernel"):
        ours = Path(sys.modules[package].__file__).parent
        shutil.copytree(ours, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    for module in ("nbgrader", "nbclient"):
        (tmp_path / f"{module}.py").write_text("")
    code = (
        "import modulefinder, sys\n"
        "class Told(modulefinder.ModuleFinder):\n"
        "    def load_module(self, name, *rest):\n"
        "        print(name)\n"
        "        return super().load_module(name, *rest)\n"
        "modulefinder.ModuleFinder = Told\n"
        f"sys.path.insert(0, {str(tmp_path)!r})\n"
        "from grading.versions import EXECUTION, deciding_files\n"
        "deciding_files(EXECUTION)"
    )
    done = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    looked_into = {name.partition(".")[0] for name in done.stdout.split()}
    assert looked_into == {"grading", "helpers", "candidate_kernel"}
