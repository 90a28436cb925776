"""Kernels and examiners that start warm do and may do what those that start cold do, no more."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace

import nbformat
import psutil
import pytest
import tiny
from ordinary_user import PYTHON, USER, ordinary_users_box, run_as_user
from tiny import cell, hand_in, notebook

from grading.candidate import holder, kernel_forks
from grading.candidate.box import why_no_box
from grading.examiner import forked
from grading.execution.execute import execute
from grading.masters.cells import provided_code
from grading.model.job import Job
from grading.model.outcome import Status
from grading.processes.fork_servers import ForkServer, ForkServers, imports_of

pytestmark = pytest.mark.skipif(
    bool(why_no_box() or holder.why_cold()), reason="nothing can start warm here"
)
LIBRARIES = """\
import json
import random
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import torch
from scipy.special import softmax
from helpers import tick
"""
CHECK = "# Uno\nwith tick.marks(1):\n    assert float(np.sum(answer(np.ones(3)))) == 3"
ANSWER = "def answer(x):\n    return x"


def job(*sources, imports=LIBRARIES):
    """A notebook with these cells of a student's, a right answer and its check."""
    master = notebook(
        cell("locked", "imports", imports),
        cell("solution", "answer", ANSWER),
        cell("test", "check", CHECK, 1),
    )
    submitted = notebook(*master.cells)
    submitted.cells[1:1] = [nbformat.v4.new_code_cell(source) for source in sources]
    for number, each in enumerate(submitted.cells):
        each.id = f"cell-{number}"
    return Job(
        "tiny", "one", plain(submitted), {"one": plain(master)},
        imports=list(imports_of(provided_code([master]))),
    )  # fmt: skip


def plain(node):
    return json.loads(json.dumps(node))


def cold(a_job):
    return execute(replace(a_job, warm=False))


def told(outcome):
    """All that an outcome says but for times and memory.

    Kernels' numbers name their files and, in Python's warning of a fork since 3.12, themselves.
    """
    for each in outcome.notebook["cells"]:
        each["metadata"].pop("execution", None)  # when
    text = json.dumps(
        [outcome.notebook["cells"], [vars(c) for c in outcome.checks], outcome.status.value,
         outcome.reason, [vars(i) for i in outcome.incidents], [c.cell for c in outcome.cells]]
    )  # fmt: skip
    return json.loads(re.sub(r"(ipykernel_|pid=)\d+", r"\1N", text))


def shown(outcome, number=1):
    """What the student's first cell printed, as JSON."""
    return json.loads("".join(o["text"] for o in outcome.notebook["cells"][number]["outputs"]))


