"""A class whose notebook trains: what agrees with the master's training is not repeated. No mark
tells whether it was, nor where the notebook ran."""

import json
import shutil
from base64 import b64decode, b64encode

import msgpack
import nbformat
import pytest
import tiny
from class_run import marks, outcomes
from dask_processes import Processes

from grading.batch.audit import AuditFailed
from grading.batch.progress import Progress
from grading.batch.run import Options, run
from grading.masters.answers import solved
from grading.masters.build import build

SETUP = """\
import numpy as np
from helpers import tick
from helpers.training import epochs"""
STEP = """\
def step(W, x):
    ### BEGIN SOLUTION
    return W @ x
    ### END SOLUTION"""
TRAINING = """\
np.random.seed(1)
W = np.random.randn(4, 4)
losses = []
for epoch in epochs(40, params=[W], history={"losses": losses}):
    x = np.random.randn(4)
    y = step(W, x)
    W -= 0.05 * np.outer(y, x)
    losses.append(float(y @ y))"""
CHECK = """\
# Entrenamiento
with tick.marks(6):
    assert len(losses) == 40 and losses[-1] < losses[0]
    ### BEGIN HIDDEN TESTS
    assert abs(W).max() < 1.2, "W: revisen step"
    ### END HIDDEN TESTS"""
SHAPE = """\
# Forma
with tick.marks(2):
    assert step(np.eye(2), np.ones(2)).shape == (2,)"""
TALLY = 'tick.summarise_marks("1_train", lab={"1_train": 8})'

STEPS = {
    "as-the-master": "return W @ x",
    "dot": "salida = np.dot(W, x)\n    return salida",
    "sums": "return np.array([sum(fila[k] * x[k] for k in range(len(x))) for fila in W])",
    "backwards": "return (W[:, ::-1] * x[::-1]).sum(axis=1)",
    "wrong": "return -(W @ x)",
    "blank": 'raise NotImplementedError("Falta completar este ejercicio")',
}
KNOWN = {"as-the-master", "dot", "sums", "backwards"}
FULL, PART = (6, 2), (0, 2)
EARNED = dict.fromkeys(STEPS, FULL) | {"wrong": PART, "blank": (0, 0)}


def master():
    return tiny.notebook(
        tiny.cell("locked", "imports", SETUP),
        tiny.cell("solution", "step", STEP),
        tiny.cell("locked", "training", TRAINING),
        tiny.cell("test", "training-check", CHECK, 6),
        tiny.cell("test", "shape-check", SHAPE, 2),
        tiny.cell("locked", "tally", TALLY),
    )


def answer(body):
    return f"def step(W, x):\n    {body}"


def write_class(root):
    """A released course with a student for each way of writing."""
    root.mkdir(parents=True, exist_ok=True)
    course = tiny.make_course(root)
    shutil.rmtree(course.source / tiny.ASSIGNMENT)
    tiny.write_masters(root, {"1_train": master()})
    build(course.assignment(tiny.ASSIGNMENT))
    for student, body in STEPS.items():
        folder = course.submitted / student / tiny.ASSIGNMENT
        folder.mkdir(parents=True)
        notebook = solved(master(), tiny.SOLUTIONS, {"step": f"{answer(body)}\n# {student}"})
        nbformat.write(notebook, folder / "1_train.ipynb")
    return course


def grade(course, **options):
    """The summaries of a run, by student."""
    found = run(course.assignment(tiny.ASSIGNMENT), Options(jobs=2, **options))
    return {summary.submission: summary for summary, _ in found}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return write_class(tmp_path_factory.mktemp("replayed"))


@pytest.fixture(scope="module")
def replayed(course):
    return grade(course)


def test_trainings_are_shared_with_all_who_compute_the_same_however_they_write_it(replayed):
    shared = {student for student, summary in replayed.items() if summary.notebooks[0].replayed}
    assert shared == KNOWN


