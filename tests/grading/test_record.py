"""Recording and publishing: each student whole or not at all, and as nbgrader's commands do it."""

import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path

import nbformat
import pytest
import tiny
from lab3 import nbgrader
from sqlalchemy import Engine, event
from tiny import hand_in, solved

from grading.course import Course
from grading.execution.execute import execute
from grading.feedback.publish import publish
from grading.gradebook.backup import KEPT
from grading.masters.build import build
from grading.model.store import OutcomeStore
from grading.record.conversion import FOLDER
from grading.record.recorder import Recorder, RecordFailed

HOLDER = """\
import sqlite3, sys, time
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
time.sleep(float(sys.argv[2]))
"""
RECORDING = """\
import sys
from pathlib import Path
from grading.course import Course
from grading.record.recorder import Recorder

with Recorder(Course(Path(sys.argv[1])).assignment("tiny")) as recorder:
    print("begins", flush=True)
    for student in sys.argv[2:]:
        recorder.record(student)
        print(student, flush=True)
"""
MARKS = """\
SELECT submitted_assignment.student_id, notebook.name, base_cell.name, auto_score, manual_score,
       extra_credit, grade.needs_manual_grade, submitted_notebook.late_submission_penalty
FROM grade JOIN base_cell ON base_cell.id = cell_id
"""
COMMENTS = """\
SELECT submitted_assignment.student_id, notebook.name, base_cell.name, auto_comment, manual_comment
FROM comment JOIN base_cell ON base_cell.id = cell_id
"""
WHOSE = """\
JOIN submitted_notebook ON submitted_notebook.id = {table}.notebook_id
JOIN submitted_assignment ON submitted_assignment.id = submitted_notebook.assignment_id
JOIN notebook ON notebook.id = submitted_notebook.notebook_id ORDER BY 1, 2, 3
"""


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """A course whose outcomes are known: ana's is right, bruno's is wrong and prints."""
    course = tiny.make_course(tmp_path_factory.mktemp("executed"))
    build(course.assignment(tiny.ASSIGNMENT))
    wrong = solved("1_square")
    wrong.cells[2].source = "def square(x):\n    print('hola')\n    return 4"
    hand_in(course, "ana")
    hand_in(course, "bruno", square=nbformat.writes(wrong).encode())
    assignment, store = course.assignment(tiny.ASSIGNMENT), OutcomeStore(course.root)
    for student in ("ana", "bruno"):
        for name in tiny.masters():
            store.put(execute(tiny.submitted_job(assignment, student, name)))
    return course


@pytest.fixture
def course(executed, tmp_path):
    """A copy of that course, where nothing is recorded yet."""
    root = tmp_path / "course"
    shutil.copytree(executed.root, root)
    return Course(root)


def classmates(course, count):
    """Hand in ana's work under other names; their outcomes are hers."""
    names = [f"s{number:02}" for number in range(count)]
    for name in names:
        shutil.copytree(course.submitted / "ana", course.submitted / name)
    return names


def record(course, *students):
    with Recorder(course.assignment(tiny.ASSIGNMENT)) as recorder:
        for student in students:
            recorder.record(student)


def entries(path):
    """All marks and comments of a gradebook file, without the random ids."""
    gradebook = sqlite3.connect(path)
    found = gradebook.execute(MARKS + WHOSE.format(table="grade")).fetchall()
    found += gradebook.execute(COMMENTS + WHOSE.format(table="comment")).fetchall()
    gradebook.close()
    return found


