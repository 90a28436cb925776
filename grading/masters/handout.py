"""The students' zip, and the description of the lab by which helpers check a hand-in."""

import ast
import json
import sys
import zipfile
from dataclasses import asdict
from importlib.metadata import packages_distributions, version
from pathlib import Path
from textwrap import shorten

import nbformat
from nbformat import NotebookNode
from nbgrader.utils import is_grade, is_solution, is_task
from packaging.version import Version

from grading.course import Assignment
from grading.files import replacing, write_whole
from grading.masters import guide
from grading.masters.asked import HOW_LONG, exercises, questions
from grading.masters.cells import OPTIONAL, code_stub
from grading.masters.colab import with_first_cell
from grading.masters.reading import read_masters
from grading.masters.settings import identity_of, in_its_language
from grading.source import parses, walk
from grading.words import language
from helpers._titles import first_comment
from helpers.hand_in import GIVEN, LAB, README, REQUIREMENTS

FOLDER = "dist"
LEFT_OUT = (".ipynb_checkpoints", ".tally", "__pycache__")
ALWAYS = ("ipykernel", "jupyterlab")
WHEN = (2020, 1, 1, 0, 0, 0)  # the time of every file, so that equal contents give equal zips


@in_its_language
def describe(assignment: Assignment) -> None:
    """Write the description into release/ASSIGNMENT: its notebooks, what they ask, its files."""
    folder, config = assignment.release, assignment.course.config
    masters = read_masters(assignment)
    notebooks = {name: _read(folder / f"{name}.ipynb") for name in masters}
    stub = code_stub(config)
    files = [path.relative_to(folder).as_posix() for path in _given(folder)]
    content = {
        "assignment": assignment.name,
        "language": language(),
        "identity": [asdict(field) for field in identity_of(assignment)],
        "notebooks": {name: _graded(notebook, stub) for name, notebook in notebooks.items()},
        "asked": {name: exercises(master, config) for name, master in masters.items()},
        "questions": {name: questions(masters[name], each) for name, each in notebooks.items()},
        "files": [name for name in files if not name.endswith(".ipynb") and name not in GIVEN],
    }
    text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
    write_whole(folder / LAB[language()], text)


def _read(path: Path) -> NotebookNode:
    return nbformat.read(path, as_version=4)


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


@in_its_language
def students_files(assignment: Assignment) -> dict[str, bytes]:
    """What a student gets of an assignment that was built: path in its folder → content."""
    release = assignment.release
    names = [path.stem for path in assignment.master_paths()]
    helpers = Path(sys.modules["helpers"].__file__).parent
    files = {path.relative_to(release).as_posix(): path.read_bytes() for path in _given(release)}
    files |= {f"helpers/{path.name}": path.read_bytes() for path in helpers.glob("*.py")}
    files[REQUIREMENTS] = "".join(f"{line}\n" for line in requirements(files)).encode()
    text = guide.TEXTS[language()].format(
        assignment=assignment, notebooks=", ".join(names), first=names[0]
    )
    own = files.get(README[language()], b"")  # one of the instructor's comes first
    files[README[language()]] = (own.rstrip() + b"\n\n" if own else b"") + text.encode()
    return files | {
        f"{name}.ipynb": with_first_cell(files[f"{name}.ipynb"], assignment) for name in names
    }


def pack(assignment: Assignment) -> Path:
    """Write dist/ASSIGNMENT.zip from release/ASSIGNMENT; returns its path."""
    files = students_files(assignment)
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
    for node in walk(source):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            modules.add(node.module)
    return {module.partition(".")[0] for module in modules} - sys.stdlib_module_names
