"""Notebooks as they were saved: what their cells hold, and whether that is what was run.

A file is read as plain JSON and not checked against the notebook format: students must be able to
hand in a notebook that is damaged. Reading it raises nothing, whatever it holds.
"""

import ast
import hashlib
import json
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

# A cell's id → fingerprint of the code that it ran last, in this kernel. Where the front end tells
# no id (Colab, the classic Notebook), the fingerprint of each code that was run stands for itself.
_runs = {}


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


def texts(cells, names):
    """The texts and numbers that cells assign to some variables.

    cells: a list of `Cell`. names: the variables to look for.
    Returns variable → what is assigned to it last, as text, for each that is assigned a constant.
    """
    found = {}
    for cell in cells:
        for node in _statements(cell):
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
                for target in node.targets:
                    if isinstance(target, ast.Name) and target.id in names:
                        with suppress(ValueError):  # a number of thousands of digits
                            found[target.id] = str(node.value.value).strip()
    return found


def is_blank(cell):
    """Whether the `Cell` of an answer still raises NotImplementedError, as it was released."""
    return any(
        isinstance(node, ast.Raise)
        and node.exc is not None
        and "NotImplementedError" in ast.dump(node.exc)
        for statement in _statements(cell)
        for node in ast.walk(statement)
    )


def _statements(cell):
    """The statements of a code cell as syntax trees; none where it cannot be parsed."""
    if cell.kind != "code":
        return []
    try:
        return ast.parse(cell.source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []  # an unfinished answer


def follow_cells():
    """Note from now on which code this kernel runs."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is not None and _note not in shell.events.callbacks["pre_run_cell"]:
        shell.events.register("pre_run_cell", _note)


def _note(info):
    """Note the code of the cell that is about to run: IPython's event `pre_run_cell`."""
    if isinstance(info.raw_cell, str):
        text = fingerprint(info.raw_cell)
        _runs[getattr(info, "cell_id", None) or text] = text


def executed():
    """What was run: a cell's id, or what stands for it → fingerprint of the code it ran last."""
    return dict(_runs)


def is_what_was_run(cells, runs):
    """Whether every code answer of a saved notebook is what its cell ran last.

    cells: a list of `Cell`. runs: what `executed` gave. The ids that VS Code tells are in no file,
    and a file as Colab saves it has none: then the code of an answer must be among what was run.
    A cell without code is never run.
    """
    nothing, ran = fingerprint(""), set(runs.values())
    ids_are_known = not runs.keys().isdisjoint(cell.id for cell in cells)
    for cell in cells:
        text = fingerprint(cell.source)
        if cell.is_answer and cell.kind == "code":
            same = runs.get(cell.id, nothing) == text if ids_are_known else text in {nothing, *ran}
            if not same:
                return False
    return True


def fingerprint(source):
    """Sixteen letters that stand for the code of a cell: the start of its SHA-256.

    White space at its two ends does not count.
    """
    return hashlib.sha256(source.strip().encode("utf-8", "replace")).hexdigest()[:16]
