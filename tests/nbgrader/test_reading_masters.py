"""Masters in other formats than today's, and tests that nbgrader writes itself."""

import importlib.resources
import json
import logging
import shutil

import nbformat
import pytest
import tiny
from traitlets import log

from grading.batch.run import run
from grading.course import CourseError
from grading.masters.build import build
from grading.masters.reading import read_master, reading_of

OLD = {
    "nbformat": 4,
    "nbformat_minor": 0,
    "metadata": {"kernelspec": {"name": "conda-env-old-py", "display_name": "Python [old]"}},
    "cells": [
        {"cell_type": "markdown", "metadata": {}, "source": ["## Squares"]},
        {
            "cell_type": "code",
            "execution_count": 3,
            "metadata": {"nbgrader": {"grade": False, "grade_id": "square", "locked": False,
                                      "solution": True}},
            "outputs": [{"output_type": "stream", "name": "stdout", "text": ["4"]}],
            "source": ["def square(x):\n", "    ###BEGIN SOLUTION\n", "    return x * x\n",
                       "    ###END SOLUTION"],
        },
        {
            "cell_type": "code",
            "execution_count": 4,
            "metadata": {"nbgrader": {"grade": True, "grade_id": "square-test", "locked": True,
                                      "points": 2, "solution": False}},
            "outputs": [],
            "source": ["assert square(3) == 9"],
        },
    ],
}  # fmt: skip
AUTOTEST = "### BEGIN HIDDEN TESTS\n### AUTOTEST square(3); square(-2)\n### END HIDDEN TESTS"


@pytest.fixture
def old(course):
    """A course whose one master is in an old format."""
    folder = course.source / tiny.ASSIGNMENT
    shutil.rmtree(folder)
    folder.mkdir()
    (folder / "squares.ipynb").write_text(json.dumps(OLD), encoding="utf-8")
    return course


def test_an_old_master_is_released_in_the_format_of_today_and_stays_as_it_was(old):
    path = old.source / tiny.ASSIGNMENT / "squares.ipynb"
    before = path.read_bytes()
    build(old.assignment(tiny.ASSIGNMENT))
    released = nbformat.read(old.release / tiny.ASSIGNMENT / path.name, as_version=4)
    assert (released.nbformat, released.nbformat_minor) == (4, 5)
    assert [cell.id for cell in released.cells][1:] == ["square", "square-test"]
    assert released.metadata.kernelspec.name == "python3"
    assert "x * x" not in released.cells[1].source and not released.cells[1].outputs
    assert path.read_bytes() == before


def test_what_nbgrader_says_of_old_metadata_is_not_heard_and_its_log_stays_open(old, monkeypatch):
    shared, heard = logging.Logger("shared"), []
    shared.addFilter(lambda record: heard.append(record.getMessage()))
    monkeypatch.setattr(log, "get_logger", lambda: shared)
    build(old.assignment(tiny.ASSIGNMENT))
    assert not any("extra keys" in said for said in heard) and not shared.disabled


def test_two_builds_give_equal_bytes(old):
    assignment = old.assignment(tiny.ASSIGNMENT)
    released = assignment.release / "squares.ipynb"
    build(assignment)
    first = released.read_bytes()
    build(assignment)
    assert released.read_bytes() == first


def test_what_was_read_in_another_way_is_told(old):
    reading = reading_of(old.source / tiny.ASSIGNMENT / "squares.ipynb", old.config)
    assert reading.changes[0] == "notebook format 4.0"
    assert reading.changes[-1] == "outputs of 1 cell(s), which are left out"
    assert reading.respelt == {"square": ["###BEGIN SOLUTION", "###END SOLUTION"]}


def write_autotests(course) -> None:
    """Have nbgrader write the test of the old master."""
    master = json.loads(json.dumps(OLD))
    master["cells"][2]["source"] = AUTOTEST.splitlines(keepends=True)
    path = course.source / tiny.ASSIGNMENT / "squares.ipynb"
    path.write_text(json.dumps(master), encoding="utf-8")


def test_autotest_lines_become_tests_of_what_the_master_gives(old):
    write_autotests(old)
    templates = importlib.resources.files("nbgrader") / "docs/source/user_guide/autotests.yml"
    (old.root / "autotests.yml").write_bytes(templates.read_bytes())
    assignment = old.assignment(tiny.ASSIGNMENT)
    build(assignment)
    test = read_master(assignment.master_paths()[0], old.config).cells[2].source
    assert "AUTOTEST" not in test and "square(-2)" in test and '"""9"""' in test
    assert "square(-2)" not in (assignment.release / "squares.ipynb").read_text("utf-8")
    for student, answer in (("right", "x * x"), ("wrong", "x + x")):
        shutil.copytree(assignment.release, assignment.submitted(student))
        path = assignment.submitted(student) / "squares.ipynb"
        notebook = nbformat.read(path, as_version=4)
        notebook.cells[1].source = f"def square(x):\n    return {answer}"
        nbformat.write(notebook, path)
    marks = {graded.submission: graded.notebooks[0].marks for graded, _ in run(assignment)}
    assert marks == {"right": 2, "wrong": 0}


def test_autotest_lines_without_templates_are_refused_in_a_sentence(old):
    write_autotests(old)
    with pytest.raises(CourseError, match="squares.ipynb has AUTOTEST lines, and there is no"):
        build(old.assignment(tiny.ASSIGNMENT))
