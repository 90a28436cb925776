"""Notebooks as they were saved: what their cells hold, and whether that is what was run.

A file is read as plain JSON and not checked against the notebook format: students must be able to
hand in a notebook that is damaged. Reading it raises nothing, whatever it holds.
"""

import ast
import hashlib
import json
import sys
from dataclasses import dataclass
from pathlib import Path

from helpers._constants import statements

_runs = {}  # a cell's id → fingerprint of the code that it ran last, in this kernel


@dataclass(frozen=True)
class Cell:
    """A cell of a saved notebook.

    kind: "code", "markdown" or "raw". grade_id: the name that nbgrader knows it by, empty for a
    cell that is not graded. is_answer: whether students write in it.
    """

    id: str
    kind: str
    source: str
    grade_id: str
    is_answer: bool


def read_cells(path):
    """The cells of the notebook at `path`; None when it is no notebook that can be read."""
    try:
        cells = json.loads(Path(path).read_text(encoding="utf-8"))["cells"]
        return [_cell(cell) for cell in cells]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _cell(cell):
    source = cell["source"]
    ours = cell["metadata"].get("nbgrader", {})
    return Cell(
        str(cell.get("id", "")),
        str(cell["cell_type"]),
        source if isinstance(source, str) else "".join(source),
        str(ours.get("grade_id", "")),
        bool(ours.get("solution")),
    )


def is_blank(cell):
    """Whether the `Cell` of an answer still raises NotImplementedError, as it was released."""
    return cell.kind == "code" and any(
        isinstance(node, ast.Raise)
        and node.exc is not None
        and "NotImplementedError" in ast.dump(node.exc)
        for statement in statements(cell.source)
        for node in ast.walk(statement)
    )


def follow_cells():
    """Note from now on which code this kernel runs, where the front end tells the cell's id."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is not None and _note not in shell.events.callbacks["pre_run_cell"]:
        shell.events.register("pre_run_cell", _note)


def _note(info):
    """Note the code of the cell that is about to run: IPython's event `pre_run_cell`."""
    if getattr(info, "cell_id", None) and isinstance(info.raw_cell, str):
        _runs[info.cell_id] = fingerprint(info.raw_cell)


def executed():
    """A cell's id → fingerprint of the code that it ran last; empty where that is not known."""
    return dict(_runs)


def is_what_was_run(cells, runs):
    """Whether every code answer of a saved notebook is what its cell ran last.

    cells: a list of `Cell`. runs: what `executed` gave.
    """
    answers = [cell for cell in cells if cell.is_answer and cell.kind == "code"]
    return all(runs.get(cell.id) == fingerprint(cell.source) for cell in answers)


def fingerprint(source):
    """Sixteen letters that stand for the code of a cell: the start of its SHA-256.

    White space at its two ends does not count.
    """
    return hashlib.sha256(source.strip().encode("utf-8", "replace")).hexdigest()[:16]
