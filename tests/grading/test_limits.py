"""A limit that is hit ends what it must and no more, and both sides read which one it was."""

import json
import os
import random
import re
import time
from pathlib import Path

import nbformat
import numpy as np
import psutil
import pytest
import tiny

from grading.execution.execute import execute
from grading.model.outcome import Status

SQUARE = "def square(x):\n    return x * x\n"
KEEP = "import mmap, os, threading, time\nkept = []\n"
TIME, OVER = Status.TIMED_OUT, Status.OVER_LIMIT
SMALL = {"memory_mb": 700, "disk_mb": 40, "files": 500, "processes": 40, "output_mb": 1}
SMALL |= {"cell_seconds": 3, "call_seconds": 2, "check_seconds": 8, "file_mb": 10}

# The cube's cell after a right square (5 marks); the marks then (8 when the cube's check still runs
# and passes); the status; what the student reads; what the instructor reads.
CUBE = "\ndef cube(x):\n    return x ** 3"
HITS = {
    "time of a cell": (
        "while True: pass" + CUBE, 5, TIME,
        "La celda pasó de su límite de 3 s", "ran over its 3 s and was interrupted"),
    "time of a cell that ignores the interrupt": (
        "import signal; signal.signal(2, signal.SIG_IGN)\nwhile True:\n    try:\n"
        "        while True: pass\n    except BaseException: pass", 5, TIME,
        "no se pudo interrumpir", "could not be interrupted; later tests did not run"),
    "time of a cell that stops itself": (
        "import os; os.kill(os.getpid(), 19)", 5, TIME,
        "no se pudo interrumpir", "could not be interrupted"),
    "time of a call": (
        "def cube(x):\n    while True: pass", 5, TIME,
        "tardó más de 2 s en responder", "a call took more than 2 s"),
    "memory of one process": (
        KEEP + "while True: kept.append(b'x' * 20_000_000)", 5, Status.STUDENT_ERROR,
        "", "MemoryError"),
    "memory of many processes": (
        KEEP + "for _ in range(8):\n    if os.fork() == 0:\n        b = b'x' * 90_000_000\n"
        "        time.sleep(60)\ntime.sleep(60)", 5, OVER,
        "más de 700 MB de memoria", "used more than 700 MB of memory"),
    "memory that is shared": (
        KEEP + "for _ in range(8):\n    if os.fork() == 0:\n"
        "        for start in range(0, 90_000_000, 4096):\n"
        "            kept = kept or mmap.mmap(-1, 90_000_000); kept[start] = 1\n"
        "        time.sleep(60)\ntime.sleep(60)", 5, OVER,
        "más de 700 MB de memoria", "700 MB of memory"),
    "many empty files": (
        "import itertools\nfor k in itertools.count(): open(f'/tmp/{k}', 'w').close()", 5, OVER,
        "creó más de 500 archivos", "made more than 500 files"),
    "output in lines": (
        "while True: print('x' * 1000)", 5, OVER,
        "La celda mostró más de 1 MB", "showed more than 1 MB"),
    "output in one line": (
        "print('x' * 100_000_000)" + CUBE, 8, OVER,
        "La celda mostró más de 1 MB", "showed more than 1 MB"),
    "output in pictures": (
        "for _ in range(500): display({'image/png': 'A' * 10_000}, raw=True)" + CUBE, None, OVER,
        "La celda mostró más de 1 MB", "showed more than 1 MB"),
    "the kernel's life": (
        "import os; os._exit(1)", 5, Status.STUDENT_ERROR,
        "El kernel terminó aquí", "ended the kernel; later tests did not run"),
    "the kernel's life, by a signal": (
        "import os; os.kill(os.getpid(), 9)", 5, Status.STUDENT_ERROR,
        "El kernel terminó aquí", "ended the kernel; later tests did not run"),
    "the kernel's event loop": (
        "import asyncio; asyncio.get_event_loop().stop()", 5, Status.STUDENT_ERROR,
        "El kernel terminó aquí", "ended the kernel"),
}  # fmt: skip
LIMITS = {
    "output in one line": {"memory_mb": 4096, "cell_seconds": 20},
}


