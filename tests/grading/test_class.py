"""A class is graded in parallel, again only where something changed, with equal marks always."""

import shutil
import sys
from collections import Counter
from dataclasses import replace

import nbformat
import pytest
import tiny
from class_run import ClassRun, marks, outcomes
from click.testing import CliRunner
from lab3 import nbgrader
from tiny import hand_in, solved

from grading.batch.plan import FORCED, difference
from grading.batch.progress import Progress
from grading.batch.run import Options, run
from grading.cli import main
from grading.course import Course, CourseError
from grading.masters.build import build
from grading.model.outcome import Status

# None that warns: nbgrader itself gives 0 for that.
SQUARES = {
    "right": "def square(x):\n    return x * x",
    "right otherwise": "def square(x):\n    return x ** 2",
    "right for one": "def square(x):\n    return 4",
    "a blank": 'raise NotImplementedError("Falta completar este ejercicio")',
    "no Python": "def square(x)\n    return x * x",
    "raises": "def square(x):\n    return x / 0",
}
CUBES = {
    "right": "def cube(x):\n    return x * x * x",
    "by square": "def cube(x):\n    return square(x) * x",
    "wrong": "def cube(x):\n    return 3 * x",
    "none": "",
}
ANSWERS = [
    ("right", "by square"),
    ("right for one", "wrong"),
    ("raises", "right"),
    ("no Python", "none"),
]


def write_class(course, answers):
    """A student for each pair of answers."""
    for number, (square, cube) in enumerate(answers):
        notebook = solved("1_square")
        notebook.cells[2].source = SQUARES[square]
        notebook.cells[4].source = CUBES[cube]
        hand_in(course, f"s{number}", square=nbformat.writes(notebook).encode())


def copy_of(course, root, more=""):
    """The same class in another folder, released there, with `more` in its configuration."""
    twin = tiny.make_course(root)
    with (root / "grader_config.py").open("a") as config:
        config.write(more)
    build(twin.assignment(tiny.ASSIGNMENT))
    shutil.copytree(course.submitted, twin.submitted, dirs_exist_ok=True)
    return twin


def graded(course, **options):
    """Why each submission was graded, by student; empty for what was not."""
    found = run(course.assignment(tiny.ASSIGNMENT), Options(jobs=2, **options))
    return {summary.submission: why for summary, why in found}


def test_stock_execution_one_process_many_and_kills_give_equal_marks_check_by_check(
    tmp_path_factory,
):
    course = tiny.make_course(tmp_path_factory.mktemp("one"))
    build(course.assignment(tiny.ASSIGNMENT))
    write_class(course, ANSWERS)
    stock = copy_of(course, tmp_path_factory.mktemp("stock"), "\nc.Autograde.clear()\n")
    nbgrader(stock.root, "autograde", tiny.ASSIGNMENT)
    many = copy_of(course, tmp_path_factory.mktemp("many"))
    killed = copy_of(course, tmp_path_factory.mktemp("killed"))
    assert len(list(run(course.assignment(tiny.ASSIGNMENT), Options(jobs=1)))) == len(ANSWERS)
    assert len(list(run(many.assignment(tiny.ASSIGNMENT), Options(jobs=3)))) == len(ANSWERS)
    first = ClassRun(killed)
    first.until(lambda: outcomes(killed))
    first.kill()
    assert first.left() == []
    assert len(list(run(killed.assignment(tiny.ASSIGNMENT), Options(jobs=2)))) == len(ANSWERS)
    assert marks(course) == marks(many) == marks(killed) == marks(stock)


@pytest.fixture(scope="module")
def class_of_two(tmp_path_factory):
    """Two students, the second with another square, graded once for tests that change things."""
    course = tiny.make_course(tmp_path_factory.mktemp("two"))
    build(course.assignment(tiny.ASSIGNMENT))
    write_class(course, [("right", "right"), ("right otherwise", "right")])
    assert graded(course) == {"s0": "new", "s1": "new"}
    return course


def changed_notebook(course):
    notebook = solved("2_name")
    notebook.cells[1].source += "  # otra vez"
    nbformat.write(notebook, course.submitted / "s0" / tiny.ASSIGNMENT / "2_name.ipynb")


def changed_file(course):
    (course.submitted / "s1" / tiny.ASSIGNMENT / "datos.txt").write_text("1")


def changed_test(course):
    masters = tiny.masters()
    masters["1_square"].cells[3].source += "\n# otra prueba"
    tiny.write_masters(course.root, masters)
    build(course.assignment(tiny.ASSIGNMENT))


def changed_data(course):
    (course.source / tiny.ASSIGNMENT / "tabla.csv").write_text("a,b")
    build(course.assignment(tiny.ASSIGNMENT))


def configured(line):
    def change(course):
        with (course.root / "grader_config.py").open("a") as config:
            config.write(f"\n{line}\n")

    return change


BOTH = ("s0", "s1")
CHANGES = [
    (changed_notebook, {"s0": "2_name: the notebook"}, 1),
    (changed_file, {"s1": "the files beside it"}, 2),
    (changed_test, dict.fromkeys(BOTH, "1_square: the master 1_square"), 2),
    (changed_data, dict.fromkeys(BOTH, "the assignment's files"), 4),
    (
        configured("c.Limits.cell_seconds = 31"),
        dict.fromkeys(BOTH, "the limit cell_seconds 30 → 31"),
        4,
    ),
    (
        configured("# another comment"),
        dict.fromkeys(BOTH, "the configuration or the page of feedback"),
        0,
    ),
]