def files(folder):
    return {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def state(course):
    """What recording and publishing write."""
    folders = {name: files(course.root / name) for name in ("autograded", "feedback")}
    return entries(course.root / "gradebook.db"), folders


@contextmanager
def locked(course, seconds):
    """The gradebook, locked by another process for so long or until the block ends."""
    command = [sys.executable, "-c", HOLDER, str(course.root / "gradebook.db"), str(seconds)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout.readline() == "held\n"
        try:
            yield
        finally:
            holder.kill()


def test_the_stock_commands_write_the_same(course, tmp_path):
    stock = Course(shutil.copytree(course.root, tmp_path / "stock"))
    for command in ("autograde", "generate_feedback"):
        nbgrader(stock.root, command, tiny.ASSIGNMENT)
    record(course, "ana", "bruno")
    for student in ("ana", "bruno"):
        publish(course.root, tiny.ASSIGNMENT, student)
    assert state(course) == state(stock)
    assert {row[3] for row in state(course)[0]} >= {0, 3, 4, 5}


def test_students_are_published_side_by_side_as_one_after_the_other(course):
    record(course, "ana", "bruno")
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        done = [
            pool.submit(publish, course.root, tiny.ASSIGNMENT, name) for name in ("ana", "bruno")
        ]
        assert [future.result() for future in done] == [None, None]
    together = files(course.feedback)
    for name in ("ana", "bruno"):
        publish(course.root, tiny.ASSIGNMENT, name)
    assert len(together) == 4 and files(course.feedback) == together


def no_such(course):
    """Nothing was handed in."""


def empty(course):
    (course.submitted / "eva" / tiny.ASSIGNMENT).mkdir(parents=True)


def not_writable(course):
    shutil.copytree(course.submitted / "ana", course.submitted / "eva")
    (course.autograded / "eva").write_text("a file where a folder should be")


@pytest.mark.parametrize(
    "student, prepare, reason",
    [
        ("eva", no_such, "No notebooks were matched"),
        ("eva", empty, "No notebooks were matched"),
        ("eva", not_writable, "autograded/eva/tiny: "),
        ("e[v]a", no_such, r"takes no \* \? or \["),
    ],
)
def test_a_student_who_cant_be_recorded_is_said_and_the_next_one_is(
    course, student, prepare, reason
):
    prepare(course)
    with Recorder(course.assignment(tiny.ASSIGNMENT)) as recorder:
        with pytest.raises(RecordFailed, match=reason):
            recorder.record(student)
        recorder.record("ana")
    assert {row[0] for row in entries(course.root / "gradebook.db")} >= {"ana"}
    assert list((course.root / FOLDER).glob("*")) == []


def test_a_step_that_fails_is_named_with_its_notebook_and_changes_nothing(course, monkeypatch):
    record(course, "ana")
    before = state(course)

    def fails(step, nb, resources):
        if resources["nbgrader"]["notebook"] == "2_name":
            raise ValueError("a bug of ours")
        return nb, resources

    monkeypatch.setattr("grading.record.steps.RecordOutcome.preprocess", fails)
    with pytest.raises(RecordFailed, match="2_name.ipynb: ValueError: a bug of ours"):
        record(course, "ana")
    assert state(course) == before


def test_ctrl_c_goes_through_and_changes_nothing(course, monkeypatch):
    record(course, "ana")
    before = state(course)

    def interrupt(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr("grading.record.steps.RecordOutcome.preprocess", interrupt)
    with pytest.raises(KeyboardInterrupt):
        record(course, "ana", "bruno")
    assert state(course) == before


def test_who_is_not_recorded_can_t_be_published_and_keeps_the_pages_that_were_there(course):
    record(course, "ana")
    publish(course.root, tiny.ASSIGNMENT, "ana")
    before = files(course.feedback)
    recorded = course.autograded / "ana" / tiny.ASSIGNMENT / "2_name.ipynb"
    recorded.unlink()
    recorded.write_text("{")
    with pytest.raises(RecordFailed, match="2_name.ipynb: "):
        publish(course.root, tiny.ASSIGNMENT, "ana")
    with pytest.raises(RecordFailed, match="No notebooks were matched"):
        publish(course.root, tiny.ASSIGNMENT, "bruno")
    assert files(course.feedback) == before


def test_a_locked_gradebook_is_waited_for(course):
    with locked(course, 3):
        record(course, "ana")
    with locked(course, 3):
        publish(course.root, tiny.ASSIGNMENT, "ana")
    assert {row[0] for row in entries(course.root / "gradebook.db")} == {"ana"}
    assert len(files(course.feedback)) == 2


def test_a_gradebook_that_stays_locked_is_said_and_nothing_is_half_written(course):
    record(course, "ana")
    before = state(course)
    config = course.root / "grader_config.py"
    config.write_text(config.read_text().replace("timeout=60", "timeout=1"))
    impatient = Course(course.root)
    with Recorder(impatient.assignment(tiny.ASSIGNMENT)) as recorder:
        recorder.record("ana")
        with locked(course, 60):
            for student in ("ana", "bruno"):
                with pytest.raises(RecordFailed, match="locked by another program"):
                    recorder.record(student)
                with pytest.raises(RecordFailed, match="locked by another program"):
                    publish(course.root, tiny.ASSIGNMENT, "ana")
            with pytest.raises(RecordFailed, match="locked by another program"):
                record(impatient, "ana")  # before its first student
        assert state(course) == before
        recorder.record("bruno")
    assert {row[0] for row in entries(course.root / "gradebook.db")} == {"ana", "bruno"}


def test_the_gradebook_is_copied_once_before_the_first_student(course):
    record(course, "ana")
    before = entries(course.root / "gradebook.db")
    for backup in course.root.glob("*.bak"):
        backup.unlink()
    with Recorder(course.assignment(tiny.ASSIGNMENT)) as recorder:
        assert list(course.root.glob("*.bak")) == []
        recorder.record("bruno")
        recorder.record("ana")
    (backup,) = course.root.glob("gradebook.db.*.bak")
    assert entries(backup) == before != entries(course.root / "gradebook.db")
    shutil.copy(backup, course.root / "gradebook.db")  # how to go back
    with course.gradebook() as gradebook:
        assert [student.id for student in gradebook.students] == ["ana"]


def test_only_the_last_copies_are_kept(course):
    for day in range(10, 20):
        (course.root / f"gradebook.db.202001{day}-120000.bak").touch()
    record(course, "ana")
    kept = sorted(path.name for path in course.root.glob("gradebook.db.*"))
    assert len(kept) == KEPT and kept[0] == "gradebook.db.20200116-120000.bak"


def statements(run):
    """What `run` asks of the gradebook, and how SQLite goes about it."""
    asked, plans = [], []

    def note(connection, cursor, statement, parameters, context, executemany):
        asked.append(statement)
        if statement.startswith("SELECT"):
            explained = sqlite3.connect(connection.engine.url.database)
            plan = explained.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            plans.extend(detail for *_, detail in plan)
            explained.close()

    event.listen(Engine, "before_cursor_execute", note)
    try:
        run()
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    return asked, plans


def test_what_a_student_costs_the_gradebook_does_not_grow_with_the_class(course):
    def cost(student):
        return [
            statements(lambda: recorder.record(student)),
            statements(lambda: recorder.record(student)),  # again
            statements(lambda: publish(course.root, tiny.ASSIGNMENT, student)),
        ]

    names = classmates(course, 25)
    with Recorder(course.assignment(tiny.ASSIGNMENT)) as recorder:
        for name in names[:4]:
            recorder.record(name)
        of_five = cost(names[4])
        for name in names[5:24]:
            recorder.record(name)
        of_twenty_five = cost(names[24])
    assert [asked for asked, _ in of_five] == [asked for asked, _ in of_twenty_five]
    growing = {"student", "submitted_assignment", "submitted_notebook", "grade", "comment"}
    for _, plans in of_twenty_five:
        found = [re.match(r"(SCAN|SEARCH) ([a-z_]+)", plan) for plan in plans]
        read = {match.groups() for match in found if match}
        assert ("SEARCH", "grade") in read
        assert not growing & {table.rstrip("_") for how, table in read if how == "SCAN"}


def test_marks_and_comments_given_by_hand_stay_when_a_student_is_recorded_again(course):
    record(course, "ana", "bruno")
    before = entries(course.root / "gradebook.db")
    with course.gradebook() as gradebook:
        where = "1_square", tiny.ASSIGNMENT, "ana"
        check = gradebook.find_grade("square-check", *where)
        check.manual_score, check.extra_credit = 2, 0.5
        gradebook.find_grade("square-question", *where).manual_score = 1
        gradebook.find_grade("square-question", *where).needs_manual_grade = False
        gradebook.find_comment("square", *where).manual_comment = "Bien pensado."
        gradebook.find_comment("square-question", *where).manual_comment = "Falta el cero."
        gradebook.db.commit()
    by_hand = entries(course.root / "gradebook.db")
    wrong = course.submitted / "bruno" / tiny.ASSIGNMENT / "1_square.ipynb"
    shutil.copy(wrong, course.submitted / "ana" / tiny.ASSIGNMENT)
    record(course, "ana")

    def of_ana(rows, columns):
        found = {row[1:3] + (len(row),): row[columns] for row in rows if row[0] == "ana"}
        return {key: value for key, value in found.items() if set(value) != {None}}

    after = entries(course.root / "gradebook.db")
    assert of_ana(before, slice(4, 6)) == {} != of_ana(by_hand, slice(4, 6))
    assert of_ana(after, slice(4, 6)) == of_ana(by_hand, slice(4, 6))
    assert ("ana", "1_square", "square-check", 0.0, 2.0, 0.5, 1, None) in after  # to be looked at
    with course.gradebook() as gradebook:
        assert gradebook.find_submission(tiny.ASSIGNMENT, "ana").score == 2.5 + 0 + 1 + 4
    publish(course.root, tiny.ASSIGNMENT, "ana")
    page = (course.feedback / "ana" / tiny.ASSIGNMENT / "1_square.html").read_text()
    assert "Bien pensado." in page and "Falta el cero." in page


def test_killed_at_any_moment_each_student_is_whole_or_absent_and_running_again_finishes(
    course, tmp_path
):
    names = classmates(course, 2)
    moments = [(0, 0.9), (1, 0.5)]  # so many students, and of the next one
    copies = [Course(shutil.copytree(course.root, tmp_path / str(k))) for k in range(len(moments))]
    started = time.monotonic()
    record(course, *names)
    seconds, finished = (time.monotonic() - started) / len(names), state(course)
    for (done, of_next), killed in zip(moments, copies, strict=True):
        command = [sys.executable, "-c", RECORDING, str(killed.root), *names]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            said = [process.stdout.readline().strip() for _ in range(1 + done)]
            time.sleep(seconds * of_next)
            process.send_signal(signal.SIGKILL)
        left = entries(killed.root / "gradebook.db")
        students = {row[0] for row in left}
        assert said == ["begins", *names[:done]] and students >= set(names[:done])
        assert left == [row for row in finished[0] if row[0] in students]
        record(killed, *names)
        assert state(killed) == finished
        assert list((killed.root / FOLDER).glob("*")) == []


def test_a_changed_master_is_read_again_in_the_same_process(course):
    """The formgrader's server lives for days."""
    record(course, "ana")
    masters = tiny.masters()
    masters["2_name"].cells[2].source += "\n# otra edición"
    tiny.write_masters(course.root, masters)
    build(course.assignment(tiny.ASSIGNMENT))
    record(course, "ana")
    graded = Path(course.autograded / "ana" / tiny.ASSIGNMENT / "2_name.ipynb").read_text()
    assert "# otra edición" in graded
