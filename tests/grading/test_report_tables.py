"""The tables of a report, for classes that are small enough to count by hand."""

from random import Random

import pytest
import tiny
from hypothesis import given
from hypothesis import strategies as st
from made_up_class import made_up_class
from traitlets.config import Config

from grading.model.outcome import Status
from grading.regions import hidden_tests
from grading.reporting.anonymous import anonymous
from grading.reporting.items import Item, Master, master_of
from grading.reporting.report import Report
from grading.reporting.submissions import Class, Result, Run, Submission
from grading.reporting.tables import AGAINST, HARDLY, YES, by_exercise, checks, to_mark

ITEMS = (
    Item("n", "asked", "Asked", "One", 1, False),
    Item("n", "rest", "The rest", "Two", 10, False),
    Item("n", "question", "Question", "Two", 2, True),
)
NOT_RUN, OPEN = None, None


def a_class(rows):
    """A submission for each (whether the first check passed, marks of the second, of the third)."""
    submissions = []
    for number, (passed, rest, written) in enumerate(rows):
        results = {
            ("n", "asked"): Result(float(bool(passed)), passed),
            ("n", "rest"): Result(rest, rest == 10),
            ("n", "question"): Result(written),
        }
        run = Run(Status.GRADED, rest, recorded=True, graded_as=f"id{number}")
        submissions.append(Submission(f"s{number}", Status.GRADED, "", {"n": run}, results))
    return Class("lab", [Master("n", ITEMS, ())], submissions, [])


@pytest.mark.parametrize(
    ("rows", "share", "verdict"),
    [
        ([(n >= 5, n, 1) for n in range(10)], 0.5, YES),
        ([(n < 5, n, 1) for n in range(10)], 0.5, AGAINST),
        ([(n % 2 == 1, n // 2, 1) for n in range(10)], 0.5, HARDLY),
        ([(True, n, 1) for n in range(10)], 1, "all passed"),
        ([(False, n, 1) for n in range(10)], 0, "nobody passed"),
        ([(n >= 5, n, 1) for n in range(9)], 4 / 9, "too few (9) to say"),
        ([(n >= 5, 3, 1) for n in range(10)], 0.5, "the others' marks are all equal"),
        ([(NOT_RUN, n, 1) for n in range(10)], None, "nobody came to it"),
        ([(n >= 5, n, 1) for n in range(10)] + [(NOT_RUN, 0, 1)] * 9, 0.5, YES),
    ],
)
def test_how_hard_a_check_was_and_whether_it_separates(rows, share, verdict):
    found = checks(a_class(rows))[0]
    assert (found.share, found.verdict) == (share, verdict)
    assert (found.separation is not None) == (verdict in (YES, HARDLY, AGAINST))
    assert found.ran + found.not_run == len(rows)


def test_an_exercise_counts_those_that_are_marked():
    rows = [(True, 10, 2), (False, 5, 1), (True, 0, OPEN)]
    found = {(row.exercise, row.written): row for row in by_exercise(a_class(rows))}
    assert found["One", False].shares.mean == pytest.approx(2 / 3)
    assert found["Two", False].shares.mean == 0.5
    assert (found["Two", True].shares.count, found["Two", True].shares.mean) == (2, 0.75)


def test_each_question_stands_by_the_title_that_the_page_for_marking_gives_it():
    code = tiny.cell("solution", "application", "### BEGIN SOLUTION\n1\n### END SOLUTION", 2)
    code.metadata.nbgrader.grade = True
    master = tiny.notebook(
        tiny.cell("text", "d", "---\n## Part D (2 points)\n\nFind a use."),
        code,
        tiny.cell("task", "sums", "---\n## Part E (4 points)\n\nState the sums.", 4),
        tiny.cell("task", "one", "**Question.** Why?", 1),
        tiny.cell("task", "other", "**Question.** Why not?", 1),
    )
    found = by_exercise(Class("lab", [master_of("n", master, hidden_tests(Config()))], [], []))
    assert [(row.exercise, row.points) for row in found] == [
        ("Part D", 2), ("Part E (4 points)", 4), ("Question", 1), ("Question", 1),
    ]  # fmt: skip
    assert all(row.written for row in found)


def test_the_questions_that_wait_are_those_without_a_mark():
    (row,) = to_mark(a_class([(True, 10, 2), (True, 10, OPEN), (True, 10, OPEN)]))
    assert (row.questions, row.submissions) == (2, 2)
    assert row.where == [("s1", "id1"), ("s2", "id2")]


@given(st.integers(0, 45), st.integers(0, 10**6), st.booleans())
def test_shares_are_shares_and_counts_add_up(count, seed, hidden):
    found = made_up_class(count, seed)
    report = Report(anonymous(found, Random(seed).shuffle) if hidden else found)
    assert sum(bar.count for bar in report.histogram) == len(report.marked)
    assert all(0 <= bar.height <= 1 for bar in report.histogram)
    assert len(report.marked) + len(report.absent) == len(report.students) == count
    for row in (*report.by_notebook, *report.by_exercise):
        assert row.shares is None or 0 <= row.shares.lowest <= row.shares.highest <= 1
    for row in report.checks:
        assert row.ran + row.not_run == len(found.submissions) and 0 <= row.passed <= row.ran
        assert row.separation is None or -1 <= row.separation <= 1
    failed = sum(check.ran - check.passed for check in report.checks)
    told = sum(reason.count for reason in report.reasons)
    assert told <= failed if hidden else told == failed
    assert sum(len(rows) for _, _, rows in report.held_by_kind) == len(report.held)
