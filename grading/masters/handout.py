"""What students get: a description of the lab beside its notebooks, and one zip of everything."""

from __future__ import annotations

import ast
import hashlib
import json
import re
import sys
import zipfile
from importlib.metadata import packages_distributions, version
from pathlib import Path
from textwrap import shorten

import nbformat
from nbformat import NotebookNode
from nbgrader.utils import is_grade, is_solution, is_task
from packaging.version import Version

from grading.course import Course
from grading.masters.cells import OPTIONAL
from grading.source import parse
from helpers._titles import first_comment
from helpers.entrega import LAB

FOLDER = "dist"
LEFT_OUT = (".ipynb_checkpoints", ".tally", "__pycache__")
HOW_LONG = re.compile(r"\s*\(\d+ .*líneas?.*\)$")  # as in "Calculen y   (1 línea)"
ALWAYS = ("ipykernel", "jupyterlab")
WHEN = (2020, 1, 1, 0, 0, 0)  # of every file: equal contents make equal zips
README = """\
# {assignment}

Para trabajar hace falta Python 3.11, 3.12 o 3.13. Abran una terminal en esta carpeta y escriban,
una sola vez, los dos primeros comandos; después basta con el tercero.

Linux y macOS:

    python3 -m venv .venv
    .venv/bin/pip install -r requirements.txt
    .venv/bin/jupyter lab

Windows (PowerShell):

    py -m venv .venv
    .venv\\Scripts\\pip install -r requirements.txt
    .venv\\Scripts\\jupyter lab

Completen los cuadernos en este orden: {notebooks}. No les cambien el nombre.

Para comprobar un cuaderno desde cero, como al calificar:

    .venv/bin/python -m helpers.validar {first}.ipynb

Para entregar, guarden todos los cuadernos y ejecuten, en cualquiera de ellos:

    from helpers.entrega import empaquetar
    empaquetar()

Eso dice qué falta y crea un archivo .zip en esta carpeta: súbanlo a la plataforma del curso.
"""


def describe(course: Course, assignment: str) -> None:
    """Write into release/ASSIGNMENT what the hand-in checks: notebooks, graded cells, files."""
    folder = course.release / assignment
    names = [path.stem for path in course.master_paths(assignment)]
    notebooks = {name: nbformat.read(folder / f"{name}.ipynb", as_version=4) for name in names}
    stub = course.config.ClearSolutions.code_stub["python"]
    given = [path for path in _given(folder) if path.suffix != ".ipynb" and path.name != LAB]
    content = {
        "assignment": assignment,
        "notebooks": {name: _graded(notebook, stub) for name, notebook in notebooks.items()},
        "files": {
            path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in given
        },
    }
    text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
    (folder / LAB).write_text(text, encoding="utf-8")


def _given(folder: Path) -> list[Path]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return sorted(path for path in paths if not set(path.parts) & set(LEFT_OUT))


def _graded(notebook: NotebookNode, stub: str) -> dict[str, str]:
    """Id of each graded cell → what students know it by."""
    cells = [
        cell
        for cell in notebook.cells
        if is_grade(cell) or is_solution(cell) or is_task(cell)
        if OPTIONAL not in cell.metadata.get("tags", [])
    ]
    ids = [cell.metadata.nbgrader.grade_id for cell in cells]
    return {id_: _title(cell, stub) or id_ for id_, cell in zip(ids, cells, strict=True)}


def _title(cell: NotebookNode, stub: str) -> str:
    """What a cell begins with, as students see it: its first comment, or its first words."""
    if cell.cell_type == "code":
        text = first_comment(cell.source, besides=stub) or ""
    else:
        lines = (line.strip("#*_ \t") for line in cell.source.splitlines())
        text = next((line for line in lines if line not in stub), "")
    text = text.strip("*_ ").replace("**", "")
    return shorten(HOW_LONG.sub("", text), 60, placeholder=" …")


def pack(course: Course, assignment: str) -> Path:
    """Write dist/ASSIGNMENT.zip from release/ASSIGNMENT; returns its path."""
    release = course.release / assignment
    names = [path.stem for path in course.master_paths(assignment)]
    helpers = Path(sys.modules["helpers"].__file__).parent
    files = {path.relative_to(release).as_posix(): path.read_bytes() for path in _given(release)}
    files |= {f"helpers/{path.name}": path.read_bytes() for path in helpers.glob("*.py")}
    files["requirements.txt"] = "".join(f"{line}\n" for line in requirements(files)).encode()
    files["LEEME.md"] = README.format(
        assignment=assignment, notebooks=", ".join(names), first=names[0]
    ).encode()
    target = course.root / FOLDER / f"{assignment}.zip"
    target.parent.mkdir(exist_ok=True)
    new = target.with_suffix(".new")
    with zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            info = zipfile.ZipInfo(f"{assignment}/{name}", WHEN)
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(info, files[name])
    new.replace(target)
    return target


def requirements(files: dict[str, bytes]) -> list[str]:
    """What the notebooks and Python files among `files` import from others, and JupyterLab, each
    pinned to the version that this course is built with.
    """
    imported = set()
    for name, content in files.items():
        if name.endswith(".ipynb"):
            cells = nbformat.reads(content.decode(), as_version=4).cells
            sources = [cell.source for cell in cells if cell.cell_type == "code"]
        else:
            sources = [content.decode()] if name.endswith(".py") else []
        for source in sources:
            imported |= _imported(source)
    known = packages_distributions()
    packages = {known[module][0] for module in imported - {"helpers"} if module in known}
    pins = {package: Version(version(package)).public for package in packages | set(ALWAYS)}
    return [f"{package}=={pins[package]}" for package in sorted(pins)]


def _imported(source: str) -> set[str]:
    """The packages that a source imports, of whatever others wrote."""
    modules = set()
    for node in ast.walk(parse(source)):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            modules.add(node.module)
    return {module.partition(".")[0] for module in modules} - sys.stdlib_module_names
