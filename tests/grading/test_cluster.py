"""Jobs run on a Dask cluster as they do here, whoever of it dies; who can't is refused by name."""

import gc
import select
import shutil
import socket
import subprocess
import threading
import time
from dataclasses import replace
from pathlib import Path

import dask
import distributed
import psutil
import pytest
import tiny
from dask_processes import Processes, runner_of
from traitlets.config import Config

import grading
from grading.cluster import acceptance, cluster, roster
from grading.cluster.acceptance import is_private
from grading.cluster.cluster import Cluster, SchedulerLost, WorkerLost
from grading.course import CourseError
from grading.execution.execute import execute
from grading.model.outcome import Outcome, Status

WAIT = 180


@pytest.fixture(scope="module")
def processes(tmp_path_factory):
    processes = Processes(tmp_path_factory.mktemp("dask"))
    yield processes
    processes.stop()


@pytest.fixture(scope="module")
def address(processes):
    """A scheduler with two workers that come back when they are killed."""
    address, _ = processes.scheduler()
    for name in ("one", "two"):
        processes.worker(address, name, nanny=True)
    return address


@pytest.fixture
def workers(address):
    with wait_for(address, 2) as workers:
        yield workers


def wait_for(address, count):
    """The cluster, once `count` of its workers are accepted."""
    workers = Cluster(address, Config())
    until(lambda: workers.workers == count)
    return workers


def until(reached, seconds=WAIT):
    deadline = time.monotonic() + seconds
    while not (found := reached()):
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.05)
    return found


def encoded(job):
    return job.to_json().encode()


def decoded(future):
    return Outcome.from_json(future.result(WAIT).decode())


def sleeper(seconds):
    """A job whose box can be found from outside: it runs `sleep SECONDS`."""
    return tiny.job(f"import subprocess; subprocess.run(['sleep', '{seconds}'])")


TRAINING = """\
import subprocess
import numpy as np
from helpers.training import epochs

W = np.ones(2)
for epoch in epochs(14, params=[W]):
    W -= 0.1 * W * W
    if epoch == 13:
        subprocess.run(["sleep", "{seconds}"])"""


def trainer(seconds):
    """A sleeper whose training is known, so that it sleeps in the middle of its proof."""
    lesson = execute(replace(tiny.job(TRAINING.format(seconds=0)), teaches=True))
    return replace(tiny.job(TRAINING.format(seconds=seconds)), trainings=lesson.trainings)


QUICK = tiny.job(name="2_name")
HONEST = {
    "right": QUICK,
    "wrong, and one raises": tiny.job("1 / 0", square="def square(x):\n    return 4"),
}


def test_outcomes_are_those_of_this_machine_check_by_check(workers):
    futures = {name: workers.submit(encoded(job)) for name, job in HONEST.items()}
    for name, job in HONEST.items():
        here, there = execute(job), decoded(futures[name])
        assert (there.key, there.status, there.checks) == (job.key, here.status, here.checks)
        assert there.incidents == here.incidents and there.confined


def test_what_is_no_job_raises_here_what_it_raised_there(workers):
    with pytest.raises(ValueError, match="a Job of another version of the kit"):
        workers.submit(b'{"version": 0}').result(WAIT)


def test_a_job_whose_worker_is_killed_ends_on_another_and_no_box_stays(workers, processes):
    future = workers.submit(encoded(trainer("3.0625")))
    worker = until(lambda: runner_of("3.0625"))
    inside = worker.children(recursive=True)
    worker.kill()
    assert len(inside) > 3  # bubblewrap, the kernel, its sleep, the examiner
    assert psutil.wait_procs(inside, timeout=10)[1] == []
    outcome = decoded(future)
    assert outcome.earned == 8 and [loop.replayed for loop in outcome.loops] == [True]
    assert any("was lost; its job is run again (2 of 3)" in line for line in workers.problems)


def test_a_job_that_kills_its_workers_is_set_aside_and_the_others_are_done(workers):
    killed, done = set(), threading.Event()

    def kill():
        while not done.wait(0.05):
            if (worker := runner_of("86399.5")) and worker.pid not in killed:
                killed.add(worker.pid)
                worker.kill()

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        guilty = workers.submit(encoded(sleeper("86399.5")))
        others = [workers.submit(encoded(QUICK)) for _ in range(2)]
        with pytest.raises(WorkerLost, match="3 workers ended while they ran it"):
            guilty.result(WAIT)
        assert [decoded(other).earned for other in others] == [4, 4]
    finally:
        done.set()
        killer.join()
    assert len(killed) == 3