def test_everybody_earns_what_the_answer_is_worth(course, replayed):
    found = marks(course)
    for student, (training, shape) in EARNED.items():
        assert found[student, "1_train", "training-check"] == (training, 6), student
        assert found[student, "1_train", "shape-check"] == (shape, 2), student


def test_the_marks_are_those_of_full_trainings_check_by_check(course, replayed, tmp_path):
    full = write_class(tmp_path)
    found = grade(full, replay=False)
    assert not any(summary.notebooks[0].replayed for summary in found.values())
    assert marks(full) == marks(course)


def test_a_cluster_gives_the_same_marks_and_shares_trainings_too(course, replayed, tmp_path):
    processes = Processes(tmp_path / "processes")
    try:
        address, _ = processes.scheduler()
        for name in ("one", "two"):
            processes.worker(address, name)
        there = write_class(tmp_path / "course")
        found = grade(there, scheduler=address)
    finally:
        processes.stop()
    assert marks(there) == marks(course)
    assert {s for s, summary in found.items() if summary.notebooks[0].replayed} == KNOWN


def test_a_second_run_teaches_and_runs_nothing(course, replayed):
    before = outcomes(course)
    grade(course)
    assert outcomes(course) == before


def test_the_reason_why_a_training_ran_in_full_is_kept(replayed):
    reasons = {student: summary.notebooks[0].in_full for student, summary in replayed.items()}
    assert reasons == {student: [] for student in STEPS} | {
        "wrong": ["after epoch 1, other numbers in params.0"],
        "blank": ["its loop was left"],
    }


def test_the_page_says_under_the_bar_that_the_training_was_verified_by_sampling(course, replayed):
    for student in STEPS:
        page = (course.feedback / student / tiny.ASSIGNMENT / "1_train.html").read_text("utf-8")
        assert ("Entrenamiento verificado por muestreo" in page) is (student in KNOWN)


def test_an_audit_of_all_finds_no_difference_in_marks_or_in_the_end_of_a_training(course, replayed):
    told = Told()
    run(course.assignment(tiny.ASSIGNMENT), Options(jobs=2, audit=100), told)
    assert told.sentences == [
        "Audit: 4 notebooks ran once more in full. The marks of all 8 checks and the ends of 4 "
        "trainings agree."
    ]


class Told(Progress):
    def __init__(self):
        self.sentences = []

    def audited(self, text):
        self.sentences.append(text)


def test_an_audit_says_loudly_where_a_replayed_notebook_fares_otherwise_in_full(tmp_path):
    course = write_class(tmp_path)
    key = grade(course)["dot"].notebooks[0].key
    (path,) = (path for path in outcomes(course) if path.stem == key)
    kept = json.loads(path.read_text())
    kept["checks"][0]["passed"] = False
    path.write_text(json.dumps(kept))
    with pytest.raises(AuditFailed, match="dot, 1_train, check training-check: 0 marks, in full 6"):
        grade(course, audit=100)


def test_an_audit_says_loudly_where_a_training_ends_otherwise_in_full(tmp_path):
    """It was honest in each epoch that was looked at: here the record's end was another one."""
    course = write_class(tmp_path)
    key = grade(course, submissions=("dot", "sums"))["dot"].notebooks[0].key
    (path,) = (path for path in outcomes(course) if json.loads(path.read_text())["trainings"])
    kept = json.loads(path.read_text())
    kept["trainings"] = {name: other_end(raw) for name, raw in kept["trainings"].items()}
    path.write_text(json.dumps(kept))
    with pytest.raises(AuditFailed, match="dot, 1_train, the training of training: in full it end"):
        grade(course, audit=100, submissions=("dot",))
    assert key


def other_end(raw):
    """A record, in base64, that says of another state that the training ends in it."""
    n, states = msgpack.unpackb(b64decode(raw), strict_map_key=False)
    return b64encode(msgpack.packb([n, states | {n: states[3]}])).decode()


def test_a_submission_alone_trains_by_itself(tmp_path):
    course = write_class(tmp_path)
    found = grade(course, submissions=("dot",))
    assert not found["dot"].notebooks[0].replayed
    assert len(outcomes(course)) == 1
