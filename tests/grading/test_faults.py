"""Whatever fails while a class is graded: nothing is lost, and running again finishes the job."""

import os
import random
import secrets
import shutil
import signal
import time

import nbformat
import psutil
import pytest
import tiny
from class_run import ClassRun, marks, outcomes, servers_of
from tiny import hand_in, solved

from grading.masters.build import build
from grading.model import summary as summaries
from grading.model.outcome import Outcome
from grading.model.store import OutcomeStore, StoreError
from grading.processes.pool import Pool, WorkerLost

FULL = {("1_square", "square-check"): 5, ("1_square", "cube-check"): 3, ("2_name", "name-check"): 4}
STUDENTS = ("ana", "bruno", "carla")


TRAINING = """\
import numpy as np
from helpers.training import epochs

W = np.ones(2)
for epoch in epochs(14, params=[W]):
    W -= 0.1 * square(W)"""


def with_training(notebook):
    """1_square with a training by the student's own function."""
    notebook.cells.insert(6, tiny.cell("locked", "square-training", TRAINING))
    return notebook


@pytest.fixture
def class_of_three(course):
    """Three complete submissions, each with a text of its own; every notebook takes two seconds.
    One of them trains, so that its master trains first and their trainings are proven."""
    masters = tiny.masters()
    tiny.write_masters(course.root, masters | {"1_square": with_training(masters["1_square"])})
    build(course.assignment(tiny.ASSIGNMENT))
    for student in STUDENTS:
        notebook = with_training(solved("1_square"))
        notebook.cells[2].source += f"\nimport time; time.sleep(2)  # {student}"
        other = solved("2_name")
        other.cells[1].source += f"\nimport time; time.sleep(2)  # {student}"
        raw = {"square": nbformat.writes(notebook), "name": nbformat.writes(other)}
        hand_in(course, student, **{name: text.encode() for name, text in raw.items()})
    return course


def full_marks(course):
    """Whether everybody has every mark, check by check."""
    found = {key: earned for key, (earned, _) in marks(course).items() if earned is not None}
    return found == {(s, *check): points for s in STUDENTS for check, points in FULL.items()}


def all_proven(course):
    """Whether everybody's training was proven by some of its epochs."""
    found = [summaries.load(course.assignment(tiny.ASSIGNMENT), s).notebooks for s in STUDENTS]
    return [row.replayed for rows in found for row in rows] == [1, 0] * len(STUDENTS)


def some_kept(course, count=1):
    return lambda: len(outcomes(course)) >= count


def finishes(course, kept):
    """Run again to the end; what was kept is not run again."""
    again = ClassRun(course)
    code, said = again.end()
    assert code == 0, said
    assert full_marks(course) and all_proven(course)
    after = outcomes(course)
    assert {path: after[path] for path in kept} == kept
    assert again.left() == []


@pytest.mark.parametrize("kept", [1])
def test_a_killed_run_leaves_nobody_and_the_next_one_goes_on(class_of_three, kept):
    run = ClassRun(class_of_three)
    run.until(some_kept(class_of_three, kept) if kept else lambda: len(run.workers()) == 2)
    before = outcomes(class_of_three)
    run.kill()
    assert run.left() == []
    finishes(class_of_three, before)


def test_a_run_that_is_interrupted_says_how_to_go_on(class_of_three):
    run = ClassRun(class_of_three)
    run.until(some_kept(class_of_three))
    run.process.send_signal(signal.SIGINT)
    code, said = run.end()
    assert code == 130
    assert "To go on from here, run the same command again." in said
    assert "Traceback" not in said
    assert run.left() == []
    finishes(class_of_three, outcomes(class_of_three))


def test_a_killed_process_of_the_pool_costs_nobody_a_mark(class_of_three):
    run = ClassRun(class_of_three)
    run.until(some_kept(class_of_three))
    run.workers()[0].kill()
    code, said = run.end()
    assert code == 0, said
    assert full_marks(class_of_three) and all_proven(class_of_three)
    assert run.left() == []


def test_a_pool_whose_own_parent_is_killed_costs_nobody_a_mark(class_of_three):
    run = ClassRun(class_of_three)
    run.until(some_kept(class_of_three))
    server, worker = run.servers()[0], run.workers()[0]
    server.kill()
    worker.kill()
    code, said = run.end()
    assert code == 0, said
    assert full_marks(class_of_three) and all_proven(class_of_three)
    assert run.left() == []


def test_a_pool_whose_own_parent_is_killed_does_every_task():
    for _ in range(5):  # the system takes its time to take leave of that process
        with Pool(2) as pool:
            tasks = [pool.submit(pow, 2, k) for k in range(8)]
            tasks[0].result(60)
            (server,) = servers_of(psutil.Process())
            workers = server.children()
            server.kill()
            workers[0].kill()
            tasks += [pool.submit(pow, 2, k) for k in range(8, 16)]
            assert [task.result(60) for task in tasks] == [2**k for k in range(16)]


