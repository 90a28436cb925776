"""What a submission tries against the machine, the course and the others: nothing comes of it."""

import hashlib
import json
import os
import platform
import shutil
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import pytest
import tiny
from click.testing import CliRunner
from ordinary_user import PYTHON, USER, ordinary_users_box, run_as_user
from tiny import hand_in, solved

from grading.batch.run import run
from grading.candidate import box as box_module
from grading.candidate import seccomp
from grading.cli import main
from grading.execution.execute import execute
from grading.intake.files import clashes, read_regular, submitted_files, unfit
from grading.masters.build import build
from grading.model.limits import Limits
from grading.model.outcome import Status
from grading.model.store import OutcomeStore
from grading.text import CONTROL

SECRET = "un-secreto-del-instructor"
LOOK = """\
import json, os, socket, stat, subprocess, sys, ctypes, errno, glob, platform
found = {}
def attempt(name, act):
    try:
        found[name] = act()
    except BaseException as error:
        found[name] = f'refused: {type(error).__name__}'
libc = ctypes.CDLL(None, use_errno=True)
def call(*arguments):
    result = libc.syscall(*[ctypes.c_long(a) if isinstance(a, int) else a for a in arguments])
    return errno.errorcode[ctypes.get_errno()] if result == -1 else f'allowed: {result}'
def clone(flags):
    pid = libc.syscall(ctypes.c_long(CLONE), ctypes.c_long(flags | 17), 0, 0, 0, 0)
    if pid == 0: os._exit(0)
    if pid > 0: os.waitpid(pid, 0)
    return errno.errorcode[ctypes.get_errno()] if pid == -1 else 'allowed'
"""
TELL = "\nprint(json.dumps(found))"


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A course with secrets and a listening host around it."""
    course = tiny.make_course(tmp_path_factory.mktemp("course"))
    build(course.assignment(tiny.ASSIGNMENT))
    hand_in(course, "ana")
    (course.root / "secret.txt").write_text(SECRET)
    return course


def digest(folder):
    files = (path for path in sorted(Path(folder).rglob("*")) if path.is_file())
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def probe(code, **settings):
    """What a submission found, and its outcome."""
    outcome = execute(tiny.job(LOOK + code + TELL, **settings))
    assert (outcome.earned, outcome.status) == (8, Status.GRADED), outcome.reason
    (output,) = outcome.notebook["cells"][2]["outputs"]
    return json.loads(output["text"]), outcome


@pytest.fixture(scope="module")
def reading(house):
    paths = [house.root / "secret.txt", house.root / "gradebook.db", house.submitted / "ana",
             house.source / "tiny/1_square.ipynb", Path(box_module.__file__),
             Path.home() / ".bashrc", Path("/etc/shadow"), Path("/etc/hostname"),
             Path("/var/log"), Path("/proc/1/environ"), Path("/proc/1/mem"), Path("/proc/kcore"),
             Path("/proc/kmsg"), Path("/proc/1/root/etc"), Path(f"/proc/{os.getpid()}/environ"),
             Path("/run/docker.sock"), Path("/dev/vda"), Path("/dev/mem")]  # fmt: skip
    os.environ["GRADER_TOKEN"] = SECRET
    try:
        found, outcome = probe(f"""
def read(path):
    return os.listdir(path) if os.path.isdir(path) else repr(open(path, 'rb').read(99))
for path in {[str(path) for path in paths]}: attempt(path, lambda: read(path))
environ = [open(path, 'rb').read() for path in glob.glob('/proc/[0-9]*/environ')
           if os.access(path, os.R_OK)]
found['environ'] = str(environ) + str(dict(os.environ))
found['pids'] = [int(name) for name in os.listdir('/proc') if name.isdigit()]
found['tests'] = [p for p in ('/kit', '/files') for _, _, names in os.walk(p) for n in names
                  if n.endswith('.ipynb') or 'grading' in n]