@pytest.mark.parametrize("limit", HITS)
def test_what_passes_a_limit_is_stopped_and_earlier_marks_stay(limit):
    cube, marks, status, student, instructor = HITS[limit]
    limits = {**SMALL, **LIMITS.get(limit, {})}
    outcome = execute(tiny.job(square=SQUARE, cube=cube, limits=limits))
    assert outcome.status is not Status.GRADER_FAILED, outcome.reason
    first, second = outcome.checks
    assert first.passed
    assert marks is None or outcome.earned == marks
    assert outcome.status is status
    assert instructor in outcome.reason
    cells = {each["id"]: each for each in outcome.notebook["cells"]}
    shown = [o.get("evalue", "") for o in cells["cube"]["outputs"]] + [second.reason]
    assert any(student in text for text in shown)
    ended = "later tests did not run" in outcome.reason
    assert second.passed in ((None, False) if ended else (True, False))
    if ended and outcome.reason.startswith("cell cube:"):
        assert second.reason == "La comprobación no se ejecutó: el cuaderno se detuvo antes."


CLOSED = """\
import os, stat
for fd in range(3, 200):
    try:
        if stat.S_ISSOCK(os.fstat(fd).st_mode): os.close(fd)
    except OSError: pass"""


def test_a_kernel_that_closes_its_sockets_has_ended_and_earlier_marks_stay():
    outcome = execute(tiny.job(square=SQUARE, cube=CLOSED, limits=SMALL))
    assert outcome.status is Status.STUDENT_ERROR
    assert "ended the kernel" in outcome.reason
    assert outcome.checks[0].passed and outcome.earned == 5


PROBE = """\
import json, os, threading, time, warnings
# Since Python 3.12 a fork beside threads warns, and a kernel has threads.
warnings.simplefilter('ignore', DeprecationWarning)
def until_refused(act, most):
    for done in range(most):
        try:
            act(done)
        except (OSError, RuntimeError, MemoryError) as error:
            return done
    return -1
def fill(folder):
    def act(k):
        with open(f'{folder}/{k}', 'wb') as file: file.write(bytes(2**20))
    done = until_refused(act, 100)
    for name in os.listdir(folder):
        if name.isdigit(): os.remove(f'{folder}/{name}')
    return done
def large(k):
    with open('/tmp/large', 'wb') as file: file.write(bytes(20 * 2**20))
def thread(k):
    threading.Thread(target=time.sleep, args=(3,)).start()
def process(k):
    if os.fork() == 0:
        time.sleep(3); os._exit(0)
found = {folder: fill(folder) for folder in ('.', '/tmp', '/dev/shm')}
found['file'] = until_refused(large, 1)
os.remove('/tmp/large')
found['threads'] = until_refused(thread, 200)
time.sleep(4)
found['processes'] = until_refused(process, 200)
time.sleep(4)
while True:
    try: os.waitpid(-1, os.WNOHANG)
    except ChildProcessError: break
found['open files'] = until_refused(lambda k: globals().setdefault(f'f{k}', os.dup(0)), 5000)
for k in range(found['open files']): os.close(globals()[f'f{k}'])
print(json.dumps(found))
"""


def test_what_the_system_refuses_is_an_error_that_the_cell_can_catch():
    outcome = execute(tiny.job(PROBE, limits={**SMALL, "cell_seconds": 30, "disk_mb": 40}))
    assert (outcome.earned, outcome.status) == (8, Status.GRADED)
    found = json.loads(nbformat.from_dict(outcome.notebook).cells[2].outputs[0].text)
    assert 30 < found["."] <= 40 and 30 < found["/tmp"] <= 40 and 30 < found["/dev/shm"] <= 40
    assert found["file"] == 0
    assert 0 < found["threads"] < 40 and 0 < found["processes"] < 40
    assert 900 < found["open files"] < 1024


def test_a_fork_bomb_is_bounded_and_leaves_nobody():
    bomb = "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass"
    outcome = execute(tiny.job(square=SQUARE, cube=bomb, limits=SMALL))
    assert outcome.earned == 5 and outcome.status in (Status.TIMED_OUT, Status.OVER_LIMIT)
    time.sleep(1)
    users = [process.info["uids"].real for process in psutil.process_iter(["uids"])]
    assert 1_000_000 + os.getpid() not in users  # the box's user, where the grader is root