# Not `exit()`: it leaves the kernel a tenth of a second, in which a check may or may not be done.
# What ends a kernel waits until the thread that sends what it shows has told of the cell.
NOTEBOOKS = {
    "tables": ["pd.DataFrame(np.arange(80).reshape(2, 40))", "pd.describe_option('display.max')"],
    "pictures": ["plt.plot([1, 4, 9]); plt.title('uno')", "plt.imshow(np.eye(3)); plt.show()"],
    "training": [
        "torch.manual_seed(0); w = torch.ones(3, requires_grad=True)\n"
        "for _ in range(3):\n    loss = ((w * torch.randn(3)) ** 2).sum(); loss.backward()\n"
        "print(loss.item(), w.grad)"
    ],
    "seeded draws": [
        "random.seed(1); np.random.seed(1); torch.manual_seed(1)\n"
        "print(random.random(), np.random.rand(), torch.rand(1), softmax([1, 2]))"
    ],
    "warnings": ["import warnings\nwarnings.warn('cuidado')", "np.array([1]) / 0", "np.log(-1)"],
    "errors": ["def f(x):\n    return np.linalg.inv(x)\nf(np.zeros((2, 2)))", "1 +", "sin_nombre"],
    "magics": ["%matplotlib inline", "%%capture\n1", "!echo hola", "%pwd"],
    "a library that is not there": ["import sklearn_de_mentira"],
    "the end of the kernel": ["import os, time\ntime.sleep(0.5)\nos._exit(3)"],
    "the end of a kernel with a daemon": [
        "import os, time\nif os.fork() == 0:\n    time.sleep(60)\n"
        "else:\n    time.sleep(0.5)\n    os._exit(0)"
    ],
    "threads": [
        "from concurrent.futures import ThreadPoolExecutor\n"
        "print(list(ThreadPoolExecutor(2).map(abs, [-1, -2])), torch.get_num_threads())"
    ],
    "processes": [
        "import multiprocessing\nwith multiprocessing.get_context('fork').Pool(2) as pool:\n"
        "    print(pool.map(abs, [-1, -2]))"
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_the_outcome_is_the_same(name):
    a_job = job(*NOTEBOOKS[name])
    assert told(execute(a_job)) == told(cold(a_job))


STATE = """
import gc, locale, os, re, resource, signal, sys, threading, time, warnings, tempfile
import matplotlib
print(json.dumps(dict(
    argv=sys.argv, path=sys.path, cwd=os.getcwd(), main=sys.modules['__main__'].__name__,
    environment=dict(os.environ), flags=str(sys.flags), limit=sys.getrecursionlimit(),
    # by kind, for which came first depends on what was imported first
    warnings=sorted({str(f) for f in warnings.filters}), locale=locale.setlocale(locale.LC_ALL),
    signals=[str(signal.getsignal(s)) for s in signal.valid_signals() if s < 32],
    mask=list(signal.pthread_sigmask(signal.SIG_BLOCK, [])), umask=os.umask(0o22),
    resources=[resource.getrlimit(kind) for kind in range(16)], gc=gc.get_threshold(),
    threads=sorted(re.sub('[0-9]', '', thread.name) for thread in threading.enumerate()),
    numpy=str(np.get_printoptions()), errors=np.geterr(), dtype=str(torch.get_default_dtype()),
    rc={k: str(v) for k, v in matplotlib.rcParams.items()}, backend=matplotlib.get_backend(),
    display=[pd.get_option(f'display.{k}') for k in ('max_columns', 'max_rows', 'width')],
    folder=tempfile.gettempdir(), home=os.path.expanduser('~'), grading=sys.modules['grading'],
    zone=time.tzname, python=sys.executable,
    cpu=time.process_time() < 20, frozen=gc.isenabled(), hash=hash('x'),
)))"""


def test_a_kernel_finds_the_same_state():
    a_job = job(STATE)
    assert shown(execute(a_job)) == shown(cold(a_job))


# What a process holds and may do, as the system tells it.
RIGHTS = """
import os, re
def read(path): return open(path).read()
status = dict(line.split(':\\t') for line in read('/proc/self/status').splitlines())
kinds = ('Cap', 'Uid', 'Gid', 'Groups', 'NoNew', 'Seccomp')
found = dict(
    status={key: status[key] for key in status if key.startswith(kinds)},
    limits=read('/proc/self/limits'), cgroup=read('/proc/self/cgroup'),
    mounts=sorted(re.sub(r'^\\S+ \\S+ \\S+ \\S+', '', line.partition(' - ')[0]) + line.split()[4]
                  for line in read('/proc/self/mountinfo').splitlines()),
    oom=read('/proc/self/oom_score_adj'), root=sorted(os.listdir('/')),
    descriptors=sorted(re.sub(r'\\d+', 'N', os.readlink(path)) for path in
                       (f'/proc/self/fd/{fd}' for fd in os.listdir('/proc/self/fd'))
                       if os.path.lexists(path)),
    parent=os.getppid(), leader=os.getsid(0) == os.getpid(), group=os.getpgrp() == os.getpid(),
    same=[kind for kind in os.listdir('/proc/self/ns') if kind != 'time_for_children'
          and os.readlink(f'/proc/self/ns/{kind}') in HOST],
    pids=len([name for name in os.listdir('/proc') if name.isdigit()]) < 6,
    interfaces=sorted(os.listdir('/sys/class/net')) if os.path.exists('/sys/class/net') else [],
    host=os.uname().nodename,
)
print(json.dumps(found))"""  # fmt: skip


def test_a_kernel_holds_and_may_do_what_a_cold_one_does():
    host = [os.readlink(f"/proc/self/ns/{kind}") for kind in os.listdir("/proc/self/ns")]
    a_job = job(f"HOST = {host}" + RIGHTS)
    one, other = shown(execute(a_job)), shown(cold(a_job))
    # One more socket or epoll of a library is its own affair; of files and pipes there is none.
    for found in (one, other):
        found["descriptors"] = {
            name for name in found["descriptors"] if not name.startswith(("socket:", "anon_inode:"))
        }
    assert one == other
    assert one["parent"] == 1 and "1000" in one["oom"]


SECRET = "un-secreto-del-instructor"
INSIDE = """
import gc, glob, os, sys
regions = [line.split() for line in open('/proc/self/maps')]
memory = open('/proc/self/mem', 'rb', 0)
def read(region):
    start, end = (int(x, 16) for x in region[0].split('-'))
    try:
        memory.seek(start)
        return memory.read(end - start)
    except (OSError, OverflowError):
        return b''
held = [read(r) for r in regions if r[1].startswith('rw')]
# Only now: what is searched for must not stand in what is searched.
SEARCHED = [''.join(chr(ord(c) ^ 1) for c in word).encode() for word in MASKED]
print(json.dumps(dict(
    modules=[name for name in sys.modules if 'grading' in name and sys.modules[name]],
    objects=[str(o)[:80] for o in gc.get_objects() if type(o).__module__.startswith('grading')],
    mapped=[r[-1] for r in regions if '/grading/' in r[-1] or r[-1].endswith('.ipynb')],
    environment=[p for p in glob.glob('/proc/[0-9]*/environ') if os.access(p, os.R_OK)
                 and SEARCHED[0] in open(p, 'rb').read()],
    commands=open('/proc/self/cmdline').read().split('\\0'),
    memory=[word.decode() for word in SEARCHED if any(word in part for part in held)],
    control=any(b'SEARCHED = [' in part for part in held),
)))"""  # fmt: skip


def test_nothing_of_the_grader_or_of_a_hidden_test_is_in_a_kernels_memory(monkeypatch):
    monkeypatch.setenv("GRADER_TOKEN", SECRET)
    words = [SECRET, "GRADER_TOKEN", "valor-oculto-del-test"]
    masked = ["".join(chr(ord(c) ^ 1) for c in word) for word in words]
    one = job(f"MASKED = {masked}" + INSIDE)
    hidden = CHECK + "\n    ### BEGIN HIDDEN TESTS\n    assert 'valor-oculto-del-test'"
    one.masters["one"]["cells"][-1]["source"] = hidden + "\n    ### END HIDDEN TESTS"
    # Half of the usual limit may be PyTorch's, in its build for GPUs; what is held is held twice.
    one = replace(one, files={"a.txt": b"x"}, limits={"memory_mb": 16_384})
    execute(job())  # a notebook before
    outcome = execute(one)
    found = shown(outcome)
    assert outcome.earned == 1 and found.pop("control") is True
    assert not any("grading/" in word for word in found.pop("commands"))
    assert found == dict.fromkeys(["modules", "objects", "mapped", "environment", "memory"], [])


def test_no_two_kernels_draw_the_same_numbers():
    a_job = job(
        "import os, secrets, uuid\nprint(json.dumps([random.random(), np.random.rand(), "
        "torch.rand(1, dtype=torch.float64).item(), np.random.default_rng().random(), "
        "secrets.token_hex(8), str(uuid.uuid4()), os.urandom(4).hex()]))"
    )
    one, other = shown(execute(a_job)), shown(execute(a_job))
    assert [a for a, b in zip(one, other, strict=True) if a == b] == []


def test_it_is_no_part_of_what_decides_an_outcome():
    a_job = job()
    assert a_job.warm and a_job.key == replace(a_job, warm=False).key
    assert Job.from_json(replace(a_job, warm=False).to_json()).warm is False


def fork_servers():
    """The fork servers of this process."""
    both = (kernel_forks._fork_servers, forked._fork_servers)
    return [server for servers in both for server in servers._running.values()]


@pytest.fixture
def started():
    """Both kinds, started by a notebook before."""
    assert execute(job()).earned == 1
    alive = (each._process for each in fork_servers() if each._process.poll() is None)
    return [psutil.Process(process.pid) for process in alive]


def test_both_processes_of_a_notebook_are_forked_from_them(started):
    parents = {process.pid for process in psutil.Process().children(recursive=True)}
    assert execute(job()).earned == 1
    assert {process.pid for process in started} <= parents
    assert [process for process in started if not process.is_running()] == []
    assert [process for process in started if process.num_threads() != 1] == []


def test_killed_ones_are_started_again(started):
    for process in started:
        process.kill()
    assert execute(job()).earned == 1
    alive = {each._process.pid for each in fork_servers() if each._process.poll() is None}
    assert alive and alive.isdisjoint(process.pid for process in started)


def test_killed_in_the_midst_of_a_notebook_they_are_not_missed(started, monkeypatch):
    begun = ForkServer.fork

    def fork_and_die(self, *arguments):
        pidfd = begun(self, *arguments)
        self._process.kill()
        self._process.wait()
        return pidfd

    monkeypatch.setattr(ForkServer, "fork", fork_and_die)
    outcome = execute(job("import time\ntime.sleep(1)"))
    assert (outcome.earned, outcome.status) == (1, Status.GRADED)


def test_what_is_left_of_a_kernel_that_was_killed_goes_with_its_box():
    outcome = execute(job("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"))
    assert (outcome.earned, outcome.status) == (0, Status.STUDENT_ERROR)
    boxes = [p for p in psutil.Process().children(recursive=True) if p.name() in ("bwrap", "cat")]
    assert boxes == []


def test_where_none_can_be_started_everything_starts_cold(monkeypatch):
    class Broken(ForkServer):
        def __init__(self, imports):
            super().__init__([sys.executable, "-c", "raise SystemExit(1)"], {}, imports)

    broken = ForkServers(Broken)
    monkeypatch.setattr(kernel_forks, "_fork_servers", broken)
    monkeypatch.setattr(forked, "_fork_servers", broken)
    for _ in range(2):
        outcome = execute(job())
        assert (outcome.earned, outcome.status, outcome.confined) == (1, Status.GRADED, True)
    assert not broken._running


def test_a_user_who_owns_the_interpreter_starts_cold(monkeypatch):
    owner = os.stat(os.path.realpath(sys.executable)).st_uid
    monkeypatch.setattr(os, "geteuid", lambda: owner or 1234)
    if owner:
        assert "belongs to the user" in holder.why_cold()
    else:
        assert holder.why_cold() == ""


@pytest.mark.parametrize(
    ("source", "statements"),
    [
        ("import numpy as np", ["import numpy"]),
        ("import torch, os, torch.nn as layers", ["import torch", "import torch.nn"]),
        ("from scipy import stats as s, special", ["from scipy import stats, special"]),
        ("if True:\n    import pandas", ["import pandas"]),
        ("%matplotlib inline\nimport matplotlib.pyplot as plt", ["import matplotlib.pyplot"]),
        ("from helpers import tick\nfrom tqdm.auto import tqdm\nimport grading", []),
        ("from .numpy import a\nfrom numpyish import b", []),
    ],
)  # fmt: skip
def test_what_is_imported_beforehand(source, statements):
    assert imports_of((source, source)) == tuple(statements)


def test_a_solutions_imports_are_not_told_to_the_students_kernel():
    secret = "### BEGIN SOLUTION\nfrom scipy import linalg\n### END SOLUTION"
    master = notebook(
        cell("locked", "imports", "import numpy as np\nfrom helpers import tick"),
        cell("solution", "answer", secret + "\n" + ANSWER),
        cell("test", "check", CHECK + "\n    import pandas", 1),
    )
    look = nbformat.v4.new_code_cell(
        "import sys, json\n"
        "print(json.dumps([n for n in ('numpy', 'scipy', 'pandas') if n in sys.modules]))"
    )
    submitted = notebook(master.cells[0], look, *master.cells[1:])
    submitted.cells[2].source = ANSWER
    imports = list(imports_of(provided_code([master])))
    outcome = execute(Job("tiny", "one", plain(submitted), {"one": plain(master)}, imports=imports))
    assert outcome.earned == 1 and shown(outcome) == ["numpy"]


DRIVER = """\
import ctypes, json, os, subprocess, sys
sys.path.insert(0, sys.argv[1])
import joining
box = subprocess.Popen(json.loads(sys.argv[2]), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
box.stdin.write(b'?'); box.stdin.flush(); box.stdout.read(1)
def child(pid): return int(open(f'/proc/{pid}/task/{pid}/children').read())
spaces = joining.namespaces(child(child(box.pid)))
reading, writing = os.pipe()
if os.fork() == 0:
    joining.enter(spaces)
    joining.drop(None, bytes.fromhex(sys.argv[3]) or None)
    def attempt(act):
        try: return f'allowed: {act()}'
        except OSError as error: return 'refused'
    def links(pid): return {k: os.readlink(f'/proc/{pid}/ns/{k}') for k in os.listdir('/proc/2/ns')}
    libc = ctypes.CDLL(None, use_errno=True)
    status = dict(line.split(':\\t') for line in open('/proc/self/status').read().splitlines())
    found = dict(
        caps={status[f'Cap{k}'] for k in ('Inh', 'Prm', 'Eff', 'Bnd', 'Amb')} == {'0' * 16},
        no_new=status['NoNewPrivs'], user=[os.getuid(), os.getgid()],
        joined=links('self') == links(2),
        home=os.listdir('/home'), host=os.uname().nodename, cwd=os.getcwd(),
        user_namespace=libc.unshare(0x10000000), usr=attempt(lambda: open('/usr/evil', 'w')),
        shadow=attempt(lambda: open('/etc/shadow').read()),
        back=[attempt(lambda: joining._call('setns', space, 0)) for space in spaces],
    )
    os.write(writing, json.dumps(found).encode())
    os._exit(0)
os.close(writing)
print(os.read(reading, 65536).decode())
box.kill()
"""  # fmt: skip


def test_an_ordinary_users_box_is_joined_as_well(monkeypatch):
    """The way into the box needs nothing that only root has."""
    with ordinary_users_box(monkeypatch) as (box, bubblewrap):
        program = (box.filter or b"").hex()
        arguments = [str(box.folder / "kit/candidate_kernel"), json.dumps([*bubblewrap, "cat"])]
        found = run_as_user([PYTHON, "-c", DRIVER, *arguments, program])
    assert found.pop("back") == ["refused"] * 8
    assert found == {
        "caps": True, "no_new": "1", "user": [USER, USER], "joined": True, "home": ["student"],
        "host": "candidate", "cwd": "/", "user_namespace": -1, "usr": "refused",
        "shadow": "refused",
    }  # fmt: skip


def test_they_end_with_the_grader_and_take_their_folder_along(tmp_path):
    code = (
        "import sys, time\nfrom grading.execution.execute import execute\n"
        "from grading.model.job import Job\n"
        "print(execute(Job.from_json(sys.stdin.read())).earned, flush=True)\ntime.sleep(60)"
    )
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    grader = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, text=True, env=environment)  # fmt: skip
    grader.stdin.write(tiny.job().to_json())
    grader.stdin.close()
    assert grader.stdout.readline().strip() == "8"
    left = psutil.Process(grader.pid).children(recursive=True)
    assert len(left) == 3 and list(tmp_path.iterdir())
    grader.send_signal(signal.SIGKILL)
    grader.wait()
    grader.stdout.close()
    _, alive = psutil.wait_procs(left, timeout=5)
    assert [p for p in alive if p.status() != psutil.STATUS_ZOMBIE] == []
    deadline = time.monotonic() + 5
    while list(tmp_path.iterdir()) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert list(tmp_path.iterdir()) == []


def test_one_fork_server_does_for_every_notebook_of_an_assignment(tmp_path):
    course = tiny.make_course(tmp_path)
    notebooks = tiny.masters()
    notebooks["1_square"].cells.insert(1, cell("locked", "more", "import numpy as np"))
    notebooks["2_name"].cells.insert(1, cell("locked", "more", "import pandas as pd"))
    tiny.write_masters(course.root, notebooks)
    hand_in(course, "ana")
    assignment = course.assignment(tiny.ASSIGNMENT)
    found = [tiny.submitted_job(assignment, "ana", name).imports for name in notebooks]
    assert found == [["import numpy", "import pandas"]] * 2
