"""What would cost every hand-in the marks of a cell is named by `build`, before it releases."""

import pytest
import tiny
from click.testing import CliRunner

from grading.checking.probing import what_tests_lack
from grading.cli import main
from grading.examiner.imports import Imports
from grading.execution.execute import execute
from grading.intake.preparation import Preparation
from grading.model.outcome import Status

START = "from helpers import tick\n"
# By name: the provided imports, what the test of `name` does, a module beside the masters, and what
# `build` says: the cell, and words.
LACKING = {
    "a provided import": (
        "import no_such", "no_such.f(name)", "", "name-imports", "No module named 'no_such'",
    ),
    "a provided import of a name": (
        "from math import no_such", "no_such(name)", "", "name-imports", "cannot import name",
    ),
    "a star import": (
        "from no_such import *", "pass", "", "name-imports", "No module named 'no_such'",
    ),
    "a module that needs another one": (
        "import mine", "mine.f(name)", "import no_such", "name-imports", "'no_such'",
    ),
    "a module that is no Python": (
        "import mine", "mine.f(name)", "def f(:", "name-imports", "SyntaxError",
    ),
    "a module that ends the process": (
        "import mine", "mine.f(name)", "import sys\nsys.exit()", "name-imports", "ended",
    ),
    "an import of the test's own": ("", "import no_such", "", "name-check", "'no_such'"),
    "a master that can't be loaded": (
        "LIMIT = 3\ndef f(x=LIMIT):\n    return x", 'reference("tiny/2_name")', "", "name-check",
        "name 'LIMIT' is not defined",
    ),
    "a master that is not there": (
        "", 'reference("tiny/3_no")', "", "name-check", "No such file or directory",
    ),
    "a file that is not there": ("", "open('datos.csv')", "", "name-check", "'datos.csv'"),
    "a table that is not there": (
        "import pandas", "pandas.read_csv('./data/x.csv')", "", "name-check", "'data/x.csv'",
    ),
}  # fmt: skip
WELL = {
    "a module beside the masters": ("import mine", "mine.f(name)", "def f(x):\n    return x"),
    "a module that reads beside itself": (
        "import mine", "mine.f(name)",
        "from pathlib import Path\nf = len\nPath(__file__).with_name('2_name.ipynb').read_text()",
    ),
    "one of two modules is there": (
        "try:\n    import json as j\nexcept ImportError:\n    import no_such as j",
        "assert j.loads('1') == 1", "",
    ),
    "an import that no test needs": ("import no_such", "pass", ""),
    "an import that the test tries": (
        "", "try:\n        import no_such\n    except ImportError:\n        pass", "",
    ),
    "a file that the test writes": ("", "open('a.txt', 'w').close()", ""),
    "a file that the test writes and reads": ("", "open('a.txt', 'w')\n    open('a.txt')", ""),
    "a file that is there": ("", "open('mine.py').close()", "x = 1"),
}  # fmt: skip


def course_with(root, imports, test, module):
    course, notebooks = tiny.make_course(root), tiny.masters()
    cells = {cell.id: cell for cell in notebooks["2_name"].cells}
    cells["name-imports"].source = START + imports
    hidden = "from grading.reference import reference\n    " if "reference" in test else ""
    hidden = f"    ### BEGIN HIDDEN TESTS\n    {hidden}{test}\n    ### END HIDDEN TESTS\n"
    cells["name-check"].source = f"# Nombre\nwith tick.marks(4):\n    assert name\n{hidden}"
    tiny.write_masters(root, notebooks)
    if module:
        (course.source / tiny.ASSIGNMENT / "mine.py").write_text(module)
    return course


@pytest.mark.parametrize("what", LACKING)
def test_what_tests_can_not_have_is_named(what, tmp_path):
    *parts, cell, words = LACKING[what]
    (lacking,) = what_tests_lack(course_with(tmp_path, *parts).assignment(tiny.ASSIGNMENT))
    assert lacking.startswith(f"2_name, cell {cell}: ") and words in lacking


@pytest.mark.parametrize("what", WELL)
def test_what_tests_have_is_not_named(what, tmp_path):
    assert what_tests_lack(course_with(tmp_path, *WELL[what]).assignment(tiny.ASSIGNMENT)) == []


def test_a_module_of_the_name_of_an_installed_one_is_named(tmp_path):
    course = course_with(tmp_path, "import statistics", "pass", "")
    (course.source / tiny.ASSIGNMENT / "statistics.py").write_text("x = 1")
    (course.source / tiny.ASSIGNMENT / "types.py").write_text("nobody imports it = 1")
    (lacking,) = what_tests_lack(course.assignment(tiny.ASSIGNMENT))
    assert lacking.startswith("statistics.py of source/tiny/ has the name of an installed module")


def test_a_test_that_lacks_something_says_so_itself(tmp_path):
    course = course_with(tmp_path, "import no_such", "no_such.f(name)", "")
    preparation = Preparation(course.assignment(tiny.ASSIGNMENT))
    outcome = execute(preparation.trial_job("2_name", tiny.solved("2_name")))
    assert outcome.status is Status.TEST_NOT_RUN
    assert outcome.reason.startswith("cell name-check: No module named 'no_such'; the test")


def test_it_is_told_when_the_assignment_is_built(tmp_path, monkeypatch):
    course = course_with(tmp_path, "import no_such", "no_such.f(name)", "")
    monkeypatch.chdir(course.root)
    result = CliRunner().invoke(main, ["build", tiny.ASSIGNMENT])
    assert result.exit_code == 0, result.output
    assert "! 2_name, cell name-" in result.output
    assert (course.release / tiny.ASSIGNMENT).exists()


def test_the_import_that_can_be_had_counts():
    source = "try:\n    import json as j\nexcept ImportError:\n    import no_such as j"
    assert Imports([source]).get("j").__name__ == "json"
