"""Test cells that may give some of their points, and test cells that share what they bind."""

import json

import pytest
import tiny
from nbformat.v4 import new_code_cell, new_markdown_cell
from nbgrader.utils import determine_grade
from tiny import cell, notebook

from grading.execution.execute import execute
from grading.execution.rendering import check_outputs
from grading.model.job import Job
from grading.model.outcome import CheckResult, Outcome

DIVISION = "TypeError: unsupported operand type(s) for /: 'str' and 'int'"
BEGIN, END = "### BEGIN HIDDEN TESTS\n", "### END HIDDEN TESTS\n"


def graded(*cells) -> Outcome:
    """What the cells of a notebook give, which are the master's and the student's alike."""
    node = json.loads(json.dumps(notebook(*cells)))
    return execute(Job(tiny.ASSIGNMENT, "parts", node, {"parts": node}, {}))


@pytest.fixture(scope="module")
def checks():
    """The results of TESTS by name, of one run with `half(x)` right and `third(x)` wrong."""
    answers = "def half(x):\n    return x / 2\n\ndef third(x):\n    return x / 4"
    cells = [cell("locked", "imports", "from helpers import tick"), cell("solution", "a", answers)]
    cells += [cell("test", name, source, points) for name, (source, points, *_) in TESTS.items()]
    return {check.grade_id: check for check in graded(*cells).checks}


TESTS = {  # name → source, points, marks that it gives, titles and reasons of its parts
    "one-of-two": (
        "# Fracciones\n# Mitades\nwith tick.marks(1):\n    assert half(4) == 2\n"
        '# Tercios\nwith tick.marks(2):\n    assert third(6) == 2, "dividan entre 3"\n',
        3, 1, [("Fracciones", ""), ("Tercios", "dividan entre 3")],
    ),
    "the-first-fails": (
        "# Un título\nwith tick.marks(2):\n    assert third(6) == 2, 'entre 3'\n"
        "with tick.marks(1):\n    assert half(4) == 2\n",
        3, 1, [("Un título", "entre 3"), ("Un título (2)", "")],
    ),
    "an-error-between": (
        "# Parte A\nwith tick.marks(1):\n    assert half(4) == 2\nthird('x')\n"
        "# Parte B\nwith tick.marks(2):\n    assert half(2) == 1\n",
        3, 1, [("Parte A", ""), ("Parte B", DIVISION)],
    ),
    "a-number": ("score = 0\nscore += half(4) == 2\nscore += third(6) == 2\nscore", 2, 1, []),
    "a-fraction": ("0.25 + (half(2) == 1)", 2, 1.25, []),
    "a-numpy-number": ("import numpy as np\nnp.float64(0.5)", 2, 0.5, []),
    "too-many": ("7", 2, 2, []),
    "less-than-none": ("-1", 2, 0, []),
    "what-holds": ("half(4) == 2", 2, 2, []),
    "what-does-not-hold": ("third(6) == 2", 2, 0, []),
    "a-call-without-a-value": ("print(half(4))", 2, 2, []),
    "a-number-after-a-failure": ("assert third(6) == 2\n2", 2, 0, []),
}  # fmt: skip


@pytest.mark.parametrize("name", TESTS)
def test_a_test_gives_the_marks_of_its_parts_or_of_its_last_value(checks, name):
    source, points, earned, parts = TESTS[name]
    check = checks[name]
    assert (check.earned, check.passed) == (earned, earned == points)
    assert [(part.title, part.reason) for part in check.parts] == parts


@pytest.mark.parametrize("name", TESTS)
def test_nbgrader_reads_the_same_marks_from_what_the_cell_shows(name):
    _, points, earned, _ = TESTS[name]
    test = cell("test", name, "", points)
    test.outputs = check_outputs(
        CheckResult(name, "Título", points, earned == points, "pista", score=earned)
    )
    assert determine_grade(test) == (earned, points)


def test_a_comment_that_students_do_not_see_names_no_part():
    test = (
        f"# Visible\nwith tick.marks(1):\n    assert True\n{BEGIN}# Secreto\n"
        f"with tick.marks(1):\n    assert False\n{END}"
    )
    outcome = graded(
        cell("locked", "imports", "from helpers import tick"), cell("test", "check", test, 2)
    )
    assert [part.title for part in outcome.checks[0].parts] == ["Visible", "Visible (2)"]
    assert outcome.checks[0].parts[1].part == "hidden"


BINDS = "case = 3\ndef expected(x):\n    return x + x\nfound = double(case)"


def test_what_a_test_binds_later_tests_read_and_no_cell_of_a_students_changes():
    master = [
        cell("solution", "answer", "def double(x):\n    return 2 * x"),
        cell(
            "test", "first", "case = 3\ndef expected(x):\n    return x + x\nfound = double(case)", 1
        ),
        cell("solution", "more", "step = 1"),
        cell("test", "second", "assert found == expected(case) == 6 and step == 1", 1),
        cell("locked", "given", "case = 5"),
        cell("test", "third", "assert case == 5", 1),
    ]
    handed_in = [
        *master[:3],
        new_code_cell("expected = lambda x: 0\nfound = case = 0"),
        *master[3:],
    ]
    node = json.loads(json.dumps(notebook(*handed_in)))
    masters = {"parts": json.loads(json.dumps(notebook(*master)))}
    outcome = execute(Job(tiny.ASSIGNMENT, "parts", node, masters, {}))
    assert [(check.grade_id, check.passed, check.reason) for check in outcome.checks] == [
        (name, True, "") for name in ("first", "second", "third")
    ]


def test_titles_come_from_a_comment_a_docstring_or_the_heading_above():
    named = [
        ("# Raíces de la ecuación\nassert True", "Raíces de la ecuación"),
        ('"""Check the roots."""\nassert True', "Check the roots"),
        ("assert True", "Parte A (1)"),
        ("assert True", "Parte A (2)"),
    ]
    tests = [cell("test", f"t{number}", source, 1) for number, (source, _) in enumerate(named)]
    checks = graded(new_markdown_cell("## Parte A"), *tests).checks
    assert [check.title for check in checks] == [title for _, title in named]
