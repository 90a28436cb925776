"""The gradebook may be a PostgreSQL database: here a real one, and the same course."""

import shutil
import threading

import nbformat
import psycopg
import pytest
import tiny
from class_run import marks
from click.testing import CliRunner
from lab3 import nbgrader
from postgresql import programs, server
from tiny import hand_in, solved

from grading.batch.run import Options, run
from grading.cli import main
from grading.course import Course, CourseError
from grading.gradebook.answers import waiting_again
from grading.masters.build import build
from grading.people.grades import grades
from grading.record.recorder import Recorder, RecordFailed
from grading.reporting.report import write_class
from grading.results.export import FORMATS, export
from grading.results.forget import forget, traces

WRONG = nbformat.writes(solved("1_square")).replace("square(x) * x", "square(x)").encode()


@pytest.fixture(scope="module")
def postgresql():
    """The URL of a running server's database."""
    if programs() is None:
        pytest.skip("there is no PostgreSQL: apt-get install postgresql")
    with server() as url:
        yield url


def on(course, url, course_id="redes"):
    """The course with its gradebook at `url`."""
    config = course.root / "grader_config.py"
    more = f"c.CourseDirectory.db_url = {url!r}\nc.CourseDirectory.course_id = {course_id!r}\n"
    config.write_text(f"{config.read_text()}\n{more}")
    return Course(course.root)


def connect(url, **how):
    return psycopg.connect(url.replace("+psycopg", ""), **how)


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """ana's work is right, bruno's cube is wrong; what they ran is kept, no gradebook has them."""
    course = tiny.make_course(tmp_path_factory.mktemp("executed"))
    build(course.assignment(tiny.ASSIGNMENT))
    hand_in(course, "ana-0001_bea-0002")
    hand_in(course, "bruno-0003", square=WRONG)
    list(run(course.assignment(tiny.ASSIGNMENT)))
    return course


