"""What a test cell says that costs a mark by stock nbgrader or would end the examiner."""

from table_of_tests import Row, judge, outcome_of

from grading.model.outcome import Status

ROWS = {
    "a warning": Row("x = 1", "warnings.warn('w')\nassert x == 1"),
    "text on stderr": Row("pass", "print('a', file=sys.stderr)\nassert x == 1"),
    "something shown": Row("pass", "display(x)\nassert x == 1"),
}


def test_what_a_test_shows_or_warns_of_costs_nothing():
    found = outcome_of(ROWS, "import sys, warnings")
    for name, row in ROWS.items():
        judge(name, row, found)


def test_a_star_import_that_fails_costs_the_tests_that_need_it():
    rows = {
        "plain": Row("x = 1", "assert x == 1"),
        "needs it": Row("pass", "assert root(4) == 2", False),
    }
    found = outcome_of(rows, "from no_such_library import *")
    for name, row in rows.items():
        judge(name, row, found)
    assert found.status is Status.TEST_NOT_RUN
    assert found.reason.startswith("cell needs-it-check: No module named 'no_such_library'")