@pytest.mark.parametrize(("change", "why", "ran"), CHANGES)
def test_a_change_runs_again_what_depends_on_it_and_says_why(class_of_two, change, why, ran):
    before = outcomes(class_of_two)
    change(class_of_two)
    course = Course(class_of_two.root)  # as a new command: the configuration is read again
    found = graded(course)
    assert found == dict.fromkeys(BOTH, "") | why
    assert len(outcomes(course).items() - before.items()) == ran
    assert graded(course) == dict.fromkeys(BOTH, "")


def test_versions_and_limits_are_named_with_both_values_and_digests_are_not():
    before = {"numpy": "2.4.5", "helpers": "a" * 64, "python": "3.11.7"}
    now = {"numpy": "2.4.6", "helpers": "b" * 64, "python": "3.11.7", "the limit files": "9"}
    assert difference(before, now) == ["helpers", "numpy 2.4.5 → 2.4.6", "the limit files none → 9"]


def test_equal_notebooks_of_a_class_run_once(built):
    for student in ("ana", "bruno", "carla"):
        hand_in(built, student)
    assert set(graded(built)) == {"ana", "bruno", "carla"}
    assert len(outcomes(built)) == 2


def test_only_the_students_and_notebooks_that_are_asked_for(class_of_two):
    before = outcomes(class_of_two)
    assert graded(class_of_two, submissions=("s1",)) == {"s1": ""}
    assert graded(class_of_two, submissions=("s1",), force=True) == {"s1": FORCED}
    assert len(outcomes(class_of_two).items() - before.items()) == 2
    before = outcomes(class_of_two)
    options = {"submissions": ("s0",), "notebooks": ("1_square",), "force": True}
    assert graded(class_of_two, **options) == {"s0": FORCED}
    assert len(outcomes(class_of_two).items() - before.items()) == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"submissions": ("nadie",)}, "No submission of nadie"),
        ({"notebooks": ("3_cube",)}, "no notebook 3_cube; it has 1_square, 2_name"),
    ],
)
def test_a_name_that_is_not_there_is_said(class_of_two, options, message):
    with pytest.raises(CourseError, match=message):
        graded(class_of_two, **options)


class Meddling(Progress):
    """A progress that changes a submission when the first of its notebooks has run."""

    def __init__(self, folder):
        self._path = folder / "2_name.ipynb"

    def executed(self, submission, notebook, outcome):
        self._path.write_text(nbformat.writes(tiny.notebook()))


def test_a_submission_that_changes_meanwhile_is_graded_as_it_was_read_and_again_next_time(built):
    folder = hand_in(built, "ana")
    hand_in(built, "bruno")  # whose notebooks are equal
    first = run(built.assignment(tiny.ASSIGNMENT), Options(jobs=1), progress=Meddling(folder))
    assert [(row.summary.status, row.summary.marks) for row in first] == [(Status.GRADED, 12)] * 2
    assert graded(built) == {"ana": "2_name: the notebook", "bruno": ""}
    assert marks(built)["ana", "2_name", "name-check"] == (0, 4)


def test_a_run_opens_each_submitted_notebook_once(built, monkeypatch):
    """Counted where Python opens files, whoever asks for it."""
    for student in ("ana", "bruno"):
        hand_in(built, student)
    monkeypatch.chdir(built.root)
    opened = Counter()
    folder = str(built.submitted)

    def count(event, arguments):
        if counting and event == "open" and str(arguments[0]).startswith(folder):
            opened[str(arguments[0])] += 1

    counting = True
    sys.addaudithook(count)  # it can't be taken away again
    try:
        CliRunner().invoke(main, ["run", tiny.ASSIGNMENT], catch_exceptions=False)
    finally:
        counting = False
    paths = [path for path in built.submitted.rglob("*.ipynb")]
    assert {path: opened[str(path)] for path in paths} == dict.fromkeys(paths, 1)
    assert set(marks(built).values()) == {(5, 5), (3, 3), (4, 4), (None, 2)}


def test_outcomes_that_nobody_has_any_more_are_listed_and_pruned(built, monkeypatch):
    folder = hand_in(built, "ana")
    graded(built)
    notebook = solved("2_name")
    notebook.cells[1].source += "  # otra"
    nbformat.write(notebook, folder / "2_name.ipynb")
    graded(built)
    monkeypatch.chdir(built.root)
    listed = CliRunner().invoke(main, ["outcomes"]).output.splitlines()
    assert len(listed) == 3
    assert sum("ana/tiny/1_square" in line for line in listed) == 1
    assert sum("nobody: --prune deletes it" in line for line in listed) == 1
    assert "Deleted 1 files" in CliRunner().invoke(main, ["outcomes", "--prune"]).output
    assert len(outcomes(built)) == 2
    assert graded(built) == {"ana": ""}


def test_lines_without_a_terminal_say_each_submission_and_why(class_of_two):
    code, said = ClassRun(class_of_two, "--force", "--jobs", "1").end()
    assert code == 0
    lines = [line for line in said.splitlines() if line.startswith("[")]
    assert sorted(line.partition("] ")[2] for line in lines) == [
        "s0: graded (forced)",
        "s1: graded (forced)",
    ]
    assert "\x1b" not in said


def test_a_key_names_no_student(built):
    hand_in(built, "ana")
    hand_in(built, "bruno")
    assignment = built.assignment(tiny.ASSIGNMENT)
    jobs = [tiny.submitted_job(assignment, name, "1_square") for name in ("ana", "bruno")]
    assert jobs[0].key == jobs[1].key
    assert replace(jobs[0], confined=False).key != jobs[0].key