attempt('import grading', lambda: str(__import__('grading')))
found['memory'] = [line for line in open('/proc/self/maps') if 'notebook' in line]
found['oom'] = open('/proc/self/oom_score_adj').read().strip()
found['status'] = open('/proc/self/status').read()
""")
    finally:
        del os.environ["GRADER_TOKEN"]
    return [str(path) for path in paths], found, outcome


def test_nothing_of_the_instructors_can_be_read(reading):
    paths, found, outcome = reading
    assert {path: found[path] for path in paths if not found[path].startswith("refused")} == {}
    assert SECRET not in json.dumps(outcome.notebook)
    assert found["tests"] == [] and found["import grading"].startswith("refused")


def test_only_its_own_processes_and_no_secret_of_the_environment_are_seen(reading):
    found = reading[1]
    assert "GRADER_TOKEN" not in found["environ"] and SECRET not in found["environ"]
    assert max(found["pids"]) < 10 and len(found["pids"]) < 6


def test_it_holds_no_privilege_and_is_the_first_to_go_when_memory_runs_out(reading):
    status = dict(line.split(":\t", 1) for line in reading[1]["status"].splitlines())
    assert {status[f"Cap{kind}"] for kind in ("Inh", "Prm", "Eff", "Bnd", "Amb")} == {"0" * 16}
    assert status["NoNewPrivs"] == "1" and status["Seccomp"] == "2"
    assert "0" not in status["Uid"].split() and not status["Groups"].strip()
    assert reading[1]["oom"] == "1000"


def test_nothing_outside_of_its_rooms_can_be_written(house):
    environment = next(Path(sys.prefix).glob("lib/*/site-packages"))
    targets = [
        house.root / "gradebook.db",
        house.submitted / "ana/tiny/1_square.ipynb",
        house.source / "tiny/1_square.ipynb",
        house.root / "nbgrader_config.py",
        environment / "evil.pth",
        Path.home() / ".ipython/profile_default/startup/0.py",
        Path(box_module.__file__),
        Path("/usr/evil"),
        Path("/etc/passwd"),
        Path("/kit/helpers/tick.py"),
        Path("/files/evil"),
        Path("/connection.json"),
        Path("/evil"),
        Path("/proc/sys/kernel/core_pattern"),
        Path("/proc/sysrq-trigger"),
        Path("/proc/1/oom_score_adj"),
        Path("/sys/devices/system/cpu/cpu1/online"),
    ]
    before = digest(house.root) | digest(environment / "nbgrader")  # fmt: skip
    found, _ = probe(f"""
def write(path):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'a') as file: file.write('evil')
for path in {[str(path) for path in targets]}: attempt(path, lambda: write(path))
def rooms(start='/'):
    for parent, folders, names in os.walk(start):
        if parent == '/': folders[:] = [f for f in folders if f != 'proc']
        if os.access(parent, os.W_OK): yield parent; folders[:] = []
found['rooms'] = sorted(rooms())
os.makedirs(os.path.expanduser('~/.ipython/profile_default/startup'), exist_ok=True)
write(os.path.expanduser('~/.ipython/profile_default/startup/0.py'))
# Since Python 3.12 a fork beside threads warns, and a kernel has threads.
__import__('warnings').simplefilter('ignore', DeprecationWarning)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        import time
        for _ in range(200):
            time.sleep(0.1)
            for path in {[str(path) for path in targets]}: attempt(path, lambda: write(path))
    os._exit(0)
for pid in (-1, *range(3, 400)):
    if pid > 0: attempt(f'kill', lambda: os.kill(pid, 0) if pid != os.getpid() else None)
attempt('stop 1', lambda: os.kill(1, 9))
""")
    # The box has a /tmp and a ~ of its own: what it writes there is not the host's.
    tried = [path for path in map(str, targets) if not path.startswith("/tmp/")]
    assert [path for path in tried if not str(found[path]).startswith("refused")] == []
    assert set(found["rooms"]) <= {"/tmp", "/dev/shm", "/home/student", "/dev/pts", "/dev/mqueue"}
    time.sleep(1)  # the daemon's turn
    assert digest(house.root) | digest(environment / "nbgrader") == before
    assert not (environment / "evil.pth").exists() and not Path("/usr/evil").exists()


def test_the_network_of_the_host_is_not_there(tmp_path):
    abstract, plain = f"\0grading-{os.getpid()}", tmp_path / "host.sock"
    with socket.create_server(("127.0.0.1", 0)) as tcp, socket.socket(socket.AF_UNIX) as one, \
            socket.socket(socket.AF_UNIX) as two:  # fmt: skip
        one.bind(abstract)
        two.bind(str(plain))
        for each in (one, two):
            each.listen()
        found, _ = probe(f"""
def connect(family, kind, address):
    with socket.socket(family, kind) as s:
        s.settimeout(1)
        s.connect(address)
        if kind == socket.SOCK_DGRAM: s.send(b'x')
