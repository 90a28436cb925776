"""A course chooses its own delimiters: everything that reads a master goes by grader_config.py."""

from __future__ import annotations

import shutil

import nbformat
import pytest
import tiny
from nbgrader.utils import is_solution
from traitlets.config import Config

from grading.batch.run import run
from grading.checking.check import check
from grading.checking.findings import Fate
from grading.masters.build import BrokenMaster, build
from grading.masters.demo import fill_with_examples
from grading.regions import Region, hidden_tests, solutions

OTHERS = {
    "### BEGIN SOLUTION": "#[ANSWER",
    "### END SOLUTION": "#]ANSWER",
    "### BEGIN HIDDEN TESTS": "# >>> UNSEEN CASES",
    "### END HIDDEN TESTS": "# <<< UNSEEN CASES",
    "### BEGIN MARK SCHEME": "[[SCHEME",
    "### END MARK SCHEME": "SCHEME]]",
}
SECRETS = ["x * x", "square(x) * x", '"hola"', "master.square", "-27", "Dos factores"]


def with_other_delimiters(root):
    """The tiny course, its configuration and its masters with other delimiters."""
    course = tiny.make_course(root)
    masters = tiny.masters()
    for cell in (cell for master in masters.values() for cell in master.cells):
        for old, new in OTHERS.items():
            cell.source = cell.source.replace(old, new)
    tiny.write_masters(root, masters)
    configuration = root / "grader_config.py"
    text = configuration.read_text("utf-8")
    for old, new in OTHERS.items():
        assert text.count(f'"{old}"') == 1
        text = text.replace(old, new)
    configuration.write_text(text, "utf-8")
    return course


@pytest.fixture
def other(tmp_path):
    return with_other_delimiters(tmp_path)


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """That course, built, with a complete submission and one that fails a hidden test."""
    course = with_other_delimiters(tmp_path_factory.mktemp("delimiters"))
    build(course.assignment(tiny.ASSIGNMENT))
    hand_in(course, "ana")
    hand_in(course, "bruno", cube="def cube(x):\n    return abs(square(x) * float(x))")
    marks = {
        summary.submission: summary.marks for summary, _ in run(course.assignment(tiny.ASSIGNMENT))
    }
    return course, marks


def hand_in(course, student, **answers):
    """The release with every blank filled; answers: grade_id → source, where it is another one."""
    folder = course.submitted / student / tiny.ASSIGNMENT
    shutil.copytree(course.release / tiny.ASSIGNMENT, folder)
    for path in folder.glob("*.ipynb"):
        notebook = nbformat.read(path, as_version=4)
        right = {cell.id: cell.source for cell in tiny.solved(path.stem).cells}
        for cell in notebook.cells:
            if is_solution(cell):
                cell.source = answers.get(cell.id, right[cell.id])
        nbformat.write(notebook, path)


def secrets_in(folder, names):
    """What no student may see of the masters, and stands in the files of a folder all the same."""
    files = [path for path in folder.rglob("*") if path.suffix in (".ipynb", ".html")]
    assert files
    text = "".join(path.read_text("utf-8") for path in files)
    return [secret for secret in [*names, *OTHERS.values()] if secret in text]


def test_what_is_released_shows_no_solution_and_no_hidden_test(graded):
    assert secrets_in(graded[0].release, SECRETS) == []


def test_submissions_earn_what_they_would_with_the_usual_delimiters(graded):
    assert graded[1] == {"ana": 12, "bruno": 9}


def test_feedback_says_that_a_hidden_test_failed_and_shows_none(graded):
    folder = graded[0].feedback / "bruno"
    assert secrets_in(folder, ["master.square", "-27", "Dos factores"]) == []
    page = folder / tiny.ASSIGNMENT / "1_square.html"
    assert "no pasó la prueba oculta" in page.read_text("utf-8")


def test_check_puts_its_faults_into_what_students_write(other):
    findings = check(other.assignment(tiny.ASSIGNMENT), True, 2, lambda what, done: None)
    assert findings.problems == []
    assert {fault.mutant.cell for fault in findings.faults} == {"square", "cube", "name"}
    assert {fault.fate for fault in findings.faults} == {Fate.KILLED}


def test_the_example_class_hands_in_answers_without_delimiters(other):
    build(other.assignment(tiny.ASSIGNMENT))
    fill_with_examples(other.assignment(tiny.ASSIGNMENT))
    assert secrets_in(other.submitted, []) == []
    raising = (other.submitted / "raises" / tiny.ASSIGNMENT / "2_name.ipynb").read_text("utf-8")
    assert "respuesta = 1 / 0" in raising


BROKEN = {
    "nbgrader's delimiter, which hides nothing here": (
        "def",
        "### BEGIN SOLUTION\ndef",
        "misspelt",
    ),
    "a delimiter in other letters": ("def", "#>>> unseen cases\ndef", "misspelt"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_master_that_does_not_use_them_is_refused(other, case):
    old, new, said = BROKEN[case]
    path = other.source / tiny.ASSIGNMENT / "1_square.ipynb"
    master = nbformat.read(path, as_version=4)
    cell = next(cell for cell in master.cells if cell.id == "cube")
    cell.source = cell.source.replace(old, new)
    nbformat.write(master, path)
    with pytest.raises(BrokenMaster, match=f"cell cube: .*{said}"):
        build(other.assignment(tiny.ASSIGNMENT))


def test_without_a_setting_they_are_nbgraders_own():
    assert solutions(Config()) == Region("BEGIN SOLUTION", "END SOLUTION")
    assert hidden_tests(Config()) == Region("BEGIN HIDDEN TESTS", "END HIDDEN TESTS")


CELL = """\
def f(x):
    ## <a> the work
    y = x
    z = y
    ## </a>
    return z
# <a>
w
# </a>"""


def test_the_lines_of_a_region_are_those_between_its_delimiters():
    assert Region("<a>", "</a>").lines(CELL) == {3, 4, 8}


def test_an_answer_is_a_solution_without_the_lines_of_its_delimiters():
    answer = "def f(x):\n    y = x\n    z = y\n    return z\nw"
    assert Region("<a>", "</a>").without_delimiters(CELL) == answer


def test_what_replaces_a_region_stands_as_far_to_the_right_as_it_did():
    replaced = "def f(x):\n    pass\n    return z\npass"
    assert Region("<a>", "</a>").replaced(CELL, "pass") == replaced
