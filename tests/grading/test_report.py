"""What the report says of a real class that was graded by `run`, and what it says without one."""

import csv
import shutil

import nbformat
import pytest
import tiny
from click.testing import CliRunner
from tiny import hand_in, solved

from grading.cli import NEEDS_A_LOOK, main
from grading.course import Course, CourseError
from grading.masters.build import build
from grading.model.outcome import Status
from grading.model.store import FOLDER
from grading.reporting.gather import gather
from grading.reporting.held import NOT_CURRENT, NOT_GRADED, ZERO, held
from grading.reporting.report import Report, write_class

CONFIG = """
c.Limits.output_mb = 1
c.Deadlines.due = {"tiny": "2026-11-01 00:00 UTC"}
c.Deadlines.penalty_per_day = 0.1
"""
NOISE = "while True: print('x' * 1000)"
IMPORT = "import nada\ndef square(x):\n    return x * x"
ROSTER = """\
student,first_name,last_name
ana,Ana,Pérez
bruno,Bruno,Ixcot
zoe,Zoe,Ajú
"""


def answered(**answers):
    """The first notebook, solved but for some answers."""
    notebook = solved("1_square")
    for cell in notebook.cells:
        cell.source = answers.get(cell.id, cell.source)
    return nbformat.writes(notebook).encode()


def in_folder(course, *arguments):
    """A command as it is typed in the course folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(course.root)
        return CliRunner().invoke(main, list(arguments))


@pytest.fixture(scope="module")
def a_class(tmp_path_factory):
    """A class of all kinds, graded by the command; what that said."""
    course = tiny.make_course(tmp_path_factory.mktemp("class"))
    with (course.root / "grader_config.py").open("a") as config:
        config.write(CONFIG)
    (course.root / "students.csv").write_text(ROSTER)
    build(course.assignment(tiny.ASSIGNMENT))
    hand_in(course, "ana")
    wrong = hand_in(course, "bruno", square=answered(square="def square(x):\n    return 4"))
    (wrong / "timestamp.txt").write_text("2026-11-01 05:00:00 UTC")
    hand_in(course, "gil_hugo")
    hand_in(course, "fabio", square=answered(square=IMPORT))
    hand_in(course, "diego", square=b'{"cells": [')
    hand_in(course, "eva", square=answered(cube=NOISE), name=None)
    hand_in(course, "x[1]")
    shutil.copytree(course.release / tiny.ASSIGNMENT, course.submitted / "carla" / tiny.ASSIGNMENT)
    course = Course(course.root)
    return course, in_folder(course, "run", tiny.ASSIGNMENT, "--jobs", "1")


@pytest.fixture(scope="module")
def found(a_class):
    return gather(a_class[0].assignment(tiny.ASSIGNMENT))


def test_a_run_writes_the_report_and_says_where(a_class):
    course, said = a_class
    assert said.exit_code == NEEDS_A_LOOK
    assert "Report: reports/tiny.html, reports/tiny-grades.csv\n" in said.output
    page = (course.root / "reports" / "tiny.html").read_text()
    rows = csv.DictReader((course.root / "reports" / "tiny-grades.csv").open(encoding="utf-8-sig"))
    assert {row["student"]: row["total"] for row in rows}["ana"] == "12"
    # What could not be recorded is known at the end of a run only.
    assert "rename the folder" in page and "grader failed" in page


def test_everybody_is_in_it_with_marks_and_status(found):
    rows = {row.person.name: row for row in Report(found).students}
    told = {name: ([marks for marks, _ in row.marks], row.status) for name, row in rows.items()}
    assert told == {
        "ana": ([8, 4], "graded"),
        "bruno": ([0, 4], "graded"),
        "carla": ([0, 0], "graded"),
        "diego": ([0, 4], "unreadable"),
        "eva": ([5, 0], "unreadable"),
        "fabio": ([0, 4], "student error"),
        "gil": ([8, 4], "graded"),
        "hugo": ([8, 4], "graded"),
        "x[1]": ([None, None], "not graded"),
        "zoe": ([None, None], "not handed in"),
    }
    assert rows["ana"].person.full_name == "Ana Pérez"
    assert rows["ana"].marks[0][1] == "../feedback/ana/tiny/1_square.html"
    assert not rows["ana"].person.final and rows["ana"].person.available == 14


def test_who_came_late_and_who_handed_in_together(found):
    assert [(p.name, p.hours_late, p.penalty, p.total) for p in Report(found).late] == [
        ("bruno", 5, pytest.approx(0.4), pytest.approx(3.6))
    ]
    people = {person.name: person for person in found.people}
    assert people["gil"].partners == ("hugo",) and people["hugo"].submission == "gil_hugo"
    assert len(found.submissions) == 8 and len(found.people) == 10


def test_what_is_held_for_a_look(found):
    assert {(row.submission, row.notebook, row.kind) for row in held(found)} == {
        ("x[1]", "", NOT_GRADED),
        ("diego", "1_square", "unreadable"),
        ("eva", "1_square", "over a limit"),
        ("eva", "2_name", "unreadable"),
        ("fabio", "1_square", ZERO),
    }
    why = {row.submission: row.why for row in held(found)}
    assert "ModuleNotFoundError: No module named 'nada'" in why["fabio"]
    assert (
        "showed more than 1 MB"
        in {r.status: r.reason for r in runs_of(found, "eva")}[Status.OVER_LIMIT]
    )


@pytest.mark.parametrize(
    "answers",
    [{}, {"own": "print(1)"}, {"cube": "def cube(x):\n    return square(x) * x"}],
    ids=["untouched", "only by hand", "upon an open one"],
)
def test_who_left_open_what_all_checks_need_is_not_held_for_a_zero(tmp_path, answers):
    """Neither nbgrader's stub nor an answer that is marked by hand makes a cause of it."""
    course = tiny.make_course(tmp_path)
    with (course.root / "grader_config.py").open("a") as config:
        config.write('\nc.ClearSolutions.code_stub = {"python": "raise NotImplementedError()"}\n')
    masters = tiny.masters()
    by_hand = tiny.cell("solution", "own", "### BEGIN SOLUTION\n1\n### END SOLUTION", 2)
    by_hand.metadata.nbgrader.grade = True
    masters["1_square"].cells.insert(-1, by_hand)
    tiny.write_masters(course.root, masters)
    course = Course(course.root)
    build(course.assignment(tiny.ASSIGNMENT))
    folder = course.submitted / "carla" / tiny.ASSIGNMENT
    shutil.copytree(course.release / tiny.ASSIGNMENT, folder)
    path = folder / "1_square.ipynb"
    notebook = nbformat.read(path, 4)
    for cell in notebook.cells:
        cell.source = answers.get(cell.id, cell.source)
    nbformat.write(notebook, path)
    in_folder(course, "run", tiny.ASSIGNMENT, "--jobs", "1")
    assert held(gather(course.assignment(tiny.ASSIGNMENT))) == []


