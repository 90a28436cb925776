"""The definitions of a master that its hidden tests can reach."""

import pytest
from nbformat import write
from nbformat.v4 import new_code_cell, new_notebook

from grading.reference import reference

SHARED = """\
with tick.marks(1):
    def visible():
        return "visible"
    assert True
    ### BEGIN HIDDEN TESTS
    def limits(x, low=0):
        return low <= x <= {high}
    def double(x):
        return "the test's"
    def bound(x=case_number):
        return x
    ### END HIDDEN TESTS"""
AT_THE_MARGIN = """\
### BEGIN HIDDEN TESTS
def other():
    def inner():
        return 1
    return inner() + double(1)
### END HIDDEN TESTS"""


@pytest.fixture
def master(tmp_path):
    folder = tmp_path / "source" / "shared"
    folder.mkdir(parents=True)
    (tmp_path / "nbgrader_config.py").write_text("")
    (tmp_path / "grader_config.py").write_text("")
    cells = [new_code_cell("def double(x):\n    return 2 * x\nnumber = 7")]
    for source in (SHARED.format(high=9), AT_THE_MARGIN):
        cells.append(new_code_cell(source, metadata={"nbgrader": {"grade": True}}))
    write(new_notebook(cells=cells), folder / "1_shared.ipynb")
    return reference("shared/1_shared", tmp_path)


def test_a_function_of_a_hidden_test_is_there_for_the_other_tests(master):
    assert master.limits(9) and not master.limits(10)
    assert master.other() == 3


def test_what_students_see_of_a_test_and_what_is_inside_of_functions_is_not(master):
    assert not hasattr(master, "visible") and not hasattr(master, "inner")


def test_the_masters_own_function_is_never_replaced_by_a_tests(master):
    assert master.double(4) == 8


def test_a_function_that_needs_what_its_test_has_bound_is_for_that_test_alone(master):
    assert not hasattr(master, "bound")


def test_variables_are_not_there(master):
    assert not hasattr(master, "number")