def test_the_time_of_the_notebook_is_shared_by_its_cells():
    cells = ["import time; time.sleep(1.5)"] * 3
    outcome = execute(tiny.job(*cells, limits={"notebook_seconds": 3}))
    assert (outcome.earned, outcome.status) == (0, TIME)
    assert "the notebook's 3 s were over" in outcome.reason
    assert [check.passed for check in outcome.checks] == [None, None]


def test_all_cells_together_show_a_few_times_what_one_may():
    cells = ["print('x' * 900_000)"] * 6
    outcome = execute(tiny.job(*cells, limits=SMALL))
    assert (outcome.earned, outcome.status) == (8, OVER)
    assert outcome.reason.startswith("cell number 7: ")
    assert len(outcome.to_json()) < 5 * 2**20


def test_outputs_that_are_nested_too_deep_are_left_out():
    source = """\
for depth in 20, 60, 200:
    nested = 'hola'
    for _ in range(depth): nested = [nested]
    display({'application/json': nested, 'text/plain': str(depth)}, raw=True)
"""
    outcome = execute(tiny.job(source))
    shown = [output["data"]["text/plain"] for output in outcome.notebook["cells"][2]["outputs"]]
    assert (shown, outcome.status) == (["20"], Status.GRADED)


LATE = {
    "a call": {"call_seconds": 1},
    "a check": {"call_seconds": 20, "check_seconds": 2},
}


@pytest.mark.parametrize("what", LATE)
def test_after_what_was_late_the_generators_are_where_they_were(what):
    seeds = "import random\nimport numpy as np\nrandom.seed(1); np.random.seed(1)"
    job = tiny.job(seeds, square="import time\ndef square(x): time.sleep(30)", limits=LATE[what],
                   cube="print(random.random(), np.random.rand())")  # fmt: skip
    outcome = execute(job)
    cells = {each["id"]: each for each in outcome.notebook["cells"]}
    drawn = random.Random(1).random(), np.random.RandomState(1).rand()
    assert cells["cube"]["outputs"][0]["text"] == f"{drawn[0]} {drawn[1]}\n"
    assert outcome.status is Status.TIMED_OUT


# What a kernel sends in the stead of its answer, and what of our memory it would take.
FLOODS = {
    "lists in the JSON of a reply": "parts[3] = b'[' + b'[],' * 40_000_000 + b'[]]'",
    "a message of endless parts": "parts += [b'x' * 5_000_000] * 1500",
}


@pytest.mark.parametrize("flood", FLOODS)
def test_no_reply_fills_the_memory_of_the_grader(flood):
    source = f"""\
kernel = get_ipython().kernel
def send(stream, kind, content=None, parent=None, ident=None, buffers=None, **more):
    if kind != 'candidate_reply':
        return sent(stream, kind, content, parent, ident, buffers, **more)
    message = kernel.session.msg(kind, {{}}, parent=parent)
    parts = [kernel.session.pack(message[name]) for name in ('header', 'parent_header')]
    parts += [b'{{}}', b'{{}}']
    {FLOODS[flood]}
    signature = kernel.session.sign(parts[:4])
    stream.send_multipart([*ident, b'<IDS|MSG>', signature, *parts], copy=False)
sent, kernel.session.send = kernel.session.send, send
"""
    Path("/proc/self/clear_refs").write_text("5")  # forget the most memory used so far
    before = psutil.Process().memory_info().rss
    outcome = execute(tiny.job(source, limits={**SMALL, "memory_mb": 700}))
    assert outcome.earned == 0 and outcome.status is not Status.GRADER_FAILED
    most = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert int(most[1]) * 1024 - before < 1600 * 2**20


def test_a_flood_while_nobody_reads_fills_the_boxs_memory_not_the_graders():
    flood = """\
import threading
def flood():
    kernel = get_ipython().kernel
    for _ in range(30):
        message = {'name': 'stdout', 'text': 'x' * 30_000_000}
        kernel.session.send(kernel.iopub_socket, 'stream', message)
"""
    square = "def square(x):\n    threading.Thread(target=flood).start()\n    import time\n"
    before = psutil.Process().memory_info().rss
    limits = {**SMALL, "memory_mb": 600, "call_seconds": 10}
    outcome = execute(tiny.job(flood, square=square + "    time.sleep(2)", limits=limits))
    assert outcome.status is not Status.GRADER_FAILED
    assert psutil.Process().memory_info().rss - before < 1000 * 2**20
