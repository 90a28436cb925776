"""What a test cell could do for a hostile value: the examiner's box holds it, warm and cold."""

import json
import os
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import tiny
from tiny import cell, notebook

import grading
from grading.candidate import holder
from grading.candidate.box import why_no_box
from grading.execution.execute import execute
from grading.model.job import Job
from grading.model.outcome import Status

pytestmark = pytest.mark.skipif(bool(why_no_box()), reason="no box can be made here")
SECRET = "un-secreto-del-instructor"
BEGIN = """\
import ctypes, glob, json, os, signal, socket, sys
found = {}
def attempt(name, act):
    try:
        found[name] = str(act())
    except BaseException as error:
        found[name] = f'refused: {type(error).__name__}'
"""
TELL = "\nraise AssertionError(json.dumps(found))"


@pytest.fixture(params=[True, False], ids=["warm", "cold"])
def warm(request):
    return request.param


@pytest.fixture
def house(tmp_path, monkeypatch):
    """A course with secrets, and a grader with one in its environment."""
    (tmp_path / "house").mkdir()
    course = tiny.make_course(tmp_path / "house")
    (course.root / "gradebook.db").write_text(SECRET)
    (tmp_path / "other").mkdir()
    (tmp_path / "other/secret.txt").write_text(SECRET)
    monkeypatch.setenv("GRADER_TOKEN", SECRET)
    return course


def examined(check, warm, **fields):
    """The outcome of a notebook with one test cell."""
    master = notebook(
        cell("locked", "imports", "from helpers import tick"),
        cell("solution", "answer", "def square(x):\n    return x * x"),
        cell("test", "check", check, 1),
    )
    plain = json.loads(json.dumps(master))
    return execute(Job("tiny", "one", plain, {"one": plain}, warm=warm, **fields))


def probe(code, warm):
    """What a test cell found, by name; all that it was refused says so."""
    (check,) = examined(BEGIN + code + TELL, warm).checks
    return json.loads(check.reason)


def test_nothing_outside_of_the_masters_and_the_kit_can_be_read(house, warm, tmp_path):
    paths = [house.root / "gradebook.db", house.source / "tiny/1_square.ipynb",
             tmp_path / "other/secret.txt", Path.home() / ".bashrc", Path("/etc/shadow"),
             Path("/var/log"), Path("/run"), Path(f"/proc/{os.getpid()}/environ")]  # fmt: skip
    found = probe(
        f"""
def read(path):
    return os.listdir(path) if os.path.isdir(path) else open(path, 'rb').read(99)
for path in {[str(path) for path in paths]}: attempt(path, lambda: read(path))
found['environment'] = {SECRET!r} in str(dict(os.environ)) + ''.join(
    open(path).read() for path in glob.glob('/proc/[0-9]*/environ') if os.access(path, os.R_OK))
""",
        warm,
    )
    assert found.pop("environment") is False
    assert {path: told for path, told in found.items() if not told.startswith("refused")} == {}


def test_nothing_outside_of_its_own_folders_can_be_written(house, warm, tmp_path):
    kit = Path(grading.__file__).parent
    targets = [house.root / "gradebook.db", tmp_path / "other/evil", kit / "evil.py",
               Path(sys.prefix) / "evil.pth", Path("/usr/evil"),
               Path("/course/source/tiny/one.ipynb"), Path("/evil")]  # fmt: skip
    found = probe(
        f"""
def write(path):
    with open(path, 'a') as file: file.write('evil')
for path in {[str(path) for path in targets]}: attempt(path, lambda: write(path))
attempt('its own', lambda: write('notas.txt') or open('notas.txt').read())
""",
        warm,
    )
    assert found.pop("its own") == "evil"
    assert {path: told for path, told in found.items() if not told.startswith("refused")} == {}
    assert (house.root / "gradebook.db").read_text() == SECRET


def test_the_network_of_the_host_is_not_there(warm):
    abstract = f"\0examiner-{os.getpid()}"
    with socket.create_server(("127.0.0.1", 0)) as tcp, socket.socket(socket.AF_UNIX) as named:
        named.bind(abstract)
        named.listen()
        found = probe(
            f"""
attempt('tcp', lambda: socket.create_connection({tcp.getsockname()}, 2))
attempt('abstract', lambda: socket.socket(socket.AF_UNIX).connect({abstract!r}))
attempt('vsock', lambda: socket.socket(40, socket.SOCK_STREAM))
""",
            warm,
        )
    assert [told for told in found.values() if not told.startswith("refused")] == []


def test_no_process_of_the_host_can_be_ended(warm):
    with subprocess.Popen(["sleep", "60"]) as sleeper:
        found = probe(
            f"attempt('kill', lambda: os.kill({sleeper.pid}, signal.SIGKILL))\n"
            "found['seen'] = [int(name) for name in os.listdir('/proc') if name.isdigit()]",
            warm,
        )
        assert found["kill"].startswith("refused") and max(found["seen"]) < 20
        assert sleeper.poll() is None
        sleeper.kill()


def test_it_holds_no_privilege_and_every_limit_is_set(warm):
    found = probe(
        """
import resource
found['status'] = dict(line.split(':\\t') for line in open('/proc/self/status').read().splitlines())
found['limits'] = [resource.getrlimit(getattr(resource, f'RLIMIT_{name}'))[1]
                   for name in ('AS', 'FSIZE', 'NPROC', 'NOFILE', 'CORE')]
attempt('namespace', lambda: ctypes.CDLL(None).unshare(0x10000000))
attempt('root', lambda: os.setuid(0))
found['command'] = open('/proc/self/cmdline').read()
""",
        warm,
    )
    status = found["status"]
    assert {status[f"Cap{kind}"] for kind in ("Inh", "Prm", "Eff", "Bnd", "Amb")} == {"0" * 16}
    assert status["NoNewPrivs"] == "1" and status["Seccomp"] == "2"
    assert "0" not in status["Uid"].split() and not status["Groups"].strip()
    assert found["namespace"] == "-1" and found["root"].startswith("refused")
    assert -1 not in found["limits"]
    assert ("fork_main" in found["command"]) is (warm and not holder.why_cold())


def test_the_masters_functions_and_the_files_beside_them_are_there(warm):
    check = """\
from grading.reference import reference
assert reference("tiny/one").square(square(3)) == 81
assert open("datos/a.txt").read() == "uno"
"""
    outcome = examined(check, warm, master_files={"datos/a.txt": b"uno"})
    assert (outcome.earned, outcome.status) == (1, Status.GRADED), outcome.checks


def test_an_examiner_and_its_box_end_with_the_notebook(warm):
    for _ in range(2):
        assert execute(replace(tiny.job(), warm=warm)).earned == 8
    listed = subprocess.run(["ps", "-eo", "ppid,comm"], capture_output=True, text=True).stdout
    assert [
        line for line in listed.splitlines() if line.split() == [str(os.getpid()), "bwrap"]
    ] == []


def test_the_student_reads_the_same_with_and_without_the_box(warm):
    wrong = tiny.job(cube="def cube(x):\n    return x")
    one, other = execute(replace(wrong, warm=warm)), execute(replace(wrong, confined=False))
    assert one.checks == other.checks and not one.checks[1].passed
