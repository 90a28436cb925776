"""The example course of the nbgrader that is installed, made by nbgrader itself."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook

ASSIGNMENT = "ps1"
WRONG = {  # grade_id → an answer with a typical mistake
    "squares": "def squares(n):\n    return [2 * i for i in range(1, n + 1)]",
}


def nbgrader(*arguments: str, folder: Path, programs: Path | None = None) -> str:
    """Run one of nbgrader's commands in a folder; returns what it says. It has to succeed.

    programs: the folder of an environment's programs; by default this one's.
    """
    programs = programs or Path(sys.executable).parent
    # nbgrader looks for another program of its environment, alembic, on the PATH only.
    variables = {**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        [programs / "nbgrader", *arguments],
        cwd=folder, capture_output=True, text=True, env=variables,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def make(folder: Path, programs: Path | None = None) -> Path:
    """`nbgrader quickstart course` in a folder; returns the course."""
    nbgrader("quickstart", "course", folder=folder, programs=programs)
    return folder / "course"


def hand_in(course: Path) -> None:
    """Put three submissions of a built course into submitted/: the master's own answers, the
    release as it is, and the answers with the mistakes of WRONG."""
    masters = sorted((course / "source" / ASSIGNMENT).glob("*.ipynb"))
    for student in ("answers", "release", "wrong"):
        folder = course / "submitted" / student / ASSIGNMENT
        folder.mkdir(parents=True)
        for master in masters:
            released = course / "release" / ASSIGNMENT / master.name
            shutil.copy(released if student == "release" else master, folder)
    mistakes = dict(WRONG)
    for path in (course / "submitted" / "wrong" / ASSIGNMENT).glob("*.ipynb"):
        notebook = nbformat.read(path, as_version=4)
        for cell in notebook.cells:
            name = cell.metadata.get("nbgrader", {}).get("grade_id")
            cell.source = mistakes.pop(name, cell.source)
        nbformat.write(notebook, path)
    assert not mistakes, f"nbgrader's example has no cell {list(mistakes)} any more"


def marks(course: Path) -> dict[str, dict[str, tuple[float | None, float, bool]]]:
    """By student and check what the gradebook holds: the automatic mark (None where there is none),
    the most that can be earned, and whether a person has to mark it."""
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        return {
            submission.student_id: {
                f"{notebook.name}: {grade.name}": (
                    grade.auto_score, grade.max_score, bool(grade.needs_manual_grade)
                )
                for notebook in submission.notebooks
                for grade in notebook.grades
            }
            for submission in gradebook.assignment_submissions(ASSIGNMENT)
        }  # fmt: skip
