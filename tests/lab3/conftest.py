"""Lab 3 itself: one full run of its masters, shared by every test that needs it."""

from __future__ import annotations

import json
import shutil

import nbformat
import pytest
import tiny
from lab3 import LAB, PRINT_HISTORY, nbgrader
from nbformat.v4 import new_code_cell

from grading.course import Course
from grading.masters.demo import Example


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    """A copy of the course with lab 3 only, released by the stock command."""
    root = tmp_path_factory.mktemp("lab")
    for folder in ("submitted", "autograded", "feedback"):
        (root / folder).mkdir()
    for name in ("grader_config.py", "nbgrader_config.py"):
        shutil.copy(tiny.REPOSITORY / name, root)
    shutil.copytree(tiny.REPOSITORY / "source" / LAB, root / "source" / LAB)
    nbgrader(root, "generate_assignment", LAB)
    return Course(root)


@pytest.fixture(scope="session")
def full_run(lab):
    """The masters' answers handed in as a submission and graded by the stock command, once."""
    folder = lab.submitted / "master" / LAB
    shutil.copytree(lab.release / LAB, folder)
    for path in lab.assignment(LAB).master_paths():
        notebook = Example(lab.assignment(LAB), path).solved()
        notebook.cells.append(new_code_cell(PRINT_HISTORY))
        nbformat.write(notebook, folder / path.name)
    nbgrader(lab.root, "autograde", LAB, "--student", "master")
    graded = lab.autograded / "master" / LAB
    return {path.stem: nbformat.read(path, as_version=4) for path in graded.glob("*.ipynb")}


@pytest.fixture(scope="session")
def histories(full_run):
    """What each notebook of the full run recorded while it trained."""
    return {
        name: json.loads(notebook.cells[-1].outputs[-1].text) for name, notebook in full_run.items()
    }
