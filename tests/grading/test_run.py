"""A class is graded whole: whatever was handed in, everybody gets a status and the others go on."""

import hashlib
import json
import os
import subprocess
import sys

import nbformat
import pytest
import tiny
from click.testing import CliRunner
from tiny import hand_in, solved

from grading.batch.plan import GONE
from grading.batch.run import run
from grading.cli import main
from grading.course import Course
from grading.masters.build import build
from grading.masters.demo import fill_with_examples
from grading.masters.handout import describe
from grading.model.outcome import Status
from grading.record.recorder import RecordFailed


def tree(folder):
    """Every path below `folder` with a digest of its content."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        if path.is_file()
        else "folder"
        for path in sorted(folder.rglob("*"))
    }


def graded(course):
    """Outcomes of a run by student."""
    return {summary.submission: summary for summary, _ in run(course.assignment(tiny.ASSIGNMENT))}


def reasons(course):
    """Why each submission was graded in a run, by student; empty for what was not."""
    return {summary.submission: why for summary, why in run(course.assignment(tiny.ASSIGNMENT))}


@pytest.fixture(scope="module")
def odd_class(tmp_path_factory):
    """A class in which each student handed in something odd; graded once for all its tests."""
    course = tiny.make_course(tmp_path_factory.mktemp("odd"))
    build(course.assignment(tiny.ASSIGNMENT))
    text = nbformat.writes(solved("1_square"))

    hand_in(course, "good")
    hand_in(course, "broken", square=b'{"cells": [')
    hand_in(course, "bom", square=b"\xef\xbb\xbf" + text.encode())
    hand_in(
        course, "latin", square=json.dumps(json.loads(text), ensure_ascii=False).encode("latin-1")
    )
    hand_in(course, "format3", square=json.dumps(nbformat.convert(solved("1_square"), 3)).encode())
    hand_in(course, "missing", name=None)
    (hand_in(course, "renamed", name=None) / "2_name (1).ipynb").write_text("{}")
    (hand_in(course, "folder", name=None) / "2_name.ipynb").mkdir()
    (course.submitted / "empty" / tiny.ASSIGNMENT).mkdir(parents=True)
    (course.submitted / "accents" / tiny.ASSIGNMENT).mkdir(parents=True)
    name = os.fsdecode("año.ipynb".encode("latin-1"))
    (course.submitted / "accents" / tiny.ASSIGNMENT / name).write_text("{}")
    hand_in(course, "x[1]")

    def with_cells(student, change):
        notebook = solved("1_square")
        change({cell.id: cell for cell in notebook.cells}, notebook)
        hand_in(course, student, square=json.dumps(notebook).encode())

    with_cells("duplicated", lambda c, nb: nb.cells.append(c["square-check"]))
    with_cells("deleted", lambda c, nb: nb.cells.remove(c["square-check"]))
    with_cells("retyped", lambda c, nb: c["square-check"].update(cell_type="raw"))
    with_cells("schema", lambda c, nb: c["square"].metadata.nbgrader.update(schema_version=1))
    with_cells("dies", lambda c, nb: c["cube"].update(source="import os; os._exit(1)"))
    with_cells(
        "noisy",
        lambda c, nb: c["square"].update(
            source="import sys, warnings\ndef square(x):\n"
            "    print('hola', file=sys.stderr)\n    warnings.warn('ojo')\n    return x ** 2"
        ),
    )
    with_cells(
        "dies-in-test",
        lambda c, nb: c["cube"].update(source="import os\ndef cube(x):\n    os._exit(1)"),
    )
    with_cells(
        "picture",
        lambda c, nb: c["square-answer"].update(
            source="![a](attachment:a.png) y ![b](attachment:b.png)",
            attachments={"a.png": {"image/png": "iVBORw0KGgo="}},
        ),
    )
    with_cells(
        "split",
        lambda c, nb: (
            nb.cells.insert(
                2, {**c["square"], "id": "copia", "source": "def twice(x):\n    return x * x"}
            )
            or c["square"].update(source="def square(x):\n    return twice(x)")
        ),
    )
    blank = '### nada\nraise NotImplementedError("Falta completar este ejercicio")'
    with_cells("blank", lambda c, nb: c["square"].update(source=blank))
    with_cells("breaks", lambda c, nb: c["square"].update(source="1 / 0"))
    before = tree(course.submitted)
    outcomes = graded(course)
    return course, outcomes, before, tree(course.submitted)


FULL = {"1_square": 8, "2_name": 4}
EXPECTED = {
    "good": (Status.GRADED, FULL, ""),
    "broken": (Status.UNREADABLE, {"1_square": 0, "2_name": 4}, "not valid JSON"),
    "bom": (Status.GRADED, FULL, ""),
    "latin": (Status.GRADED, FULL, ""),
    "format3": (Status.GRADED, FULL, ""),
    "missing": (Status.UNREADABLE, {"1_square": 8, "2_name": 0}, "2_name.ipynb is missing"),
    "renamed": (Status.UNREADABLE, {"1_square": 8, "2_name": 0}, "is it 2_name (1).ipynb"),
    "folder": (Status.UNREADABLE, {"1_square": 8, "2_name": 0}, "folder"),
    "empty": (Status.UNREADABLE, {"1_square": 0, "2_name": 0}, "in the folder: nothing"),
    "accents": (Status.UNREADABLE, {"1_square": 0, "2_name": 0}, "a?o.ipynb"),
    "x[1]": (Status.GRADER_FAILED, {"1_square": None, "2_name": None}, "rename the folder"),
    "dies-in-test": (
        Status.STUDENT_ERROR,
        {"1_square": 5, "2_name": 4},
        "cell cube-check: ended the kernel",
    ),
    "picture": (Status.GRADED, FULL, ""),
    "split": (Status.GRADED, FULL, ""),
    "duplicated": (Status.GRADED, FULL, ""),
    "deleted": (Status.GRADED, FULL, ""),
    "retyped": (Status.GRADED, FULL, ""),
    "schema": (Status.GRADED, FULL, ""),
    "dies": (Status.STUDENT_ERROR, {"1_square": 5, "2_name": 4}, "cell cube: ended the kernel"),
    "noisy": (Status.GRADED, FULL, ""),
    "blank": (Status.GRADED, {"1_square": 0, "2_name": 4}, ""),
    "breaks": (Status.STUDENT_ERROR, {"1_square": 0, "2_name": 4}, "ZeroDivisionError"),
}


@pytest.mark.parametrize("student", EXPECTED)
def test_each_submission_gets_its_marks_a_status_and_a_reason(odd_class, student):
    outcome = odd_class[1][student]
    status, marks, reason = EXPECTED[student]
    assert (outcome.status, {n.notebook: n.marks for n in outcome.notebooks}) == (status, marks)
    assert reason in outcome.reason
    assert bool(outcome.reason) == bool(reason)


def test_nobody_is_left_out_and_nothing_handed_in_is_changed(odd_class):
    course, outcomes, before, after = odd_class
    assert set(outcomes) == set(EXPECTED)
    assert before == after


def test_feedback_shows_marks_and_hides_what_is_the_instructors(odd_class):
    course = odd_class[0]
    page = (course.feedback / "good" / tiny.ASSIGNMENT / "1_square.html").read_text()
    assert "8 / 10 puntos" in page and "Cuadrado" in page
    for secret in ("mismo signo", "MARK SCHEME", "reference", "prueben con negativos"):
        assert secret not in page


def test_feedback_of_an_unreadable_notebook_says_so(odd_class):
    page = (odd_class[0].feedback / "broken" / tiny.ASSIGNMENT / "1_square.html").read_text()
    assert "No se pudo leer el cuaderno entregado" in page


def test_a_progress_bar_leaves_one_line(built):
    bar = "import sys, time\nfor k in range(5):\n    print(f'\\rpaso {k}', end='', flush=True)\n"
    bar += "    time.sleep(0.3)\n"
    notebook = solved("2_name")
    notebook.cells[1].source = bar + notebook.cells[1].source
    hand_in(built, "ana", name=nbformat.writes(notebook).encode())
    assert graded(built)["ana"].marks == 12
    page = (built.feedback / "ana" / tiny.ASSIGNMENT / "2_name.html").read_text()
    assert "paso 4" in page and "paso 3" not in page


def test_a_second_run_grades_only_what_changed(built):
    hand_in(built, "ana")
    folder = hand_in(built, "bruno")
    assert reasons(built) == {"ana": "new", "bruno": "new"}
    assert reasons(built) == {"ana": "", "bruno": ""}
    (folder / "2_name.ipynb").write_text(nbformat.writes(tiny.notebook()))
    again = {
        row.submission: (row.marks, why) for row, why in run(built.assignment(tiny.ASSIGNMENT))
    }
    assert again == {"ana": (12, ""), "bruno": (8, "2_name: the notebook")}


def test_what_is_gone_from_the_gradebook_or_feedback_is_graded_again(built):
    hand_in(built, "ana")
    graded(built)
    (built.feedback / "ana" / tiny.ASSIGNMENT / "1_square.html").unlink()
    assert reasons(built) == {"ana": GONE}
    (built.root / "gradebook.db").unlink()
    build(built.assignment(tiny.ASSIGNMENT))
    assert reasons(built) == {"ana": GONE}


def test_a_hand_in_that_no_assignment_can_find_is_said(built, monkeypatch):
    hand_in(built, "ana")
    (built.submitted / "bruno").mkdir()
    (built.submitted / "bruno" / "1_square.ipynb").write_text("{}")
    monkeypatch.chdir(built.root)
    result = CliRunner().invoke(main, ["run", tiny.ASSIGNMENT])
    assert "submitted/bruno was skipped" in result.output


def test_a_changed_master_is_not_graded_before_it_is_built(built, monkeypatch):
    hand_in(built, "ana")
    masters = tiny.masters()
    masters["2_name"].cells[2].source += "\n# otro"
    tiny.write_masters(built.root, masters)
    monkeypatch.chdir(built.root)
    result = CliRunner().invoke(main, ["run", tiny.ASSIGNMENT])
    assert result.exit_code == 1
    assert "2_name.ipynb, cell name-check" in result.output
    assert "grading build tiny" in result.output


def test_the_grader_failing_is_no_zero(built, monkeypatch):
    hand_in(built, "ana")
    monkeypatch.chdir(built.root)

    def fail(*args):
        raise RecordFailed("ZeroDivisionError: division by zero")

    monkeypatch.setattr("grading.record.recorder.Recorder.record", fail)
    result = CliRunner().invoke(main, ["run", tiny.ASSIGNMENT])
    assert result.exit_code == 3
    assert "grader failed" in result.output and "ZeroDivisionError" in result.output
    assert "?" in result.output
    monkeypatch.undo()
    assert graded(built)["ana"].marks == 12  # and it is tried again


def test_ctrl_c_stops_the_run_and_the_next_one_goes_on(built, monkeypatch):
    hand_in(built, "ana")

    def interrupt(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr("grading.record.steps.RecordOutcome.preprocess", interrupt)
    with pytest.raises(KeyboardInterrupt):
        graded(built)
    monkeypatch.undo()
    assert graded(built)["ana"].marks == 12


def test_the_stock_commands_give_the_same_marks(built, monkeypatch):
    hand_in(built, "ana")
    hand_in(built, "bruno", square=b"{")
    for command in ("autograde", "generate_feedback", "export"):
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "nbgrader",
                command,
                *([tiny.ASSIGNMENT] * (command != "export")),
            ],
            cwd=built.root,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
    stock = nbgrader_marks(built)
    assert stock == {("ana", "1_square"): 8, ("ana", "2_name"): 4} | {
        ("bruno", "1_square"): 0,
        ("bruno", "2_name"): 4,
    }
    graded(built)
    assert nbgrader_marks(built) == stock


def test_the_stock_command_validates_a_complete_notebook_and_a_blank_one(built):
    complete = hand_in(built, "ana") / "1_square.ipynb"
    blank = built.release / tiny.ASSIGNMENT / "1_square.ipynb"
    said = [
        subprocess.run(
            [sys.executable, "-m", "nbgrader", "validate", str(path)],
            cwd=built.root,
            capture_output=True,
            text=True,
        ).stdout
        for path in (complete, blank)
    ]
    assert "Success" in said[0]
    assert "FAILED ON 2 CELL(S)" in said[1]


def nbgrader_marks(course):
    with course.gradebook() as gradebook:
        return {
            (submission.student.id, notebook.name): notebook.score
            for submission in gradebook.assignment_submissions(tiny.ASSIGNMENT)
            for notebook in submission.notebooks
        }


def test_the_stock_command_releases_the_same_notebooks(built):
    ours = tree(built.release)
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", "generate_assignment", tiny.ASSIGNMENT, "--force"],
        cwd=built.root,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    describe(built.assignment(tiny.ASSIGNMENT))  # what `build` adds for the hand-in
    assert tree(built.release) == ours


def test_the_example_class_shows_what_happens_in_a_class(built, monkeypatch):
    config = built.root / "grader_config.py"
    config.write_text(
        config.read_text().replace("c.Execute.timeout = 60", "c.Execute.timeout = 10")
    )
    course = Course(built.root)
    fill_with_examples(course.assignment(tiny.ASSIGNMENT))
    found = {s: (o.status, o.marks) for s, o in graded(course).items()}
    assert found == {
        "complete": (Status.GRADED, 12),
        "warns": (Status.GRADED, 12),
        "half-done": (Status.GRADED, 5),
        "untouched": (Status.GRADED, 0),
        "cheats": (Status.GRADED, 0),
        "raises": (Status.STUDENT_ERROR, 5),
        "loops": (Status.TIMED_OUT, 0),
    }
    monkeypatch.chdir(built.root)
    result = CliRunner().invoke(main, ["run", tiny.ASSIGNMENT])
    assert result.exit_code == 3
    assert "loops: 1_square: cell number" in result.output
    result = CliRunner().invoke(main, ["demo", tiny.ASSIGNMENT])
    assert result.exit_code == 1 and "not empty" in result.output
