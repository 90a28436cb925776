"""A tiny course to test the kit with: one assignment, two notebooks, 12 marks, runs in seconds."""

from __future__ import annotations

import json
import shutil
from copy import deepcopy
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from grading.course import Assignment, Course
from grading.intake.handed_in import HandedIn
from grading.intake.preparation import Preparation
from grading.masters.cells import provided_code
from grading.model.job import Job
from grading.processes.fork_servers import imports_of
from grading.regions import Region

REPOSITORY = Path(__file__).resolve().parents[2]
ASSIGNMENT = "tiny"
SOLUTIONS = Region("### BEGIN SOLUTION", "### END SOLUTION")

SQUARE = """\
def square(x):
    # Calculen y, el cuadrado de x   (1 línea)
    ### BEGIN SOLUTION
    y = x * x
    ### END SOLUTION
    return y"""

SQUARE_CHECK = """\
# Cuadrado
with tick.marks(5):
    assert square(2) == 4
    ### BEGIN HIDDEN TESTS
    from grading.reference import close, reference

    master = reference("tiny/1_square")
    for case in (-3, 0.5, 7):
        assert close(square(case), master.square(case)), "square: prueben con negativos"
    ### END HIDDEN TESTS"""

CUBE = """\
def cube(x):
    ### BEGIN SOLUTION
    y = square(x) * x
    ### END SOLUTION
    return y"""

CUBE_CHECK = """\
# Cubo
with tick.marks(3):
    assert cube(2) == 8, "cube: revisen el exponente"
    ### BEGIN HIDDEN TESTS
    assert cube(-3) == -27, "cube: prueben con negativos"
    ### END HIDDEN TESTS"""

TASK = """\
**Pregunta.** ¿Por qué el cuadrado nunca es negativo?

### BEGIN MARK SCHEME
Dos factores del mismo signo.
### END MARK SCHEME"""

NAME = """\
### BEGIN SOLUTION
name = "hola"
### END SOLUTION"""

NAME_CHECK = """\
# Nombre
with tick.marks(4):
    assert name == "hola"
    ### BEGIN HIDDEN TESTS
    assert isinstance(name, str)
    ### END HIDDEN TESTS"""

# Who hands it in: nobody has to be asked, as none of the notebooks checks it.
IDENTITY = [
    {"name": "carne_1", "least": 5},
    {"name": "carne_2", "least": 5},
    {"name": "firma_mecanografiada_1", "signature": True},
    {"name": "firma_mecanografiada_2", "signature": True},
]

TALLY = 'tick.summarise_marks("{name}", lab={{"1_square": 8, "2_name": 4}})'


def cell(kind: str, grade_id: str, source: str, points: int | None = None, **extra) -> NotebookNode:
    """A cell of a master: kind is locked, text, solution, test, task or answer."""
    make = new_markdown_cell if kind in ("text", "task", "answer") else new_code_cell
    node = make(source, id=grade_id)
    if kind != "answer":
        node.metadata["nbgrader"] = {
            "grade": kind == "test",
            "grade_id": grade_id,
            "locked": kind != "solution",
            "schema_version": 3,
            "solution": kind == "solution",
            "task": kind == "task",
        }
    if points is not None:
        node.metadata["nbgrader"]["points"] = points
    node.metadata.update(extra)
    return node


def notebook(*cells: NotebookNode) -> NotebookNode:
    """A notebook for this machine's Python kernel."""
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return new_notebook(cells=list(cells), metadata={"kernelspec": kernel})


def masters() -> dict[str, NotebookNode]:
    """The two masters of the tiny assignment, by name."""
    failing = {"tags": ["raises-exception"]}
    notebooks = {
        "1_square": notebook(
            cell("text", "square-title", "# Potencias"),
            cell("locked", "square-imports", "from helpers import tick"),
            cell("solution", "square", SQUARE, **failing),
            cell("test", "square-check", SQUARE_CHECK, 5, **failing),
            cell("solution", "cube", CUBE, **failing),
            cell("test", "cube-check", CUBE_CHECK, 3, **failing),
            cell("task", "square-question", TASK, 2),
            cell("answer", "square-answer", "*Escriban aquí su respuesta.*"),
            cell("locked", "square-tally", TALLY.format(name="1_square")),
        ),
        "2_name": notebook(
            cell("locked", "name-imports", "from helpers import tick"),
            cell("solution", "name", NAME, **failing),
            cell("test", "name-check", NAME_CHECK, 4, **failing),
            cell("locked", "name-tally", TALLY.format(name="2_name")),
        ),
    }
    notebooks["1_square"].metadata["grading"] = {"identity": IDENTITY}
    return notebooks


def make_course(root: Path) -> Course:
    """The tiny course in an empty folder, with this repository's configuration."""
    for folder in ("release", "submitted", "autograded", "feedback"):
        (root / folder).mkdir()
    for name in ("grader_config.py", "nbgrader_config.py"):
        shutil.copy(REPOSITORY / name, root)
    write_masters(root, masters())
    return Course(root)


def write_masters(root: Path, notebooks: dict[str, NotebookNode]) -> None:
    folder = root / "source" / ASSIGNMENT
    folder.mkdir(parents=True, exist_ok=True)
    for name, node in notebooks.items():
        nbformat.write(node, folder / f"{name}.ipynb")


def solved(name: str) -> NotebookNode:
    """A tiny notebook as a student hands it in, complete."""
    return without_regions(masters()[name])


def without_regions(master: NotebookNode) -> NotebookNode:
    """A master with its solutions, without the lines that begin and end them."""
    node = deepcopy(master)
    for each in node.cells:
        each.source = "\n".join(x for x in each.source.splitlines() if "SOLUTION" not in x)
    return node


def complete(path: Path) -> NotebookNode:
    """Write the right answers into a tiny notebook that a student was given; returns it."""
    notebook = nbformat.read(path, as_version=4)
    answers = {each.id: each.source for each in solved(path.stem).cells}
    for each in notebook.cells:
        if each.metadata.get("nbgrader", {}).get("solution"):
            each.source = answers[each.id]
    nbformat.write(notebook, path)
    return notebook


def job(
    *added: str,
    name: str = "1_square",
    files: dict[str, bytes] | None = None,
    confined: bool = True,
    limits: dict[str, int] | None = None,
    **answers: str,
) -> Job:
    """A tiny notebook to execute: solved but for `answers` (grade_id → source).

    added: sources of cells that the student adds, right after the imports.
    """
    notebooks = masters()
    node = solved(name)
    for each in node.cells:
        each.source = answers.get(each.id, each.source)
    node.cells[2:2] = [new_code_cell(source) for source in added]
    return Job(
        ASSIGNMENT,
        name,
        json.loads(json.dumps(node)),
        {key: json.loads(json.dumps(value)) for key, value in notebooks.items()},
        files or {},
        limits=limits or {},
        confined=confined,
        stub="Falta completar este ejercicio",
        imports=list(imports_of(provided_code(notebooks.values()))),
    )


def submitted_job(assignment: Assignment, submission: str, name: str) -> Job:
    """The Job of a submitted notebook."""
    handed_in = HandedIn(assignment.submitted(submission))
    return Preparation(assignment).prepare(handed_in, name).job


def hand_in(course: Course, student: str, **files: bytes | None) -> Path:
    """Write a complete submission; `square=` or `name=` gives other bytes, or None for no file."""
    folder = course.submitted / student / ASSIGNMENT
    folder.mkdir(parents=True)
    for name in masters():
        raw = files.get(name[2:], nbformat.writes(solved(name)).encode())
        if raw is not None:
            (folder / f"{name}.ipynb").write_bytes(raw)
    return folder
