"""`new` makes an assignment that works as it stands."""

import re

import nbformat
import pytest
from click.testing import CliRunner

from grading import cli
from grading.checking.check import check
from grading.checking.trials import Kind
from grading.course import CourseError, working_folder
from grading.masters.build import build
from grading.masters.new import SKELETONS, new_assignment
from grading.masters.settings import identity_of

NAMES = {"es": "1_inicio", "en": "1_start"}


@pytest.fixture(params=NAMES)
def language(request, course):
    """A language, which the course is in."""
    with (course.root / "grader_config.py").open("a") as config:
        config.write(f'\nc.Course.language = "{request.param}"\n')
    return request.param


def test_it_passes_the_check_and_builds(course, language):
    assignment, name = course.assignment("lab4"), NAMES[language]
    new_assignment(assignment)
    assert build(assignment) == [name]
    findings = check(assignment, True, 2, lambda what, done: None)
    assert findings.problems == []
    assert findings.available(name) == 13
    assert {result.earned for result in findings.of(Kind.MASTER)} == {13}


def test_it_has_an_exercise_of_each_kind_and_says_whose_it_is(course, language):
    assignment = course.assignment("lab4")
    (path,) = new_assignment(assignment)
    text = path.read_text()
    pack = {"es": "empaquetar", "en": "pack"}[language]
    for part in ("check_scalar", "check_hash", "reference(", f"lab4/{NAMES[language]}",
                 "in epochs(", "BEGIN MARK SCHEME", "summarise_marks", pack):  # fmt: skip
        assert part in text
    assert "ASSIGNMENT" not in text
    nbformat.validate(nbformat.read(path, as_version=4))
    assert all(f"{field.name} = " in text for field in identity_of(assignment))
    assert [field.signature for field in identity_of(assignment)].count(True) > 0


def test_the_skeleton_in_english_has_no_word_of_spanish(course):
    english, spanish = ((SKELETONS / code / f"{name}.ipynb").read_text("utf-8")
                        for code, name in (("en", NAMES["en"]), ("es", NAMES["es"])))  # fmt: skip
    assert re.search("[áéíóúñ¿]", spanish) and not re.search("[áéíóúñ¿]", english)


@pytest.mark.parametrize("name", ["", "../lab4", "lab 4", "práctica", ".lab", "a/b"])
def test_a_name_that_will_not_do_is_refused(course, name):
    with pytest.raises(CourseError, match="no name for an assignment"):
        new_assignment(course.assignment(name))


def test_nothing_is_overwritten(course):
    with working_folder(course.root):
        assert CliRunner().invoke(cli.main, ["new", "lab4"]).exit_code == 0
        again = CliRunner().invoke(cli.main, ["new", "lab4"])
    assert again.exit_code == 1 and "source/lab4 is there already" in again.output
