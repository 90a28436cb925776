"""An assignment of otter-grader becomes one of this course."""

import shutil
from pathlib import Path

import nbformat
import yaml
from nbformat import NotebookNode
from nbformat.v4 import new_notebook

from grading.course import Assignment, CourseError
from grading.masters.new import require_new
from grading.migrating.otter_blocks import (
    Misplaced,
    Question,
    assignment_config,
    is_master,
    parts,
)
from grading.migrating.otter_cells import Conversion, Delimiters
from grading.regions import Region, hidden_tests, mark_schemes, solutions

KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
# Settings of an assignment that this conversion goes by, or that say nothing about its content.
KNOWN = {"config_file", "files", "name", "run_tests", "strip_solutions_from_all_cells",
         "student_files", "suppress_no_tests_warning", "tests"}  # fmt: skip
WHY = {
    "seed": "no cell is seeded when it is graded: seed where numbers are drawn, in a cell that "
    "students get",
    "requirements": "the notebooks run with what is installed where you grade",
    "environment": "the notebooks run with what is installed where you grade",
    "autograder_files": "all files beside a master are handed out; copy these yourself if students "
    "may have them",
}


def from_otter(assignment: Assignment, folder: Path) -> tuple[list[Path], list[str]]:
    """Write source/ASSIGNMENT from a folder of otter-grader's master notebooks.

    Returns the files that were written, and what was not taken over or should be looked at: a
    sentence for each, with its notebook and place. Raises CourseError, and writes nothing, when the
    name will not do, the folder holds no such notebook, or one can't be read.
    """
    require_new(assignment)
    told: list[str] = []
    masters: dict[str, NotebookNode] = {}
    files: dict[str, Path] = {}
    for path in sorted(folder.glob("*.ipynb")):
        notebook = _read(path)
        if not is_master(notebook):
            told.append(f"{path.name}: it has no '# BEGIN QUESTION' in a raw cell; left out")
            continue
        try:
            config = _config(path, notebook)
            masters[path.name] = _converted(assignment, path, notebook, config, told)
        except Misplaced as error:
            raise CourseError(f"{path}, {error}. Mend it and run the command again.") from error
        files |= _files(path, config, told)
    if not masters:
        raise CourseError(
            f"{folder} holds no master notebook of otter-grader's: one has a raw cell that begins "
            "with '# BEGIN QUESTION'."
        )
    return _write(assignment, masters, files), told


def _read(path: Path) -> NotebookNode:
    try:
        notebook = nbformat.read(path, as_version=4)
    except (OSError, ValueError) as error:  # nbformat's own errors are ValueErrors
        raise CourseError(f"{path} is no notebook that can be read: {error}.") from error
    language = notebook.metadata.get("kernelspec", {}).get("language", "python")
    if language.lower() != "python":
        raise CourseError(f"{path} is a notebook in {language}: the kit grades Python only.")
    return notebook


def _config(path: Path, notebook: NotebookNode) -> dict:
    """The settings of a notebook, with those of the file that they name. Raises Misplaced."""
    config = assignment_config(notebook)
    if not (name := config.get("config_file")):
        return config
    try:
        shared = yaml.safe_load((path.parent / str(name)).read_text("utf-8"))
        return {**shared, **config}
    except (OSError, TypeError, ValueError, yaml.YAMLError) as error:
        raise Misplaced(f"its config_file {name} could not be read: {error}") from error


def _converted(
    assignment: Assignment, path: Path, notebook: NotebookNode, config: dict, told: list[str]
) -> NotebookNode:
    place, generate = f"{path.name}, ASSIGNMENT CONFIG", config.get("generate")
    seeded = {"seed"} if isinstance(generate, dict) and "seed" in generate else set()
    for key in sorted((config.keys() | seeded) & WHY.keys()):
        told.append(f"{place}, {key}: {WHY[key]}")
    if others := config.keys() - KNOWN - WHY.keys():
        told.append(f"{place}: nothing here corresponds to {', '.join(sorted(others))}")
    tests = config.get("tests")
    conversion = Conversion(
        _delimiters(assignment),
        ok_format=not isinstance(tests, dict) or tests.get("ok_format", True),
        everywhere=bool(config.get("strip_solutions_from_all_cells")),
        told=lambda place, said: told.append(f"{path.name}, {place}: {said}"),
    )
    cells: list[NotebookNode] = []
    for part in parts(notebook):
        if isinstance(part, Question):
            cells += conversion.question(part)
        else:
            cells += conversion.other(*part)
    return new_notebook(cells=cells, metadata={"kernelspec": KERNEL})


def _delimiters(assignment: Assignment) -> Delimiters:
    config = assignment.course.config
    kinds = (solutions(config), hidden_tests(config), mark_schemes(config))
    return Delimiters(*(Region(*map(_as_a_line, kind)) for kind in kinds))


def _as_a_line(delimiter: str) -> str:
    """A delimiter as it is written: nbgrader's own are words that a comment holds."""
    return delimiter if delimiter.startswith("#") else f"### {delimiter}"


def _files(path: Path, config: dict, told: list[str]) -> dict[str, Path]:
    """What the settings name as files for students: path in the assignment → where it is now."""
    files = {}
    for key in ("files", "student_files"):
        for name in config.get(key) or []:
            source = (path.parent / str(name)).resolve()
            place = f"{path.name}, ASSIGNMENT CONFIG, {key}: {name}"
            if not source.exists():
                told.append(f"{place}: it is not there")
            elif path.parent.resolve() not in source.parents:
                told.append(f"{place}: it stands outside of the folder; copy it yourself")
            else:
                each = source.rglob("*") if source.is_dir() else [source]
                files |= {
                    file.relative_to(path.parent.resolve()).as_posix(): file
                    for file in each
                    if file.is_file()
                }
    return files


def _write(
    assignment: Assignment, masters: dict[str, NotebookNode], files: dict[str, Path]
) -> list[Path]:
    folder = assignment.source
    folder.mkdir(parents=True)
    for name, notebook in masters.items():
        nbformat.write(notebook, folder / name)
    for name, source in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, folder / name)
    return [folder / name for name in (*masters, *files)]