def runs_of(found, student):
    (submission,) = [each for each in found.submissions if each.name == student]
    return list(submission.runs.values())


def test_a_check_is_counted_by_those_who_came_to_it(found):
    rows = {row.item.name: (row.passed, row.ran, row.not_run) for row in Report(found).checks}
    assert rows == {
        "square-check": (3, 6, 2),
        "cube-check": (2, 6, 2),
        "name-check": (5, 6, 2),
    }
    assert {row.verdict for row in Report(found).checks} == {"too few (6) to say"}


def test_the_reasons_are_what_students_read(found):
    told = {(each.check, each.text): each.count for each in Report(found).reasons}
    missing = [count for (_, text), count in told.items() if "«square» no existe todavía" in text]
    assert missing == [1, 1]
    assert sum(told.values()) == 3 + 4 + 1
    assert any("Falta completar «Potencias»" in text for _, text in told)


def test_written_answers_wait_in_the_formgrader(found):
    (row,) = Report(found).to_mark
    assert (row.notebook, row.questions, row.submissions) == ("1_square", 7, 7)
    recorded = [each.runs.get("1_square") for each in found.submissions]
    assert {where for _, where in row.where} == {run.graded_as for run in recorded if run}


def test_it_names_the_commands_that_mark_and_publish(a_class):
    page = (a_class[0].root / "reports" / "tiny.html").read_text()
    assert page.index("python -m grading mark tiny") < page.index("formgrader")
    assert "python -m grading publish tiny" in page and "generate_feedback" not in page


