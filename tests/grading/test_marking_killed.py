"""The server is killed while marks are being saved: none that it said was saved is lost."""

import random
import sqlite3
import threading
import time

import pytest
import tiny
import written_class
from marking_server import serve, signed_in
from postgresql import programs, server

from grading.batch.run import run
from grading.course import Course
from grading.marking.marks import State, entries
from grading.marking.questions import questions

KILLS = 3
STUDENTS = ("ana", "eva", "leo")
QUESTION = "1_square", "square-question"
PATH = f"marking/{tiny.ASSIGNMENT}/{'/'.join(QUESTION)}"


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Three answers to mark."""
    made = written_class.make_course(tmp_path_factory.mktemp("course"))
    for name in STUDENTS:
        written_class.hand_in(made, name, f"Mismo signo, dice {name}.")
    list(run(made.assignment(tiny.ASSIGNMENT)))
    return made


def stored(course):
    """What the gradebook holds of each answer, by its id."""
    assignment = course.assignment(tiny.ASSIGNMENT)
    question = next(each for each in questions(assignment) if each.name == QUESTION[1])
    return {name: each.state for name, each in entries(assignment, question).items()}


def body(seen, to):
    return {name: {"seen": seen[name]._asdict(), "to": to._asdict()} for name in seen}


def save_until_it_is_gone(address, state):
    """Save one mark after the other for all three answers.

    Returns the last that the server has confirmed and the one that it was saving at the end.
    """
    number = 0
    while True:
        to = State(number % 5 / 2, f"Comentario {number}.", False)
        status, _, _ = signed_in(address, f"{PATH}/marks", body(state, to))
        if status != 200:
            return state, to
        state, number = dict.fromkeys(state, to), number + 1


@pytest.mark.parametrize("moment", range(KILLS))
def test_a_mark_that_the_server_said_was_saved_outlives_it(course, tmp_path, moment):
    address, process = serve(course.root, tmp_path / "server.log")
    told = []
    saving = threading.Thread(
        target=lambda: told.extend(save_until_it_is_gone(address, stored(course)))
    )
    saving.start()
    time.sleep(random.Random(moment).uniform(0.3, 1.5))
    process.kill()
    process.wait()
    saving.join()
    confirmed, underway = told
    now = stored(course)
    # What was underway is there as a whole or not at all.
    assert now in (confirmed, dict.fromkeys(confirmed, underway))
    with sqlite3.connect(course.root / "gradebook.db") as gradebook:
        assert gradebook.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def either(request, course, tmp_path):
    """A course with its gradebook in a file, and one with it in a database server."""
    if request.param == "SQLite":
        yield course
        return
    if programs() is None:
        pytest.skip("there is no PostgreSQL: apt-get install postgresql")
    with server() as url:
        made = written_class.make_course(tmp_path)
        config = made.root / "grader_config.py"
        more = f"c.CourseDirectory.db_url = {url!r}\nc.CourseDirectory.course_id = 'redes'\n"
        config.write_text(f"{config.read_text()}\n{more}")
        made = Course(made.root)
        written_class.build(made.assignment(tiny.ASSIGNMENT))
        for name in STUDENTS:
            written_class.hand_in(made, name, f"Mismo signo, dice {name}.")
        list(run(made.assignment(tiny.ASSIGNMENT)))
        yield made


def test_of_two_who_mark_at_once_neither_overwrites_the_other_unseen(either, tmp_path):
    """Each adds a line to one comment as often as the server says that it was saved."""
    address, process = serve(either.root, tmp_path / "server.log")
    saved = {"uno": 0, "dos": 0}

    def mark(who):
        while saved[who] < 5:
            seen = stored(either)
            line = f"{who} {saved[who]}"
            to = {
                name: State(1.0, f"{state.comment or ''}\n{line}", False)
                for name, state in seen.items()
            }
            changes = {n: {"seen": seen[n]._asdict(), "to": to[n]._asdict()} for n in seen}
            status, _, _ = signed_in(address, f"{PATH}/marks", changes)
            assert status in (200, 409)
            saved[who] += status == 200

    try:
        both = [threading.Thread(target=mark, args=[who]) for who in saved]
        for each in both:
            each.start()
        for each in both:
            each.join()
    finally:
        process.terminate()
        process.wait()
    assert saved == {"uno": 5, "dos": 5}
    for state in stored(either).values():
        lines = [line for line in state.comment.split("\n") if line.startswith(("uno", "dos"))]
        assert sorted(lines) == sorted(f"{who} {n}" for who in saved for n in range(5))
        assert [line for line in lines if line.startswith("uno")] == [f"uno {n}" for n in range(5)]
