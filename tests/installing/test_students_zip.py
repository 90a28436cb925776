"""The students' zip, unpacked into an empty folder, in an environment that has nothing else."""

import os
import shutil
import subprocess
import venv
import zipfile

import pytest
import tiny
from lab3 import LAB

from grading.course import Course
from grading.masters.handout import pack

MARKS = {"1_rnn": 85, "2_lstm": 35, "3_lstm_pytorch": 10, "4_airline": 28}

pytestmark = pytest.mark.installing


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A student's folder, with the environment that LEEME.md tells to make."""
    root = tmp_path_factory.mktemp("course")
    shutil.copy(tiny.REPOSITORY / "grader_config.py", root)
    for folder in ("source", "release"):
        shutil.copytree(tiny.REPOSITORY / folder / LAB, root / folder / LAB)
    empty = tmp_path_factory.mktemp("desk")
    with zipfile.ZipFile(pack(Course(root).assignment(LAB))) as archive:
        archive.extractall(empty)
    folder = empty / LAB
    venv.create(folder / ".venv", with_pip=True)
    pip = [folder / ".venv/bin/pip", "install", "-q", "--disable-pip-version-check"]
    subprocess.run([*pip, "-r", "requirements.txt"], cwd=folder, check=True)
    return folder


def python(desk, *arguments):
    clean = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    command = [desk / ".venv/bin/python", *arguments]
    return subprocess.run(command, cwd=desk, capture_output=True, text=True, env=clean)


def test_nothing_of_the_kit_but_its_helpers_is_there(desk):
    for module in ("nbgrader", "grading"):
        assert "ModuleNotFoundError" in python(desk, "-c", f"import {module}").stderr
    assert python(desk, "-c", "import helpers; print(helpers.__file__)").stdout.startswith(
        str(desk)
    )


@pytest.mark.parametrize(("name", "marks"), MARKS.items())
def test_every_notebook_runs_to_its_end_as_it_was_handed_out(desk, name, marks):
    done = python(desk, "-m", "helpers.validar", f"{name}.ipynb")
    assert done.returncode == 1, done.stderr
    assert f"{name}.ipynb: 0 / {marks} marks (0.0%)" in done.stdout


def test_the_hand_in_works_there_and_says_what_is_missing(desk):
    code = "from helpers.entrega import empaquetar; empaquetar()"
    said = python(desk, "-c", code).stdout
    assert "Entrega creada, con avisos: lab3_sin-carne_sin-carne.zip" in said
    assert "1_rnn: falta completar" in said and "4_airline: falta completar" in said
