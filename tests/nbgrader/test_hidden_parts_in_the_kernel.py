"""Tests with hidden parts that their master has tagged to run in the kernel: last, once, apart."""

import subprocess
import sys

import pytest
import tiny
from habits import Habit, graded
from table_of_tests import Row, judge, outcome_of, results

from grading.masters.rules import broken_rules
from grading.model.outcome import Status

TAG = ("run-in-kernel",)
HIDDEN = "### BEGIN HIDDEN TESTS\n{}\n### END HIDDEN TESTS"
SECRET = "murciélago"
PROVIDED = "import os\ncount = 0"
SPY = """\
from IPython import get_ipython
import inspect
def spied():
    shell = get_ipython()
    told = shell.user_ns["In"][-1] + str(inspect.stack())
    open("seen.txt", "a").write(told)
    raise ValueError(told)
"""
ROWS = {
    "right": Row("def f():\n    return 1", HIDDEN.format("assert f() == 1"), tags=TAG),
    "wrong": Row(
        "def g():\n    return 2", HIDDEN.format("assert g() == 1, 'g: revisen el signo'"), False,
        tags=TAG,
    ),
    "wrong without a message": Row("h = 2", HIDDEN.format("assert h == 1"), False, tags=TAG),
    "a cell after it changes what it needs": Row(
        "early = 1", HIDDEN.format("assert early == 1"), tags=TAG
    ),
    "the cell after it": Row("early = 2", "assert early == 2"),
    "it runs once, and its kernel's cells once more": Row(
        "count += 1", HIDDEN.format("assert count == 1"), tags=TAG
    ),
    "what a call of another test did": Row(
        "calls = []\ndef called():\n    calls.append(1)\n    return len(calls)",
        "assert called() == 1",
    ),
    "is not there": Row("pass", HIDDEN.format("assert calls == []"), tags=TAG),
    "without hidden parts": Row("v = 1", "assert get_ipython() and v == 1", tags=TAG),
    "a kernel that ends": Row(
        "def ends():\n    os._exit(0)", HIDDEN.format("ends()"), False, tags=TAG
    ),
    "a spy": Row(
        SPY, HIDDEN.format(f"wanted = '{SECRET}'\nassert spied() == wanted"), False,
        "def spied():\n    return 'x'", TAG,
    ),
    "what the spy has written is gone": Row("pass", "assert not os.path.exists('seen.txt')"),
}  # fmt: skip


@pytest.fixture(scope="module")
def outcome():
    return outcome_of(ROWS, PROVIDED)


@pytest.mark.parametrize("name", ROWS)
def test_it_runs_in_a_kernel_of_its_own(name, outcome):
    judge(name, ROWS[name], outcome)


def test_the_results_stand_in_the_order_of_the_notebook_and_say_where_they_ran(outcome):
    found = results(outcome)
    assert len(found) == len(ROWS) == len(outcome.checks)
    for name, result in zip(ROWS, found.values(), strict=True):
        assert result.in_kernel == (ROWS[name].tags == TAG)
    told = {each.cell for each in outcome.incidents if "within reach" in each.text}
    assert "right-check" in told and "without-hidden-parts-check" not in told


def test_the_kernel_that_ended_ended_nothing_else(outcome):
    assert outcome.status is Status.STUDENT_ERROR
    assert outcome.reason == "cell a-kernel-that-ends-check: ended the kernel"


def test_students_read_the_message_of_an_assert_and_nothing_else_of_the_test(outcome):
    found = results(outcome)
    assert found["wrong"].reason == "g: revisen el signo"
    assert "no es el esperado" in found["wrong-without-a-message"].reason
    assert "no es el esperado" in found["a-spy"].reason
    shown = [cell.get("outputs") for cell in outcome.notebook["cells"]]
    assert SECRET not in str([shown, outcome.checks, outcome.incidents])


def test_it_is_built_and_the_table_says_whose_reach_it_is_in(tmp_path):
    course = tiny.make_course(tmp_path)
    masters = tiny.masters()
    test = next(cell for cell in masters["2_name"].cells if cell.id == "name-check")
    test.metadata["tags"] = list(TAG)
    found = graded(course, [Habit("complete", lambda folder: None)], masters=masters)["complete"]
    assert found.marks["name-check"] == 4
    command = [sys.executable, "-m", "grading", "run", tiny.ASSIGNMENT]
    said = subprocess.run(command, cwd=course.root, text=True, capture_output=True).stdout
    assert "2_name, cell name-check: its tag run-in-kernel makes" in said
    assert "its marks are within reach of a submission" in said
    page = (course.root / "reports" / f"{tiny.ASSIGNMENT}.html").read_text("utf-8")
    assert "its marks are within reach of a submission" in page
    assert broken_rules(course.assignment(tiny.ASSIGNMENT).master_paths(), course.config) == []
