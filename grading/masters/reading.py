"""Masters as the kit takes them: whatever format, metadata and delimiters their files have.

All that reads a master reads it here, so that the ids and the texts of cells are the same for the
release, for grading and for the report. The files themselves are left as they are.
"""

import hashlib
import logging
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.nbgraderformat import SCHEMA_VERSION, MetadataValidator
from traitlets.config import Config

from grading.course import Assignment, CourseError
from grading.masters.autotests import write_autotests
from grading.regions import other_spellings

KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
CELL_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
KINDS = ("grade", "solution", "locked", "task")  # of nbgrader's cells: each has one of them
MINOR = 5  # of the notebook format that has ids of cells
# nbgrader's upgrade tells of each key that newer metadata has no more: `build` says it once.
SILENT = logging.Logger("grading.masters.reading", logging.CRITICAL + 1)


@dataclass
class Reading:
    """A master as it was read.

    changes: what its file has in another way, a phrase each. respelt: the name of a cell → the
    delimiters in it that are not written as the course writes them.
    """

    notebook: NotebookNode
    changes: list[str] = field(default_factory=list)
    respelt: dict[str, list[str]] = field(default_factory=dict)


def read_masters(assignment: Assignment) -> dict[str, NotebookNode]:
    """The masters of an assignment by name, in order.

    Raises CourseError when there is none, and as `read_master` does.
    """
    config = assignment.course.config
    return {path.stem: read_master(path, config) for path in assignment.master_paths()}


def read_master(path: Path, config: Config) -> NotebookNode:
    """A master as a notebook of format 4.5, with nbgrader's newest metadata and no outputs.

    config: the course's, for its delimiters. Raises CourseError when it is no notebook.
    """
    return reading_of(path, config).notebook


def reading_of(path: Path, config: Config) -> Reading:
    """A master, and what its file has in another way: see `read_master`."""
    try:
        written = nbformat.reader.reads(path.read_text("utf-8-sig"))
        version = nbformat.reader.get_version(written)
        notebook = nbformat.convert(written, 4)
        reading = Reading(notebook)
        if version < (4, MINOR):
            reading.changes.append(f"notebook format {version[0]}.{version[1]}")
        if version[0] < 4:  # the conversion makes ids by chance
            for cell in notebook.cells:
                cell.pop("id", None)
        _upgrade_metadata(reading)
        _give_ids(notebook)
        _leave_out_outputs(reading)
        _respell(reading, config)
        _take_for_python(notebook)
        notebook.nbformat, notebook.nbformat_minor = 4, max(MINOR, notebook.nbformat_minor)
        nbformat.validate(notebook)
        write_autotests(notebook, path, config)
    except (OSError, CourseError):
        raise
    except Exception as error:  # nbformat and nbgrader raise many kinds
        reason = str(error).partition("\n")[0] or type(error).__name__
        raise CourseError(f"{path.name} is not a notebook that can be read: {reason}") from error
    return reading


def _upgrade_metadata(reading: Reading) -> None:
    ours = [c.metadata.nbgrader for c in reading.notebook.cells if "nbgrader" in c.metadata]
    versions = {each.get("schema_version", 0) for each in ours}
    if older := sorted(version for version in versions if version < SCHEMA_VERSION):
        listed = ", ".join(map(str, older))
        reading.changes.append(f"nbgrader's metadata of version {listed}")
        validator = MetadataValidator()
        for each in (validator, validator.v1, validator.v2):
            each.log = SILENT
        validator.upgrade_notebook_metadata(reading.notebook)
    for cell in reading.notebook.cells:
        # A cell that is nothing to nbgrader is the student's, with this metadata or without.
        if not any(cell.metadata.get("nbgrader", {}).get(kind) for kind in KINDS):
            cell.metadata.pop("nbgrader", None)


def _give_ids(notebook: NotebookNode) -> None:
    """Give each cell an id that it has not: from its grade_id, else from its text, with a number
    where several cells have that text."""
    taken, texts = set(), Counter()
    for cell in notebook.cells:
        if _is_id(cell.get("id")) and cell.id not in taken:
            taken.add(cell.id)
        else:
            cell.pop("id", None)
    for cell in notebook.cells:
        texts[cell.source] += 1
        if "id" in cell:
            continue
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if not _is_id(name) or name in taken:
            seed = f"{name or ''}\0{cell.cell_type}\0{cell.source}\0{texts[cell.source]}"
            name = hashlib.sha256(seed.encode(errors="surrogateescape")).hexdigest()[:12]
        cell["id"] = name
        taken.add(name)


def _is_id(value) -> bool:
    return isinstance(value, str) and CELL_ID.fullmatch(value) is not None


def _leave_out_outputs(reading: Reading) -> None:
    count = 0
    for cell in reading.notebook.cells:
        if cell.cell_type == "code":
            count += bool(cell.get("outputs"))
            cell.outputs, cell.execution_count = [], None
            cell.metadata.pop("execution", None)
    if count:
        reading.changes.append(f"outputs of {count} cell(s), which are left out")


def _respell(reading: Reading, config: Config) -> None:
    """Write delimiters as the course does where they are written in another way that nbgrader
    reads, such as `# BEGIN SOLUTION`."""
    spellings = other_spellings(config)
    for index, cell in enumerate(reading.notebook.cells):
        lines, found = cell.source.split("\n"), []
        for number, line in enumerate(lines):
            for delimiter, pattern in spellings.items():
                if delimiter not in line and (match := pattern.fullmatch(line)):
                    lines[number] = match["indent"] + delimiter
                    found.append(line.strip())
        if found:
            cell.source = "\n".join(lines)
            name = cell.metadata.get("nbgrader", {}).get("grade_id") or f"number {index + 1}"
            reading.respelt[name] = found


def _take_for_python(notebook: NotebookNode) -> None:
    """Name this Python's kernel, whatever environment the master was saved in."""
    written = notebook.metadata.setdefault("kernelspec", NotebookNode())
    if language(notebook) == "python" and written.get("name") != KERNEL["name"]:
        written.update(KERNEL)
    for key in ("name", "display_name"):
        written.setdefault(key, KERNEL[key])


def language(notebook: NotebookNode) -> str:
    """The language of a notebook, in small letters."""
    metadata = notebook.metadata
    named = metadata.get("kernelspec", {}).get("language")
    return (named or metadata.get("language_info", {}).get("name") or "python").lower()
