"""Names of assignments, notebooks and submissions: what works, what is refused in a sentence."""

import shutil

import nbformat
import pytest
import tiny
from click.testing import CliRunner

from grading.cli import main
from grading.course import NAME_RULE, SUBMISSION_RULE

COMMANDS = "new build check run report export demo".split()
UNFIT = [
    "lab[3]", "lab]", "lab{3}", "lab*", "lab?", "lab+3", "lab/3", "lab3/", "a\\b", "a:b", ".lab",
    "lab.", " lab", "lab ", "a\tb", "a\nb", 'a"b', "..", "[", "-lab",
]  # fmt: skip


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return tiny.make_course(tmp_path_factory.mktemp("names"))


def invoke(course, monkeypatch, *words):
    monkeypatch.chdir(course.root)
    return CliRunner().invoke(main, list(words))


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("name", UNFIT)
def test_an_assignment_that_can_have_no_such_name_is_refused(command, name, course, monkeypatch):
    result = invoke(course, monkeypatch, command, "--", name)
    assert result.exit_code == 1
    refusal = f"{name!r} can't be the name of an assignment: {NAME_RULE}. Rename the folder"
    assert refusal in " ".join(result.output.split("\n"))


@pytest.mark.parametrize("name", ["1[b]", "2*", "a+b", "-a", "a{b}"])
def test_a_notebook_that_can_have_no_such_name_is_refused(name, tmp_path, monkeypatch):
    course = tiny.make_course(tmp_path)
    path = course.source / tiny.ASSIGNMENT / f"{name}.ipynb"
    shutil.copy(course.source / tiny.ASSIGNMENT / "2_name.ipynb", path)
    result = invoke(course, monkeypatch, "build", tiny.ASSIGNMENT)
    assert f"{name}, cell (all): rename the file: {NAME_RULE}" in result.output
    assert not (course.release / tiny.ASSIGNMENT).exists()


NAMES = ["Práctica nº 3 (b), 'uno'", "3-a_b.c d"]


@pytest.mark.parametrize("name", NAMES)
def test_an_assignment_may_have_this_name(name, tmp_path, monkeypatch):
    course = tiny.make_course(tmp_path)
    shutil.rmtree(course.source)
    folder = course.source / name
    folder.mkdir(parents=True)
    nbformat.write(tiny.masters()["2_name"], folder / "2_name (b).ipynb")
    text = (folder / "2_name (b).ipynb").read_text("utf-8")
    text = text.replace('{\\"1_square\\": 8, \\"2_name\\": 4}', '{\\"2_name (b)\\": 4}')
    (folder / "2_name (b).ipynb").write_text(text, "utf-8")
    assert invoke(course, monkeypatch, "build", name).exit_code == 0
    handed_in = course.submitted / "ana" / name
    handed_in.mkdir(parents=True)
    nbformat.write(tiny.solved("2_name"), handed_in / "2_name (b).ipynb")
    assert invoke(course, monkeypatch, "run", name).exit_code == 0
    assert (course.feedback / "ana" / name / "2_name (b).html").is_file()
    for command in ("report", "export", "outcomes"):
        words = [command] if command == "outcomes" else [command, name]
        assert invoke(course, monkeypatch, *words).exit_code == 0
    assert (course.root / "reports" / f"{name}-grades.csv").is_file()
    assert invoke(course, monkeypatch, "forget", "ana", "--yes").exit_code == 0
    assert not (course.feedback / "ana").exists()


WORKING = ["ana b", "{ana}", "a+b", "-ana", "ñandú (1)"]
REFUSED = ["ana[1]", "ana*", "a?b", "ana ", " ana"]


def test_a_submission_of_a_name_that_nbgrader_can_not_take_is_named_with_what_to_do(
    tmp_path, monkeypatch
):
    course = tiny.make_course(tmp_path)
    for name in (*WORKING, *REFUSED):
        tiny.hand_in(course, name)
    assert invoke(course, monkeypatch, "build", tiny.ASSIGNMENT).exit_code == 0
    monkeypatch.setenv("COLUMNS", "400")
    lines = invoke(course, monkeypatch, "run", tiny.ASSIGNMENT).output.splitlines()
    for name in WORKING:
        assert any(line.startswith(name) and "12 graded" in line for line in lines), lines
    for name in REFUSED:
        assert any(f" {name}: " in line and SUBMISSION_RULE in line for line in lines)