@pytest.fixture
def course(executed, postgresql, tmp_path):
    """A copy of that course whose gradebook is a database of its own, and holds the class."""
    name = tmp_path.name.replace("-", "_").lower()
    with connect(postgresql, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    root = tmp_path / "course"
    shutil.copytree(executed.root, root, ignore=shutil.ignore_patterns("gradebook.db*"))
    found = on(Course(root), postgresql.replace("/postgres?", f"/{name}?"))
    build(found.assignment(tiny.ASSIGNMENT))
    list(run(found.assignment(tiny.ASSIGNMENT)))
    return found


def test_the_marks_are_those_of_the_other_gradebook_and_there_is_no_file(course, executed):
    assert marks(course) == marks(executed)
    assert {earned for earned, _ in marks(course).values()} == {5, 3, 0, 4, None}
    assert list(course.root.glob("gradebook.db*")) == []


def test_a_second_run_finds_nothing_to_do(course):
    assert [found.why for found in run(course.assignment(tiny.ASSIGNMENT))] == ["", ""]


def test_nbgraders_own_commands_give_the_same_marks(course):
    before = marks(course)
    nbgrader(course.root, "autograde", tiny.ASSIGNMENT, "--force")
    nbgrader(course.root, "generate_feedback", tiny.ASSIGNMENT, "--force")
    assert marks(course) == before


def test_a_student_who_can_not_be_recorded_leaves_the_marks_that_were_there(course, monkeypatch):
    def fails(step, nb, resources):
        if resources["nbgrader"]["notebook"] == "2_name":
            raise ValueError("a bug of ours")
        return nb, resources

    before = marks(course)
    student = course.submitted / "ana-0001_bea-0002" / tiny.ASSIGNMENT
    (student / "1_square.ipynb").write_bytes(WRONG)
    monkeypatch.setattr("grading.record.steps.RecordOutcome.preprocess", fails)
    with Recorder(course.assignment(tiny.ASSIGNMENT)) as recorder:
        with pytest.raises(RecordFailed, match="a bug of ours"):
            recorder.record("ana-0001_bea-0002")
    assert marks(course) == before


def test_marks_given_by_hand_stay_and_marks_that_move_are_asked_about(course):
    with course.gradebook() as gradebook:
        grade = gradebook.find_grade("square-question", "1_square", tiny.ASSIGNMENT, "bruno-0003")
        grade.manual_score, grade.needs_manual_grade = 1.5, False
        gradebook.db.commit()
    masters = tiny.masters()
    test = masters["1_square"].cells[3]
    test.source = test.source.replace("square(2) == 4", "square(2) == 5")
    tiny.write_masters(course.root, masters)
    build(course.assignment(tiny.ASSIGNMENT))
    asked = []
    list(
        run(
            course.assignment(tiny.ASSIGNMENT),
            Options(agree=lambda moved: asked.extend(moved) or True),
        )
    )
    assert {(move.check, move.change) for move in asked} == {("square-check", -5)}
    assert {grade.student: grade.total for grade in grades(course.assignment(tiny.ASSIGNMENT))} == {
        "ana-0001": 7, "bea-0002": 7, "bruno-0003": 5.5,
    }  # fmt: skip


def test_an_answer_that_changed_leaves_its_mark_as_an_earlier_one(course):
    with course.gradebook() as gradebook:
        grade = gradebook.find_grade("square-question", "1_square", tiny.ASSIGNMENT, "bruno-0003")
        grade.manual_score, grade.needs_manual_grade = 1.5, False
        gradebook.db.commit()
    notebook = solved("1_square")
    notebook.cells[7].source = "Otra respuesta."
    nbformat.write(notebook, course.submitted / "bruno-0003" / tiny.ASSIGNMENT / "1_square.ipynb")
    with Recorder(course.assignment(tiny.ASSIGNMENT)) as recorder:
        recorder.record("bruno-0003")
    assert waiting_again(course, tiny.ASSIGNMENT) == 1
    forget(course, traces(course, "bruno-0003"))
    with connect(course.db_url) as database:
        texts = database.execute("SELECT text FROM grading_answer").fetchall()
    assert texts and ("Otra respuesta.",) not in texts


def test_a_row_that_the_formgrader_holds_is_waited_for(course):
    with connect(course.db_url) as held:
        held.execute("SELECT * FROM submitted_notebook FOR UPDATE")
        later = threading.Timer(1, held.commit)
        later.start()
        found = list(run(course.assignment(tiny.ASSIGNMENT), Options(force=True)))
        later.join()
    assert [each.summary.status.value for each in found] == ["graded", "graded"]


def test_the_report_and_every_export_are_written(course):
    for path in write_class(course.assignment(tiny.ASSIGNMENT)):
        assert "bea-0002" in path.read_text()
    for kind in FORMATS:
        path, _ = export(course.assignment(tiny.ASSIGNMENT), kind)
        assert path.exists()


def test_a_student_is_forgotten_and_the_other_one_of_the_pair_keeps_the_marks(course):
    forget(course, traces(course, "bea-0002"))
    with course.gradebook() as gradebook:
        assert {student.id for student in gradebook.students} == {"ana-0001", "bruno-0003"}
        assert gradebook.find_submission(tiny.ASSIGNMENT, "ana-0001").score == 12


def test_a_course_without_a_name_is_refused_with_what_to_write(course):
    """nbgrader writes the course into each assignment; PostgreSQL looks whether there is one."""
    nameless = on(course, course.db_url, course_id="")
    with pytest.raises(CourseError, match="c.CourseDirectory.course_id = "):
        build(nameless.assignment(tiny.ASSIGNMENT))


UNUSABLE = {
    "no server there": "postgresql+psycopg://kit:secreto@/kit?host=/nowhere",
    "no such driver": "postgresql+pg8000://kit:secreto@/kit",
    "no such database system": "oraculo://kit:secreto@/kit",
    "no URL": "secreto",
}


@pytest.mark.parametrize("url", UNUSABLE.values(), ids=UNUSABLE)
@pytest.mark.parametrize("command", ["build", "run", "report", "export"])
def test_a_gradebook_that_can_not_be_opened_is_said_without_the_password(
    executed, tmp_path, url, command, monkeypatch
):
    root = tmp_path / "course"
    shutil.copytree(executed.root, root)
    on(Course(root), url)
    monkeypatch.chdir(root)
    done = CliRunner().invoke(main, [command, tiny.ASSIGNMENT])
    assert done.exit_code == 1 and isinstance(done.exception, SystemExit)
    assert "gradebook could not be opened" in done.output and "grader_config.py" in done.output
    assert "secreto" not in done.output