def test_a_temporary_folder_with_a_long_name_will_do(class_of_three, tmp_path):
    long = tmp_path / ("long" * 20)
    long.mkdir()
    run = ClassRun(class_of_three, temporary=long)
    code, said = run.end()
    assert code == 0, said
    assert full_marks(class_of_three) and all_proven(class_of_three)
    assert run.left() == []


def test_a_task_that_ends_its_process_three_times_is_set_aside_and_the_others_are_done():
    with Pool(2) as pool:
        deadly = pool.submit(os._exit, 1)
        harmless = [pool.submit(pow, 2, k) for k in range(6)]
        assert [future.result(60) for future in harmless] == [1, 2, 4, 8, 16, 32]
        with pytest.raises(WorkerLost, match="lost 3 times"):
            deadly.result(60)


def test_a_tasks_own_error_is_handed_on():
    with Pool(1) as pool, pytest.raises(ZeroDivisionError):
        pool.submit(divmod, 1, 0).result(60)


def test_a_full_disk_stops_the_run_with_a_clear_message_and_nothing_half_written(class_of_three):
    folder = class_of_three.root / ".outcomes"
    folder.mkdir()
    small = ("bwrap", "--dev-bind", "/", "/", "--size", "16384", "--tmpfs", str(folder))
    code, said = ClassRun(class_of_three, before=small).end()
    assert code == 1
    assert "An outcome could not be kept in .outcomes/: No space left on device" in said
    assert "make room and run the same command again" in said
    assert not full_marks(class_of_three)
    finishes(class_of_three, {})


def test_what_does_not_fit_is_not_half_kept(tmp_path):
    store = OutcomeStore(tmp_path)
    store.put(Outcome("a" * 64, {"cells": []}))
    (tmp_path / ".outcomes" / "bb").write_text("a file where a folder should be")
    with pytest.raises(StoreError, match="could not be kept"):
        store.put(Outcome("b" * 64, {"cells": []}))
    assert store.get("a" * 64) is not None
    assert [path.stem for path in store.entries()] == ["a" * 64]


DAMAGES = {
    "truncated": lambda path: path.write_bytes(path.read_bytes()[:-100]),
    "empty": lambda path: path.write_bytes(b""),
    "another's": lambda path: path.write_text(Outcome("f" * 64, {"cells": []}).to_json()),
    "of another version": lambda path: path.write_text('{"version": 0, "status": "graded"}'),
    "no outcome": lambda path: path.write_text("[1, 2, 3]"),
    "gone": lambda path: path.unlink(),
}


@pytest.fixture(scope="module")
def graded_once(tmp_path_factory):
    """The class of one, graded, whose outcomes tests damage."""
    course = tiny.make_course(tmp_path_factory.mktemp("damaged"))
    build(course.assignment(tiny.ASSIGNMENT))
    hand_in(course, "ana")
    assert ClassRun(course).end()[0] == 0
    return course


@pytest.mark.parametrize("damage", DAMAGES)
def test_an_outcome_that_is_none_runs_again_and_no_other_does(graded_once, damage):
    before, was = outcomes(graded_once), marks(graded_once)
    spoilt, *others = before
    DAMAGES[damage](spoilt)
    (graded_once.autograded / "ana" / tiny.ASSIGNMENT / "outcome.json").unlink()
    code, said = ClassRun(graded_once).end()
    after = outcomes(graded_once)
    assert code == 0, said
    assert after[spoilt] != before[spoilt]
    assert {path: after[path] for path in others} == {path: before[path] for path in others}
    assert marks(graded_once) == was


def test_a_second_run_at_the_same_time_is_refused_and_the_first_goes_on(class_of_three):
    first = ClassRun(class_of_three)
    first.until(some_kept(class_of_three))
    first.process.send_signal(signal.SIGSTOP)  # so that it does not end too early
    code, said = ClassRun(class_of_three).end()
    first.process.send_signal(signal.SIGCONT)
    assert code == 1
    assert "Another run is grading this course" in said
    code, said = first.end()
    assert code == 0, said
    assert full_marks(class_of_three) and all_proven(class_of_three)


def test_kills_at_any_moment_change_no_mark(class_of_three):
    """To try the moments of a failure again: MOMENTS=SEED make test."""
    seed = int(os.environ.get("MOMENTS") or secrets.randbits(32))
    print(f"the moments were drawn with the seed {seed}")
    moments = random.Random(seed)
    started = time.monotonic()
    finishes(class_of_three, {})
    seconds = time.monotonic() - started
    whole = marks(class_of_three)
    for _ in range(2):
        shutil.rmtree(class_of_three.root / ".outcomes", ignore_errors=True)
        for summary in class_of_three.autograded.glob("*/*/outcome.json"):
            summary.unlink()
        run = ClassRun(class_of_three)
        end = time.monotonic() + moments.uniform(0, seconds)
        while time.monotonic() < end and run.process.poll() is None:
            run.look()
            time.sleep(0.05)
        run.kill()
        assert run.left() == []
        assert marks(class_of_three) == whole  # each submission as before, or recorded whole
    finishes(class_of_three, {})
