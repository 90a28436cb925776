"""The students' zip, and the description of the lab by which helpers check a hand-in."""

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

from grading.course import Assignment
from grading.files import replacing, write_whole
from grading.masters.cells import OPTIONAL
from grading.source import parse, parses
from helpers._titles import first_comment
from helpers.entrega import LAB

FOLDER = "dist"
LEFT_OUT = (".ipynb_checkpoints", ".tally", "__pycache__")
HOW_LONG = re.compile(r"\s*\(\d+ .*líneas?.*\)$")  # the end of "Calculen y   (1 línea)"
ALWAYS = ("ipykernel", "jupyterlab")
WHEN = (2020, 1, 1, 0, 0, 0)  # the time of every file, so that equal contents give equal zips
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


def describe(assignment: Assignment) -> None:
    """Write the description into release/ASSIGNMENT: its notebooks, graded cells and files."""
    folder = assignment.release
    names = [path.stem for path in assignment.master_paths()]
    notebooks = {name: nbformat.read(folder / f"{name}.ipynb", as_version=4) for name in names}
    stub = assignment.course.config.ClearSolutions.code_stub["python"]
    given = [path for path in _given(folder) if path.suffix != ".ipynb" and path.name != LAB]
    content = {
        "assignment": assignment.name,
        "notebooks": {name: _graded(notebook, stub) for name, notebook in notebooks.items()},
        "files": {
            path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in given
        },
    }
    text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
    write_whole(folder / LAB, text)


def _given(folder: Path) -> list[Path]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return sorted(path for path in paths if not set(path.parts) & set(LEFT_OUT))


def _graded(notebook: NotebookNode, stub: str) -> dict[str, str]:
    """The grade_id of each graded cell → its title, as students see it."""
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


def pack(assignment: Assignment) -> Path:
    """Write dist/ASSIGNMENT.zip from release/ASSIGNMENT; returns its path."""
    release = assignment.release
    names = [path.stem for path in assignment.master_paths()]
    helpers = Path(sys.modules["helpers"].__file__).parent
    files = {path.relative_to(release).as_posix(): path.read_bytes() for path in _given(release)}
    files |= {f"helpers/{path.name}": path.read_bytes() for path in helpers.glob("*.py")}
    files["requirements.txt"] = "".join(f"{line}\n" for line in requirements(files)).encode()
    files["LEEME.md"] = README.format(
        assignment=assignment, notebooks=", ".join(names), first=names[0]
    ).encode()
    target = assignment.course.root / FOLDER / f"{assignment}.zip"
    with replacing(target) as new, zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            info = zipfile.ZipInfo(f"{assignment}/{name}", WHEN)
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(info, files[name])
    return target


def requirements(files: dict[str, bytes]) -> list[str]:
    """The packages that the notebooks and Python files among `files` import, and JupyterLab, each
    pinned to the version that this course is built with: the lines of requirements.txt.
    """
    imported = set()
    for name, content in files.items():
        if name.endswith(".ipynb"):
            cells = nbformat.reads(content.decode(), as_version=4).cells
            sources = [cell.source for cell in cells if cell.cell_type == "code"]
        else:
            sources = [content.decode("utf-8", "replace")] if name.endswith(".py") else []
        for source in filter(parses, sources):
            imported |= _imported(source)
    installed = packages_distributions()
    packages = {installed[name][0] for name in imported - {"helpers"} if name in installed}
    pins = {package: Version(version(package)).public for package in packages | set(ALWAYS)}
    return [f"{package}=={pins[package]}" for package in sorted(pins)]


def _imported(source: str) -> set[str]:
    """The top-level modules that a source imports, without those of Python itself."""
    modules = set()
    for node in ast.walk(parse(source)):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            modules.add(node.module)
    return {module.partition(".")[0] for module in modules} - sys.stdlib_module_names