def test_closing_ends_what_runs_and_the_workers_are_free_again(address):
    first = wait_for(address, 2)
    running = first.submit(encoded(sleeper("86399.25")))
    worker = until(lambda: runner_of("86399.25"))
    first.close()
    assert running.exception(0) is not None
    assert psutil.wait_procs([worker], timeout=10)[1] == [] and runner_of("86399.25") is None
    with pytest.raises(SchedulerLost, match="closed"):
        first.submit(b"")
    wait_for(address, 2).close()  # a worker answers when it runs nothing


# --- The scheduler is gone, or every worker ------------------------------------------------------


def test_when_the_scheduler_is_killed_every_job_ends_with_a_word(processes):
    address, scheduler = processes.scheduler()
    processes.worker(address, "orphan")
    with Cluster(address, Config()) as workers:
        futures = [workers.submit(encoded(sleeper("86399.75"))) for _ in range(2)]
        scheduler.kill()
        for future in futures:
            with pytest.raises(SchedulerLost, match="connection to the scheduler was lost|answer"):
                future.result(WAIT)
        with pytest.raises(SchedulerLost):
            workers.submit(encoded(QUICK))


def test_when_no_worker_is_left_what_waits_ends_with_a_word(processes, monkeypatch):
    monkeypatch.setattr(cluster, "ALONE_SECONDS", 1)
    address, _ = processes.scheduler()
    worker = processes.worker(address, "last")
    with Cluster(address, Config()) as workers:
        future = workers.submit(encoded(sleeper("86399.125")))
        worker.kill()
        with pytest.raises(SchedulerLost, match="no worker is left"):
            future.result(WAIT)


# --- Addresses -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "private"),
    [
        ("tcp://127.0.0.1:8786", True),
        ("tcp://127.8.9.1:8786", True),
        ("tcp://localhost:8786", True),
        ("tcp://[::1]:8786", True),
        ("tls://grader.example.org:8786", True),
        ("tls://192.0.2.7:8786", True),
        ("tcp://192.0.2.7:8786", False),
        ("tcp://[2001:db8::1]:8786", False),
        ("tcp://0.0.0.0:8786", False),
        ("tcp://grader.example.org:8786", False),
        ("tcp://localhost.example.org:8786", False),
        ("tcp://127.0.0.1.example.org:8786", False),
        ("tcp://127.0.0.1@192.0.2.7:8786", False),
    ],
)
def test_on_a_network_an_address_must_be_encrypted(address, private):
    assert is_private(address) is private


def test_a_plain_address_off_this_machine_is_refused_without_contacting_it():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(CourseError) as refused:
            Cluster(f"tcp://127.1:{port}", Config())  # a name to the kit, this machine in truth
        assert select.select([listener], [], [], 0.2)[0] == []
    assert f"tcp://127.1:{port} was not contacted" in str(refused.value)
    assert f"--protocol tls and use tls://127.1:{port}" in str(refused.value)


@pytest.mark.parametrize(
    "address",
    ["", "host", "127.0.0.1:8786", "tcp://:8786", "tcp://localhost", "tcp://h:x", "ws://h:1"],
)
def test_what_is_no_address_is_refused_with_an_example(address):
    with pytest.raises(CourseError, match="write tls://HOST:PORT"):
        Cluster(address, Config())


def test_where_nobody_answers_it_is_said_soon(monkeypatch):
    monkeypatch.setattr(roster, "CONNECT_SECONDS", 1)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(CourseError, match=f"No Dask scheduler answers at tcp://127.0.0.1:{port}"):
        Cluster(f"tcp://127.0.0.1:{port}", Config())


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    """Dask's options for certificates that an authority of their own has signed."""
    folder = tmp_path_factory.mktemp("certificates")
    key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
    for command in (
        f"req -x509 {key} -subj /CN=authority -keyout authority-key.pem -out authority.pem",
        f"req {key} -subj /CN=grading -keyout key.pem -out request.pem",
        "x509 -req -in request.pem -CA authority.pem -CAkey authority-key.pem -CAcreateserial "
        "-out certificate.pem",
    ):
        subprocess.run(["openssl", *command.split()], cwd=folder, check=True, capture_output=True)
    names = {"ca-file": "authority.pem", "cert": "certificate.pem", "key": "key.pem"}
    return {name: str(folder / file) for name, file in names.items()}


