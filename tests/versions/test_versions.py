"""The oldest versions that README names: complete notebooks earn every visible mark with them.

The newest are those of requirements.txt, which all other tests use.
"""

import os
import shutil
import subprocess
import venv

import nbformat
import pytest
import styles
import tiny
from lab3 import LAB

from grading.course import Course

OLDEST = (
    "torch==2.13.0", "numpy==2.0.2", "scipy==1.13.1", "pandas==2.2.3", "matplotlib==3.9.4",
    "tqdm==4.66.6", "ipykernel==6.29.5", "nbclient==0.10.0", "nbformat==5.10.4",
)  # fmt: skip
NAMES = ("1_rnn", "2_lstm", "3_lstm_pytorch", "4_airline")

pytestmark = pytest.mark.installing


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A folder with the lab, complete, and an environment of the oldest versions."""
    folder = tmp_path_factory.mktemp("desk")
    shutil.copytree(tiny.REPOSITORY / "release" / LAB, folder, dirs_exist_ok=True)
    shutil.copytree(tiny.REPOSITORY / "helpers", folder / "helpers")
    for name, answers in styles.solutions(Course(tiny.REPOSITORY), LAB).items():
        notebook = nbformat.read(folder / f"{name}.ipynb", as_version=4)
        for cell in notebook.cells:
            cell.source = answers.get(cell.id, cell.source)
        nbformat.write(notebook, folder / f"{name}.ipynb")
    venv.create(folder / ".venv", with_pip=True)
    pip = [folder / ".venv/bin/pip", "install", "-q", "--disable-pip-version-check"]
    subprocess.run([*pip, *OLDEST], check=True)
    return folder


@pytest.mark.parametrize("name", NAMES)
def test_the_pinned_values_hold(desk, name):
    clean = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    command = [desk / ".venv/bin/python", "-m", "helpers.validar", f"{name}.ipynb"]
    done = subprocess.run(command, cwd=desk, capture_output=True, text=True, env=clean)
    assert done.returncode == 0, done.stdout + done.stderr
