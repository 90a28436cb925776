"""A test that lacks something of ours costs its own cell alone, until the course has it."""

import subprocess
import sys

import pytest
import tiny
from habits import Habit, graded

from grading.model import summary as summaries
from grading.model.outcome import Status

CHECK = "# Nombre\nwith tick.marks(2):\n    {}\n    assert name == 'hola'"
LACKS = {
    "module": "import not_here\n    assert not_here.f(name)",
    "file": "assert open('not_here.txt').read()",
}
THEIRS = "assert open('greeting.txt').read() == 'hola'"


def masters():
    answer = "### BEGIN SOLUTION\nname = 'hola'\n# greeting.txt\n### END SOLUTION"
    tests = {**LACKS, "theirs": THEIRS, "well": "pass"}
    cells = [
        tiny.cell("locked", "imports", "from helpers import tick"),
        tiny.cell("solution", "name", answer),
    ]
    cells += [
        tiny.cell("test", f"{key}-check", CHECK.format(test), 2) for key, test in tests.items()
    ]
    return {"2_name": tiny.notebook(*cells)}


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """The summary and what was said, before and after the course has what its tests need."""
    course = tiny.make_course(tmp_path_factory.mktemp("lacking"))
    habit = Habit("complete", lambda folder: None)
    first = graded(course, [habit], masters=masters())["complete"]
    assignment = course.assignment(tiny.ASSIGNMENT)
    before = summaries.load(assignment, "h000")
    command = [sys.executable, "-m", "grading", "run", tiny.ASSIGNMENT]

    def run():
        return subprocess.run(command, cwd=course.root, text=True, capture_output=True)

    unchanged = run()
    (assignment.source / "not_here.py").write_text("f = len")
    (assignment.source / "not_here.txt").write_text("x")
    again = run()
    return before, first, unchanged, again, summaries.load(assignment, "h000")


def test_the_marks_of_the_other_cells_stand(runs):
    before, first, *_ = runs
    assert before.status is Status.TEST_NOT_RUN and before.marks == 2
    assert first.marks == {
        "module-check": 0, "file-check": 0, "theirs-check": 0, "well-check": 2,
    }  # fmt: skip


def test_the_instructor_reads_which_cell_lacks_what(runs):
    _, first, *_ = runs
    assert "cell module-check: No module named 'not_here'" in first.said
    assert "a test could not run" in first.said


def test_the_student_reads_that_it_is_not_their_fault(runs):
    _, first, *_ = runs
    assert first.said.count("Esta comprobación no se pudo ejecutar; no fue por su código.") == 2


def test_a_file_that_the_submission_was_to_write_is_the_students(runs):
    _, first, *_ = runs
    assert "greeting.txt" in first.said and "cell theirs-check" not in first.said


def test_the_next_run_tries_again_and_says_so(runs):
    *_, unchanged, again, after = runs
    assert unchanged.returncode == 3 and "a test could not run" in unchanged.stdout
    assert "graded because: a test could not run" in unchanged.stdout
    assert again.returncode == 0, again.stdout
    assert after.status is Status.GRADED and after.marks == 6
