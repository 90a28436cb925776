"""Masters that a stranger to the kit wrote for nbgrader: built, and graded as nbgrader does.

`stock.json` is what stock nbgrader gave (made by `stock.py`), `stock-is-wrong.md` says where
another mark is right, and why.
"""

import json
import shutil
from pathlib import Path

import nbformat
import pytest
import tiny

from grading.batch.run import run
from grading.course import Course
from grading.masters.answers import solved
from grading.masters.build import build
from grading.masters.cells import IN_KERNEL
from grading.masters.reading import read_masters
from grading.regions import solutions

HERE = Path(__file__).parent
STOCK = json.loads((HERE / "stock.json").read_text(encoding="utf-8"))
FAULTS = json.loads((HERE / "faults.json").read_text(encoding="utf-8"))
ROWS = [
    (assignment, submission, notebook)
    for assignment, submissions in STOCK.items()
    for submission, notebooks in submissions.items()
    for notebook in notebooks
]
# Where stock is wrong: what is right. The reasons are in stock-is-wrong.md.
RIGHT = {
    ("english", "fault_2", "12_words"): {"words-t4": 2},
    ("spanish", "fault_2", "02_listas"): {"agrupar-parcial": 2},
    ("spanish", "release", "03_integracion"): {"tabla_prueba": 0},
    ("spanish", "fault_2", "14_optimizacion"): {"opt-cuenta-p": 1},
    ("spanish", "fault_1", "14_optimizacion"): {"opt-cuenta-p": 1},
    ("english", "fault_3", "09_line_plots"): {"plot-bars-test": 1.5},
    ("english", "fault_1", "04_dice"): {"simulate-test": 0},
    ("spanish", "fault_1", "04_caida"): {"grafico_prueba": 2},
}
# Tests that look at what can't be seen from outside of the student's process, and why; those that
# bind what these read go with them. They are tagged, as docs/from-nbgrader.md says.
TAGGED = {
    ("english", "03_projectile"): ["recording_test"],  # the state of a module
    ("spanish", "04_caida"): ["reloj_prueba"],  # the same
    ("english", "08_sorting"): ["sort-t1b"],  # whether an inner list is still the same object
    ("spanish", "02_listas"): ["tablero-test", "copias-test"],  # the same
    ("english", "07_pictures"): ["negative_new", "crop_test"],  # whether arrays share memory
    ("spanish", "10_graficas"): ["graf-3t"],  # a tuple with a class of Matplotlib's
}
# Tests that an untouched hand-in passes by what they look at: `check` names these cells.
FOR_NOTHING = {
    ("english", "06_neighbours"): ["distances-no-loop"],
    ("english", "08_sorting"): ["sort-t1c"],
}


@pytest.fixture(scope="module")
def marks(tmp_path_factory):
    """The marks of every check: (assignment, submission, notebook) → grade_id → marks."""
    root = tmp_path_factory.mktemp("others")
    for folder in ("release", "submitted", "autograded", "feedback"):
        (root / folder).mkdir()
    for name in ("grader_config.py", "nbgrader_config.py"):
        shutil.copy(tiny.REPOSITORY / name, root)
    shutil.copytree(HERE / "masters", root / "source")
    for (assignment, name), tests in TAGGED.items():
        tag(root / "source" / assignment / f"{name}.ipynb", tests)
    course, found = Course(root), {}
    for assignment in map(course.assignment, STOCK):
        build(assignment)
        hand_in(assignment)
        run(assignment)
        with course.gradebook() as gradebook:
            for submission in gradebook.assignment_submissions(assignment.name):
                for notebook in submission.notebooks:
                    row = assignment.name, submission.student.id, notebook.name
                    found[row] = {grade.name: grade.auto_score for grade in notebook.grades}
    return found


def tag(path, tests):
    """Have some tests of a master run in the student's kernel."""
    master = json.loads(path.read_text(encoding="utf-8"))
    for each in master["cells"]:
        if each["metadata"].get("nbgrader", {}).get("grade_id") in tests:
            each["metadata"]["tags"] = [IN_KERNEL]
    path.write_text(json.dumps(master), encoding="utf-8")


def hand_in(assignment):
    """Put the submissions that stock graded into submitted/: answers, release, three faults."""
    region = solutions(assignment.course.config)
    masters = read_masters(assignment)
    for submission in STOCK[assignment.name]:
        folder = assignment.submitted(submission)
        shutil.copytree(assignment.release, folder)
        for name, master in masters.items():
            if submission == "release":
                continue
            notebook = solved(master, region)
            if submission.startswith("fault_"):
                fault = FAULTS[assignment.name][name][int(submission[-1]) - 1]
                cells = {c.metadata.get("nbgrader", {}).get("grade_id"): c for c in notebook.cells}
                cells[fault["cell"]].source = fault["source"]
            nbformat.write(notebook, folder / f"{name}.ipynb")


@pytest.mark.parametrize("row", ROWS, ids=" ".join)
def test_the_marks_are_those_of_stock_nbgrader_check_by_check(marks, row):
    assignment, submission, notebook = row
    stock = STOCK[assignment][submission][notebook]
    if "error" in stock:  # it graded nothing of this notebook; its other checks are right
        stock = STOCK[assignment]["answers"][notebook]
    expected = {name: mark["auto_score"] for name, mark in stock.items()} | RIGHT.get(row, {})
    assert marks[row] == expected


def test_an_untouched_release_earns_only_what_its_tests_give_away(marks):
    earned = {
        (assignment, notebook): [name for name, mark in found.items() if mark]
        for (assignment, submission, notebook), found in marks.items()
        if submission == "release" and any(found.values())
    }
    assert earned == FOR_NOTHING


def test_there_are_as_many_masters_as_were_asked_for():
    assert len({row[::2] for row in ROWS}) >= 25
