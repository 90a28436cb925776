"""`init` makes a course of nbgrader, or an empty folder, a course of the kit, and loses nothing."""

import shutil
import sqlite3
from contextlib import closing

import pytest
import quickstart
import tiny
from click.testing import CliRunner
from nbgrader.apps import NbGrader

from grading import cli
from grading.course import Course, CourseError, working_folder
from grading.migrating.init import LINES, advice, init
from grading.wiring import STEPS

OWN = """
c = get_config()
c.CourseDirectory.course_id = "physics"
c.CourseDirectory.db_url = "sqlite:///{root}/marks.db"
c.CourseDirectory.ignore.append("*.tmp")
c.ClearSolutions.begin_solution_delimeter = "# ANSWER"
c.ClearSolutions.code_stub = {{"python": "..."}}
c.ExecutePreprocessor.timeout = 120
c.Autograde.autograde_preprocessors = ["nbgrader.preprocessors.Execute"]"""


def contents(root):
    """Every file below a folder with its bytes."""
    paths = (path for path in root.rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in paths}


def command(root, *arguments):
    with working_folder(root):
        done = CliRunner().invoke(cli.main, arguments)
    return done.exit_code, done.output


@pytest.fixture(scope="module")
def example(tmp_path_factory):
    """nbgrader's example course, as nbgrader has made it."""
    return quickstart.make(tmp_path_factory.mktemp("example"))


@pytest.fixture
def theirs(tmp_path):
    """A course of nbgrader's with settings of its own, a gradebook and a graded submission."""
    (tmp_path / "nbgrader_config.py").write_text(OWN.format(root=tmp_path))
    (tmp_path / "source" / "ps1").mkdir(parents=True)
    graded = tmp_path / "autograded" / "ana" / "ps1" / "problem1.ipynb"
    graded.parent.mkdir(parents=True)
    graded.write_text("{}")
    with closing(sqlite3.connect(tmp_path / "marks.db")) as book, book:
        book.execute("CREATE TABLE marks (mark)")
        book.execute("INSERT INTO marks VALUES (7)")
    return tmp_path


def test_the_example_course_keeps_all_it_has_and_the_second_time_nothing_changes(example, tmp_path):
    root = shutil.copytree(example, tmp_path / "course")
    before = contents(root)
    code, said = command(root, "init")
    assert code == 0, said
    assert "grader_config.py: new" in said and "python -m grading build ps1" in said
    after = contents(root)
    assert set(after) - set(before) == {"grader_config.py"}
    own = before.pop("nbgrader_config.py")
    assert after["nbgrader_config.py"] == own + LINES.encode()
    assert {name: after[name] for name in before} == before
    code, said = command(root, "init")
    assert code == 0 and "nothing was changed" in said
    assert contents(root) == after


def test_in_an_empty_folder_a_new_assignment_can_be_made_and_built(tmp_path):
    (tmp_path / ".git").mkdir()  # what no course is made of counts for nothing
    code, said = command(tmp_path, "init")
    assert code == 0 and "python -m grading new lab1" in said
    assert command(tmp_path, "new", "lab1")[0] == 0
    code, said = command(tmp_path, "build", "lab1")
    assert code == 0, said
    assert (tmp_path / "dist" / "lab1.zip").is_file()


def test_settings_of_the_course_stand_and_the_steps_are_the_kits(theirs):
    told = init(theirs)
    config = Course(theirs).config
    assert config.CourseDirectory.course_id == "physics"
    assert config.CourseDirectory.db_url == f"sqlite:///{theirs}/marks.db"
    assert {"*.tmp", ".ipynb_checkpoints", "helpers"} <= set(config.CourseDirectory.ignore)
    assert config.ClearSolutions.begin_solution_delimeter == "# ANSWER"
    assert config.ClearSolutions.code_stub["python"] == "..."
    assert config.Limits.cell_seconds == 120
    assert all(config[section] | steps == config[section] for section, steps in STEPS.items())
    assert [line for line in told if "c.Autograde.autograde_preprocessors counts no longer" in line]


def test_nbgraders_own_commands_read_the_same(theirs, monkeypatch):
    init(theirs)
    monkeypatch.chdir(theirs)
    command = NbGrader()
    command.load_config_file(suppress_errors=False)
    ours = Course(theirs).config
    for section in ("CourseDirectory", "ClearSolutions", "Autograde", "GenerateFeedback"):
        assert {name: command.config[section][name] for name in ours[section]} == ours[section]


def test_the_gradebook_and_what_is_graded_stay_and_there_is_a_copy(theirs):
    before = contents(theirs)
    told = init(theirs)
    after = contents(theirs)
    for name in ("marks.db", "autograded/ana/ps1/problem1.ipynb"):
        assert after[name] == before[name]
    (copy,) = theirs.glob("marks.db.*.bak")
    with closing(sqlite3.connect(copy)) as book:
        assert book.execute("SELECT mark FROM marks").fetchall() == [(7,)]
    assert f"marks.db: kept as it was; a copy is {copy.name}" in told
    assert "autograded/: kept, 1 graded submissions" in told
    assert init(theirs) == []
    assert contents(theirs) == after


REFUSED = {  # what is in nbgrader_config.py → what the sentence says
    "c = get_config(": "nbgrader_config.py could not be read (SyntaxError",
    "1 / 0": "nbgrader_config.py could not be read (ZeroDivisionError",
    "c.CourseDirectory.root = '/elsewhere'": "says that the course is in /elsewhere",
    "c.CourseDirectory.submitted_directory = 'in'": "rename the folders",
    "c.CourseDirectory.directory_structure = '{assignment_id}'": "rename the folders",
}


@pytest.mark.parametrize(("setting", "sentence"), REFUSED.items())
def test_what_the_kit_cant_go_by_is_refused_and_nothing_is_changed(tmp_path, setting, sentence):
    (tmp_path / "nbgrader_config.py").write_text(setting)
    (tmp_path / "gradebook.db").write_bytes(b"")
    before = contents(tmp_path)
    code, said = command(tmp_path, "init")
    assert code == 1 and sentence in said
    assert contents(tmp_path) == before


def test_a_folder_of_other_things_is_no_course(tmp_path):
    (tmp_path / "letters").mkdir()
    code, said = command(tmp_path, "init")
    assert code == 1 and "is not empty and has no nbgrader_config.py" in said
    assert [path.name for path in tmp_path.iterdir()] == ["letters"]


def test_settings_as_json_are_refused(theirs):
    (theirs / "nbgrader_config.json").write_text("{}")
    with pytest.raises(CourseError, match="write its settings into nbgrader_config.py"):
        init(theirs)


def test_a_fork_of_the_kit_is_a_course_already(course):
    before = contents(course.root)
    assert init(course.root) == []
    assert contents(course.root) == before
    assert advice(course)[-1] == f"Next: python -m grading build {tiny.ASSIGNMENT}"