INET, TCP, UDP = socket.AF_INET, socket.SOCK_STREAM, socket.SOCK_DGRAM
attempt('host', lambda: connect(INET, TCP, ('127.0.0.1', {tcp.getsockname()[1]})))
attempt('tcp', lambda: connect(INET, TCP, ('1.1.1.1', 80)))
attempt('udp', lambda: connect(INET, UDP, ('1.1.1.1', 53)))
attempt('tcp6', lambda: connect(socket.AF_INET6, TCP, ('2606:4700::1111', 80)))
attempt('dns', lambda: socket.getaddrinfo('example.org', 80))
attempt('abstract', lambda: connect(socket.AF_UNIX, TCP, {abstract!r}))
attempt('unix', lambda: connect(socket.AF_UNIX, TCP, {str(plain)!r}))
attempt('docker', lambda: connect(socket.AF_UNIX, TCP, '/run/docker.sock'))
attempt('vsock', lambda: socket.socket(40, TCP))
attempt('packet', lambda: socket.socket(17, socket.SOCK_RAW))
attempt('raw', lambda: socket.socket(INET, socket.SOCK_RAW, 1))
attempt('alg', lambda: socket.socket(38, 5))
import struct
def netlink():
    s = socket.socket(16, socket.SOCK_RAW, 0)
    s.bind((0, 0))
    body = struct.pack('BBHiII', 0, 0, 0, 1, 1, 1)  # RTM_NEWLINK: set lo up
    s.send(struct.pack('IHHII', 16 + len(body), 16, 5, 1, 0) + body)
    error = struct.unpack('i', s.recv(4096)[16:20])[0]
    if error: raise OSError(-error, '')
attempt('netlink', netlink)
found['sockets'] = [line.split()[-1] for line in open('/proc/net/unix') if '/' in line]
""")
    sockets = found.pop("sockets")
    assert {k: v for k, v in found.items() if not str(v).startswith("refused")} == {}
    assert str(plain) not in sockets and len(sockets) < 10  # its own channels


def numbers(rows):
    """Names and the numbers that they have on this machine."""
    column = seccomp.MACHINES[platform.machine()][1]
    return {name: row[column] for name, row in rows.items()}


needs_filter = pytest.mark.skipif(
    platform.machine() not in seccomp.MACHINES, reason="there is no filter for this machine"
)


@needs_filter
def test_the_filter_refuses_the_system_calls_of_escapes():
    """Their arguments are wrong, or do no harm: without the filter the answer is another one.

    But for pivot_root, and on some systems syslog, where the system itself says EPERM first.
    """
    rows = seccomp.REFUSED | {"clone3": seccomp.CLONE3}
    found, _ = probe(f"""
CLONE = {numbers({"clone": seccomp.CLONE})["clone"]}
ARGUMENTS = dict(mount=(1, 1, 1, 0, 1), umount2=(b'/', -1), memfd_create=(b'x', 0),
    keyctl=(0, -3, 1), shmget=(0, 4096, 0o1600), semget=(0, 1, 0o1600), msgget=(0, 0o1600),
    bpf=(0, 1, 9999), syslog=(3, ctypes.create_string_buffer(99), 99), userfaultfd=(1,),
    perf_event_open=(1, 0, -1, -1, 0), io_uring_setup=(1, ctypes.create_string_buffer(200)))
for name, number in {numbers(rows)}.items():
    attempt(name, lambda: call(number, *ARGUMENTS.get(name, (-1,) * 6)))
attempt('clone user', lambda: clone(0x10000000))
""")
    assert found.pop("clone3") == "ENOSYS"  # so that the C library calls clone in its stead
    assert found == dict.fromkeys([*seccomp.REFUSED, "clone user"], "EPERM")


@needs_filter
def test_nothing_that_takes_a_privilege_can_be_done():
    privileged = {
        "chroot": (161, 51), "reboot": (169, 142), "init_module": (175, 105),
        "swapon": (167, 224), "sethostname": (170, 161), "fsopen": (430, 430),
        "move_mount": (429, 429), "open_tree": (428, 428), "settimeofday": (164, 170),
    }  # fmt: skip
    found, _ = probe(f"""
CLONE = {numbers({"clone": seccomp.CLONE})["clone"]}
ARGUMENTS = dict(chroot=(b'/tmp',), fsopen=(b'tmpfs', 0), sethostname=(b'x', 1),
    open_tree=(-100, b'/', 1), settimeofday=(ctypes.create_string_buffer(16), 0))
def refused(answer): return 'refused' if answer in ('EPERM', 'ENOSYS') else answer
for name, number in {numbers(privileged)}.items():
    attempt(name, lambda: refused(call(number, *ARGUMENTS.get(name, (0,) * 5))))
