"""Every command says how it is used and what is wrong, in a sentence."""

import json

import nbformat
import pytest
import tiny
from class_run import ClassRun
from click.testing import CliRunner
from tiny import hand_in, solved

from grading.cli import COMMANDS, main
from grading.course import working_folder

ARGUMENTS = {
    "check": ["lab9"],
    "build": ["lab9"],
    "demo": ["lab9"],
    "collect": ["lab9", "."],
    "run": ["lab9"],
    "report": ["lab9"],
    "export": ["lab9"],
    "compare": ["lab9"],
    "mark": ["lab9"],
    "publish": ["lab9"],
}


def said(course, *arguments):
    with working_folder(course.root):
        done = CliRunner().invoke(main, arguments)
    return done.exit_code, done.output


@pytest.mark.parametrize("command", COMMANDS)
def test_its_help_has_an_example(course, command):
    code, text = said(course, command, "--help")
    assert code == 0
    assert f"python -m grading {command}" in text.partition("Example")[2]


@pytest.mark.parametrize("command", ARGUMENTS)
def test_a_wrong_assignment_is_named_with_those_that_there_are(course, command):
    code, text = said(course, command, *ARGUMENTS[command])
    assert code == 1
    assert "No assignment 'lab9'" in text and "tiny" in text


@pytest.mark.parametrize("command", ["run", "report", "export"])
def test_an_empty_class_is_told_what_to_do(built, command):
    code, text = said(built, command, tiny.ASSIGNMENT)
    assert code == 1
    assert "submitted/" in text or "python -m grading run tiny" in text


@pytest.mark.parametrize("command", ["report", "export"])
def test_a_missing_gradebook_is_told_what_makes_one_and_none_is_made(course, command):
    tiny.hand_in(course, "ana")
    code, text = said(course, command, tiny.ASSIGNMENT)
    assert code == 1
    assert "python -m grading" in text and "gradebook" in text.lower()
    assert not (course.root / "gradebook.db").exists()


@pytest.mark.parametrize("command", sorted(COMMANDS.keys() - {"init"}))  # it makes one
def test_outside_of_a_course_it_says_so(tmp_path, command):
    with working_folder(tmp_path):
        own = {"forget": ["ana"], "new": ["lab4"]}
        arguments = [command, *ARGUMENTS.get(command, own.get(command, []))]
        done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 1
    assert "No grader_config.py in" in done.output


def test_a_run_says_nothing_of_cells_without_an_id_or_with_the_same(built):
    notebook = json.loads(nbformat.writes(solved("1_square")))
    notebook["cells"].append(notebook["cells"][3])
    hand_in(built, "copied", square=json.dumps(notebook).encode())
    for cell in notebook["cells"]:
        cell.pop("id", None)
    hand_in(built, "without", square=json.dumps(notebook).encode())
    code, text = ClassRun(built).end()
    assert code == 0
    assert "2 graded" in text and "Warning" not in text and "DuplicateCellId" not in text