def test_marks_by_notebook_and_exercise_are_those_of_the_gradebook(found):
    notebooks = {row.notebook: row.shares for row in Report(found).by_notebook}
    assert notebooks["1_square"].mean == pytest.approx((8 + 8 + 5) / 8 / 7)
    assert (notebooks["2_name"].count, notebooks["2_name"].highest) == (7, 1)
    exercises = [(row.exercise, row.points, row.written) for row in Report(found).by_exercise]
    assert exercises == [("Potencias", 8, False), ("Pregunta", 2, True), ("2_name", 4, False)]


def test_time_and_memory_are_those_of_the_outcomes(found):
    for row in Report(found).efforts:
        assert row.seconds.highest > 0 and row.peak_mb.highest > 10 and row.slowest
        assert row.not_kept == 0


def test_what_is_not_kept_any_more_is_said_and_the_marks_stay(a_class, tmp_path):
    root = tmp_path / "copy"
    shutil.copytree(a_class[0].root, root)
    for path in (root / FOLDER).glob("*/*.json"):
        path.unlink()
    report = Report(gather(Course(root).assignment(tiny.ASSIGNMENT)))
    rows = {row.person.name: row for row in report.students}
    assert [marks for marks, _ in rows["ana"].marks] == [8, 4]
    assert not rows["ana"].kept and rows["ana"].seconds is None
    assert report.reasons == [] and report.not_kept == 7
    # A check's marks say still whether it passed.
    assert {row.item.name: row.passed for row in report.checks}["name-check"] == 5
    page = write_class(Course(root).assignment(tiny.ASSIGNMENT))[0].read_text()
    assert "Why checks failed is not kept." in page and "--force" in page


def test_what_has_changed_since_it_was_graded_is_held(a_class, tmp_path):
    root = tmp_path / "copy"
    shutil.copytree(a_class[0].root, root)
    (root / "submitted" / "ana" / tiny.ASSIGNMENT / "nuevo.txt").write_text("1")
    rows = held(gather(Course(root).assignment(tiny.ASSIGNMENT)))
    assert ("ana", NOT_CURRENT, "changed") in {(row.submission, row.kind, row.why) for row in rows}


def test_the_anonymous_page_has_a_name_of_its_own(a_class):
    course = a_class[0]
    before = (course.root / "reports" / "tiny.html").read_text()
    said = in_folder(course, "report", tiny.ASSIGNMENT, "--anonymous")
    assert said.output == "Report: reports/tiny-anonymous.html\n"
    page = (course.root / "reports" / "tiny-anonymous.html").read_text()
    assert "No reason is known that two submissions have in common." in page
    for word in ("bruno", "fabio", "diego", "carla", "Ixcot", "x[1]", "zoe"):
        assert word not in page.lower() and word not in page
    assert (course.root / "reports" / "tiny.html").read_text() == before


def test_a_report_that_fails_leaves_the_run_as_it_was(built, monkeypatch):
    hand_in(built, "ana")

    def fail(*args):
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr("grading.commands.classes.write_class", fail)
    said = in_folder(built, "run", tiny.ASSIGNMENT)
    assert said.exit_code == 0
    assert "The report was not written, all else was: ZeroDivisionError" in said.output


def test_a_page_that_can_not_be_written_says_why(a_class, tmp_path):
    root = tmp_path / "copy"
    shutil.copytree(a_class[0].root, root)
    shutil.rmtree(root / "reports")
    (root / "reports").write_text("a file")
    with pytest.raises(CourseError, match="not written"):
        write_class(Course(root).assignment(tiny.ASSIGNMENT))


def test_a_wrong_name_says_which_assignments_there_are(built):
    said = in_folder(built, "report", "lab9")
    assert said.exit_code == 1 and "Assignments here: tiny" in said.output


def test_an_empty_class_says_where_submissions_go(built):
    with pytest.raises(CourseError, match="submitted/STUDENT/tiny/"):
        gather(built.assignment(tiny.ASSIGNMENT))


def test_a_missing_gradebook_is_not_made(built):
    hand_in(built, "ana")
    (built.root / "gradebook.db").unlink()
    with pytest.raises(CourseError, match="No gradebook"):
        gather(built.assignment(tiny.ASSIGNMENT))
    assert not (built.root / "gradebook.db").exists()


def test_a_class_that_was_not_run_says_so(built):
    hand_in(built, "ana")
    said = in_folder(built, "report", tiny.ASSIGNMENT)
    assert said.exit_code == 1
    assert "tiny has not been graded: run 'python -m grading run tiny' first." in said.output