def test_an_encrypted_cluster_takes_its_certificates_from_dasks_configuration(
    processes, certificates
):
    options = [f"--tls-{name}={file}" for name, file in certificates.items()]
    address, _ = processes.scheduler(*options, protocol="tls")
    processes.worker(address, "secret", *options)
    # A wait of few seconds is for the connection that must fail; a loaded machine may need more.
    with pytest.MonkeyPatch.context() as impatient:
        impatient.setattr(roster, "CONNECT_SECONDS", 5)
        with pytest.raises(CourseError, match="Are the certificates configured?"):
            Cluster(address, Config())
    # Dask waits for itself when what is left of one client ends while another one starts.
    assert not [each for each in gc.get_objects() if isinstance(each, distributed.Client)]
    tls = {"ca-file": certificates["ca-file"]}
    tls |= {f"client.{name}": certificates[name] for name in ("cert", "key")}
    tls = {f"distributed.comm.tls.{name}": file for name, file in tls.items()}
    with dask.config.set(tls), Cluster(address, Config()) as workers:
        assert decoded(workers.submit(encoded(QUICK))).earned == 4


# --- Workers that differ --------------------------------------------------------------------------


def shadow_numpy(folder: Path) -> dict:
    """Variables with which a Python finds another version of NumPy installed."""
    info = folder / "numpy-2.0.1.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: numpy\nVersion: 2.0.1\n")
    return {"PYTHONPATH": str(folder)}


def another_kit(folder: Path) -> dict:
    skip = shutil.ignore_patterns("__pycache__")
    shutil.copytree(Path(grading.__file__).parent, folder / "grading", ignore=skip)
    with (folder / "grading/execution/execute.py").open("a") as file:
        file.write("# corrected here, and nowhere else\n")
    return {"PYTHONPATH": str(folder)}


def no_kit(folder: Path) -> dict:
    (folder / "grading").mkdir(parents=True)
    (folder / "grading/__init__.py").write_text("raise ImportError('there is no kit')\n")
    return {"PYTHONPATH": str(folder)}


def no_bubblewrap(folder: Path) -> dict:
    folder.mkdir()
    return {"PATH": str(folder)}


MISFITS = {
    "shadowed": (shadow_numpy, f"numpy 2.0.1, here {acceptance.package_versions()['numpy']}"),
    "edited": (another_kit, "another edition of the kit"),
    "bare": (no_kit, "it can't import the kit (ImportError: there is no kit)"),
    "unboxed": (no_bubblewrap, "no sandbox: bubblewrap is not installed"),
    "wide": (None, "several jobs would share its process; start it with --nthreads 1 --nworkers 2"),
}


@pytest.fixture(scope="module")
def misfits(processes, tmp_path_factory):
    """A scheduler whose workers are none that could be used."""
    address, _ = processes.scheduler()
    for name, (prepare, _) in MISFITS.items():
        variables = prepare(tmp_path_factory.mktemp(name) / "path") if prepare else {}
        processes.worker(address, name, threads=1 if prepare else 2, **variables)
    until(lambda: all("Starting established" in log(processes, name) for name in MISFITS))
    return address


def log(processes, name):
    return (processes.folder(name) / "log").read_text()


def test_without_a_worker_that_can_be_used_each_is_named_with_its_reason(misfits):
    with pytest.raises(CourseError) as refused:
        Cluster(misfits, Config())
    lines = str(refused.value).splitlines()
    assert lines[0] == f"No worker of the cluster at {misfits} can be used:"
    for name, (_, reason) in MISFITS.items():
        assert [line for line in lines if f"worker {name} (" in line and reason in line], name
    assert "docs/cluster.md" in lines[-1]


def test_one_that_joins_later_is_used_and_the_refused_stay_idle(misfits, processes):
    good = processes.worker(misfits, "good")
    until(lambda: "Starting established" in log(processes, "good"))
    with Cluster(misfits, Config()) as workers:
        assert workers.workers == 1 and len(workers.problems) == len(MISFITS)
        futures = [workers.submit(encoded(QUICK)) for _ in range(2)]
        outcomes = [decoded(future) for future in futures]
        # A key holds the worker's own digest: a misfit's outcome would have another.
        assert {outcome.key for outcome in outcomes} == {QUICK.key}
        assert {outcome.status for outcome in outcomes} == {Status.GRADED}
        processes.worker(misfits, "late")
        until(lambda: workers.workers == 2)
    good.kill()


def test_where_no_sandbox_is_asked_for_a_worker_needs_none():
    here = {"python": "3", "packages": {}, "kit": "k", "kit_now": "k", "no_box": ""}
    there = here | {"no_box": "bubblewrap needs Linux"}
    assert acceptance.differences(there, here, confined=False) == []
    assert acceptance.differences(there, here, confined=True) != []


def test_a_kit_that_was_changed_after_its_worker_started_is_refused():
    here = {"python": "3", "packages": {}, "kit": "k", "kit_now": "k", "no_box": ""}
    (reason,) = acceptance.differences(here | {"kit_now": "n"}, here, confined=True)
    assert "restart it" in reason