for name, flag in dict(mount=0x20000, net=0x40000000, pid=0x20000000).items():
    attempt(f'clone {{name}}', lambda: refused(clone(flag)))
def run(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    return f'{{done.returncode}} {{done.stdout}}' if done.returncode == 0 else 'refused'
attempt('unshare program', lambda: run('unshare', '-Ur', 'id'))
attempt('su', lambda: run('su', '-c', 'id'))
suid = [p for d in ('/usr/bin', '/usr/sbin', '/usr/lib') for r, _, n in os.walk(d) for f in n
        for p in [os.path.join(r, f)] if os.path.isfile(p) and os.stat(p).st_mode & 0o6000]
found['setuid'] = 'refused' if all('nosuid' in line for line in open('/proc/mounts')
                                   if line.split()[1] in ('/usr', '/tmp')) else str(suid)
attempt('setuid 0', lambda: os.setuid(0))
attempt('device', lambda: os.mknod('/tmp/vda', 0o60600, os.makedev(254, 0)))
attempt('core', lambda: __import__('resource').setrlimit(4, (-1, -1)))
attempt('tty', lambda: open('/dev/tty').read(1))
attempt('oom', lambda: open('/proc/self/oom_score_adj', 'wb', 0).write(b'-1000'))
""")
    assert {k: v for k, v in found.items() if not str(v).startswith("refused")} == {}


def test_no_folder_is_shared_and_the_sockets_stay_the_graders_own():
    found, _ = probe("""
mounts = [line.split() for line in open('/proc/mounts')]
found['writable'] = [m[1] for m in mounts if 'rw' in m[3].split(',') and m[2] not in
                     ('tmpfs', 'proc', 'devpts', 'devtmpfs', 'mqueue')]
connection = json.load(open('/connection.json'))
attempt('link', lambda: os.symlink('/run/docker.sock', connection['ip'] + '-1'))
""")
    assert found["writable"] == [] and found["link"].startswith("refused")


def test_a_box_meets_neither_sockets_nor_processes_of_another_one_that_runs_beside_it():
    with ThreadPoolExecutor(1) as beside:
        other = beside.submit(execute, tiny.job("import time\ntime.sleep(20)"))
        time.sleep(3)
        found, _ = probe("""
import stat
found['sockets'] = [
    os.path.join(folder, name)
    for folder, _, names in os.walk('/') if not folder.startswith('/proc') for name in names
    if stat.S_ISSOCK(os.lstat(os.path.join(folder, name)).st_mode)]
found['named'] = [line for line in open('/proc/net/unix') if 'grading-' in line]
own = '1', str(os.getpid())
found['kernels'] = [p for p in os.listdir('/proc') if p.isdigit() and p not in own
                    and b'python' in open(f'/proc/{p}/cmdline', 'rb').read()]
""")
        assert not other.done()
        assert found == {"sockets": [], "named": [], "kernels": []}
        assert other.result().earned == 8


def test_odd_files_of_a_submission_are_left_out_with_a_reason(tmp_path):
    folder, outside = tmp_path / "hand-in", tmp_path / "gradebook.db"
    (folder / "deep").mkdir(parents=True)
    outside.write_text(SECRET)
    (folder / "book.csv").symlink_to(outside)
    (folder / "zero").symlink_to("/dev/zero")
    (folder / "loop").symlink_to(folder)
    (folder / "dangling").symlink_to(tmp_path / "nowhere")
    os.mkfifo(folder / "deep/pipe")
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(folder / "socket"))
    with (folder / "huge.bin").open("wb") as file:
        file.truncate(2**40)  # no space on disk, a terabyte to read
    (folder / os.fsdecode(b"\xff.txt")).write_text("")
    (folder / "right.csv").write_text("1,2")
    many = tmp_path / "many"
    many.mkdir()
    for number in range(30):
        (many / f"{number}.txt").write_text("")
    limits = Limits(files=20)
    files, refused = submitted_files(folder, [], limits, read_regular)
    assert files == {"right.csv": b"1,2"}
    assert {name: why.split(": ")[1] for name, why in refused.items()} == {
        **dict.fromkeys(["book.csv", "zero", "loop", "dangling"], "it is a link, not a file"),
        **dict.fromkeys(["deep/pipe", "socket"], "it is a device, pipe or socket, not a file"),
        "huge.bin": "over 100 MB",
        "?.txt": "its name is not valid text",
    }
    assert len(unfit(folder, limits)) == 7
    files, refused = submitted_files(many, [], limits, read_regular)
    assert len(files) == 20 and "more than 20 files" in refused["9.txt"]


@pytest.mark.parametrize(
    ("path", "provided", "clash"),
    [
        ("figures", "figures/a.png", True),
        ("data.csv/x", "data.csv", True),
        ("a/b", "a/b/c/d", True),
        ("data.csv", "data.csv", False),  # the master's comes first, nothing else to say
        ("figures/b.png", "figures/a.png", False),
        ("figures2", "figures/a.png", False),
    ],
)
def test_a_file_clashes_with_a_folder_of_the_masters_and_the_reverse(path, provided, clash):
    assert clashes({path}, {provided}) == ({path} if clash else set())


def test_odd_folders_cost_nobody_a_mark(tmp_path):
    course = tiny.make_course(tmp_path)
    source = course.source / tiny.ASSIGNMENT
    (source / "figures").mkdir()
    (source / "figures/a.txt").write_text("")
    (source / "data.csv").write_text("")
    build(course.assignment(tiny.ASSIGNMENT))
    folder = hand_in(course, "ana", name=None)
    (folder / "figures").write_text("no es una carpeta")
    (folder / "data.csv").mkdir()
    (folder / "data.csv/a").write_text("no es un archivo")
    deep = hand_in(course, "bea", name=None)
    for _ in range(1100):  # as deep as an archive can be, deeper than Python calls itself
        deep = deep / "d"
    subprocess.run(["mkdir", "-p", str(deep)], check=True)
    hand_in(course, "zoe", name=None)
    outcomes = {
        outcome.submission: outcome for outcome, _ in run(course.assignment(tiny.ASSIGNMENT))
    }
    assert outcomes["ana"].marks == outcomes["zoe"].marks == 8
    assert "over 30 folders in one another" in outcomes["bea"].reason
    job = tiny.submitted_job(course.assignment(tiny.ASSIGNMENT), "ana", "1_square")
    outcome = OutcomeStore(course.root).get(job.key)
    assert sorted(incident.text for incident in outcome.incidents) == [
        f"{name}: left out: the assignment has a file, folder or module of that name"
        for name in ("data.csv/a", "figures")
    ]
    subprocess.run(["rm", "-rf", str(course.submitted / "bea")], check=True)


STAMPS = {
    "a link to /dev/zero": lambda path: path.symlink_to("/dev/zero"),
    "a pipe": os.mkfifo,
    "junk": lambda path: path.write_bytes(b"\xff\x00 ayer a la tarde \x1b[2J"),
    "huge": lambda path: (path.touch(), os.truncate(path, 2**40)),
    "far": lambda path: path.write_text("9999-99-99 99:99:99 Nowhere/Land"),
    "empty": lambda path: path.write_text(""),
    "a folder": Path.mkdir,
}


@pytest.fixture(scope="module")
def stamped(tmp_path_factory):
    """A class with a hostile timestamp.txt each, a hostile file, and someone honest at the end."""
    course = tiny.make_course(tmp_path_factory.mktemp("stamps"))
    build(course.assignment(tiny.ASSIGNMENT))
    for number, make in enumerate(STAMPS.values()):
        make(hand_in(course, f"s{number}", name=None) / "timestamp.txt")
    hand_in(course, "zoe", name=None)
    return course


def test_a_timestamp_that_is_none_costs_nobody_a_mark(stamped):
    outcomes = {
        outcome.submission: outcome for outcome, _ in run(stamped.assignment(tiny.ASSIGNMENT))
    }
    marks = {name: outcomes[f"s{number}"].marks for number, name in enumerate(STAMPS)}
    assert marks == dict.fromkeys(STAMPS, 8) and outcomes["zoe"].marks == 8


@pytest.mark.parametrize("stamp", STAMPS)
def test_the_stock_command_survives_a_timestamp_that_is_none(stamped, stamp):
    student = f"s{list(STAMPS).index(stamp)}"
    command = [sys.executable, "-m", "nbgrader", "autograde", tiny.ASSIGNMENT, "--force"]
    done = subprocess.run([*command, "--student", student], cwd=stamped.root, timeout=60,
                          capture_output=True, text=True)  # fmt: skip
    assert done.returncode == 0, done.stderr[-900:]
    assert not CONTROL.search(done.stderr.replace("\n", ""))


RUDE = "\x1b[2J\x1b]0;título\x07\u202e"
SAY = """\
kernel = get_ipython().kernel
def send(kind, content):
    kernel.session.send(kernel.iopub_socket, kind, content, parent=kernel.get_parent())
nested = 1
for _ in range(150): nested = [nested]
send('display_data', {'data': {'text/plain': 5, 'image/png': 'x', 'text/html': ['a']},
                      'metadata': {'a': nested}})
send('display_data', {'data': {'text/plain': '\\ud800'}, 'metadata': {}})
send('stream', {'name': 7, 'text': None})
send('stream', {'name': 'stdout', 'text': '\\x1b[2J\\ud800\\x00'})
send('execute_result', {'data': {'text/plain': '5.0'}, 'metadata': {}, 'execution_count': 'x'})
send('error', {'ename': 5, 'evalue': None, 'traceback': 'x'})
send('clear_output', {}); send('update_display_data', {'transient': {}, 'data': 5})
send('comm_open', {'comm_id': 'x', 'data': {'state': 5}, 'target_name': 'y'})
send('nonsense', 5)
"""


def test_rude_text_and_foreign_outputs_reach_neither_terminal_nor_records(built, monkeypatch):
    def edited(change):
        node = solved("1_square")
        change(node)
        return json.dumps(node).encode()

    raises = f"raise type({RUDE!r}, (Exception,), {{}})({RUDE!r} * 9)"
    hand_in(built, "ana", name=None,
            square=edited(lambda node: node.cells[4].update(source=raises)))  # fmt: skip
    hand_in(
        built,
        "bea",
        name=None,
        square=edited(lambda node: node.cells.insert(2, nbformat.v4.new_code_cell(SAY))),
    )
    deep = json.loads("[" * 400 + "]" * 400)
    hand_in(built, "cai", name=None,
            square=edited(lambda node: node.metadata.update(x=deep)))  # fmt: skip
    (hand_in(built, "dan", name=None) / f"{RUDE}.csv").write_text("")
    folder = hand_in(built, f"eva{RUDE}", name=None)
    shutil.move(folder / "1_square.ipynb", folder / f"{RUDE}.ipynb")
    (built.submitted / "fin").symlink_to(built.submitted / "dan")
    monkeypatch.chdir(built.root)
    result = CliRunner().invoke(main, ["run", tiny.ASSIGNMENT])
    assert not CONTROL.search(result.output.replace("\n", "")), result.output
    outcomes = {
        outcome.submission: outcome for outcome, _ in run(built.assignment(tiny.ASSIGNMENT))
    }
    square = {name: outcome.notebooks[0] for name, outcome in outcomes.items()}
    failed = {name: n.reason for name, n in square.items() if n.status is Status.GRADER_FAILED}
    assert failed == {}
    assert (square["ana"].marks, square["ana"].status) == (5, Status.STUDENT_ERROR)
    assert square["bea"].marks == 8 and square["dan"].marks == 8
    assert square["cai"].marks in (0, 8)
    assert "fin" not in square or square["fin"].marks == 0  # a link is nobody's work


def test_an_ordinary_users_box_holds_as_well(monkeypatch):
    """The options that bubblewrap gets from a user who is not root, with Debian's Python."""
    with ordinary_users_box(monkeypatch) as (_, bubblewrap):
        code = (
            LOOK
            + f"""
attempt('shadow', lambda: open('/etc/shadow').read())
attempt('home', lambda: os.listdir({str(Path.home())!r}))
attempt('usr', lambda: open('/usr/evil', 'w'))
attempt('kit', lambda: open('/kit/evil', 'w'))
attempt('dev', lambda: open('/dev/evil', 'w'))
attempt('chmod', lambda: os.chmod('/kit', 0o777))
attempt('setuid', lambda: os.setuid(0))
attempt('user namespace', lambda: call(272, 0x10000000))
attempt('out', lambda: socket.create_connection(('1.1.1.1', 80), 1))
found['ids'] = [os.getuid(), os.getgid(), os.listdir('/home')]
found['pids'] = [name for name in os.listdir('/proc') if name.isdigit()]
"""
        )
        found = run_as_user([*bubblewrap, PYTHON, "-I", "-c", code + TELL])
    assert found.pop("ids") == [USER, USER, ["student"]]
    assert len(found.pop("pids")) <= 3
    # No filter here: what bubblewrap's --disable-userns leaves, see user_namespaces(7).
    assert found.pop("user namespace") in ("ENOSPC", "EPERM")
    assert {k: v for k, v in found.items() if not str(v).startswith("refused")} == {}
