"""Tests that nbgrader writes itself: AUTOTEST lines become asserts of what the master's code gives.

https://nbgrader.readthedocs.io/en/stable/user_guide/autotests.html describes the lines, and the
file autotests.yml with the templates of the tests.
"""

import hashlib
import json
import logging
import re
from pathlib import Path

from nbformat import NotebookNode
from nbgrader.preprocessors import InstantiateTests
from traitlets.config import Config

from grading.course import CourseError, find_root, working_folder
from grading.files import write_whole

FOLDER = ".autotests"  # of the course: what was written so far, by master
NO_TEMPLATES = (
    "{name} has AUTOTEST lines, and there is no {file} with the templates of their tests: put one "
    "into {folder} or into the course folder, such as the one in nbgrader's documentation"
)


def write_autotests(notebook: NotebookNode, path: Path, config: Config) -> None:
    """Replace a master's AUTOTEST lines by the tests that they stand for.

    nbgrader runs the master's cells for that, which is done once for each edition of the master.
    path: the master's file. Raises CourseError when the templates are missing or a cell fails.
    """
    step = InstantiateTests(config=config, log=logging.Logger("grading.autotests", logging.FATAL))
    line = re.compile(rf"^\s*#.*{re.escape(step.autotest_delimiter)}", re.MULTILINE)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    if not any(line.search(cell.source) for cell in code):
        return
    root = find_root(path.parent)
    templates = [path.parent / step.autotest_filename, root / step.autotest_filename]
    found = next((file for file in templates if file.is_file()), None)
    if found is None:
        raise CourseError(
            NO_TEMPLATES.format(
                name=path.name, file=step.autotest_filename, folder=path.parent.name
            )
        )
    text = json.dumps([cell.source for cell in code]) + found.read_text("utf-8")
    kept = root / FOLDER / f"{hashlib.sha256(text.encode()).hexdigest()}.json"
    if not kept.is_file():
        write_whole(kept, json.dumps(_written(step, notebook, path, root)))
    for cell, source in zip(code, json.loads(kept.read_text("utf-8")), strict=True):
        cell.source = source


def _written(step: InstantiateTests, notebook: NotebookNode, path: Path, root: Path) -> list[str]:
    """The sources of the code cells once nbgrader has written the tests."""
    try:
        with working_folder(root):
            done, _ = step.preprocess(notebook, {"metadata": {"path": str(path.parent)}})
    except Exception as error:  # of the master's own code, of a kernel, or of the templates
        reason = str(getattr(error, "evalue", "") or error).strip() or type(error).__name__
        raise CourseError(
            f"the tests of {path.name}'s AUTOTEST lines could not be written: {reason}"
        ) from error
    return [cell.source for cell in done.cells if cell.cell_type == "code"]
