"""`new` makes an assignment that works as it stands."""

import nbformat
import pytest
from click.testing import CliRunner

from grading import cli
from grading.checking.check import check
from grading.checking.trials import Kind
from grading.course import CourseError, working_folder
from grading.masters.build import build
from grading.masters.new import new_assignment


def test_it_passes_the_check_and_builds(course):
    new_assignment(course.assignment("lab4"))
    assert build(course.assignment("lab4")) == ["1_inicio"]
    findings = check(course.assignment("lab4"), True, 2, lambda what, done: None)
    assert findings.problems == []
    assert findings.available("1_inicio") == 13
    assert {result.earned for result in findings.of(Kind.MASTER)} == {13}


def test_it_has_an_exercise_of_each_kind(course):
    (path,) = new_assignment(course.assignment("lab4"))
    text = path.read_text()
    for part in ("check_scalar", "check_hash", "reference(", "lab4/1_inicio", "in epochs(",
                 "BEGIN MARK SCHEME", "summarise_marks", "empaquetar"):  # fmt: skip
        assert part in text
    assert "ASSIGNMENT" not in text
    nbformat.validate(nbformat.read(path, as_version=4))


@pytest.mark.parametrize("name", ["", "../lab4", "lab 4", "práctica", ".lab", "a/b"])
def test_a_name_that_will_not_do_is_refused(course, name):
    with pytest.raises(CourseError, match="no name for an assignment"):
        new_assignment(course.assignment(name))


def test_nothing_is_overwritten(course):
    with working_folder(course.root):
        assert CliRunner().invoke(cli.main, ["new", "lab4"]).exit_code == 0
        again = CliRunner().invoke(cli.main, ["new", "lab4"])
    assert again.exit_code == 1 and "source/lab4 is there already" in again.output
