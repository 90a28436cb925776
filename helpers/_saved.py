"""Notebooks as they were saved: what their cells hold, and whether that is what was run.

A file is read as plain JSON and not checked against the notebook format: students must be able to
hand in a notebook that is damaged. Reading it raises nothing, whatever it holds.
"""

import hashlib
import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path

OPEN = re.compile(r"^[ \t]*raise NotImplementedError\b", re.MULTILINE)  # a blank, as released

# A cell's id → fingerprint of the code that it ran last, in this kernel. Where the front end tells
# no id, the fingerprint stands for the cell too.
_runs = {}
_running = ""  # the code of the cell that was started last


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
    """Whether the `Cell` of an answer still has the line of a blank, as it was released.

    A cell that is unfinished, so that it cannot be parsed, may have one too.
    """
    return cell.kind == "code" and bool(OPEN.search(cell.source))


def follow_cells():
    """Note from now on which code this kernel runs; what it ran before is in IPython's history."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is None or _note in shell.events.callbacks["pre_run_cell"]:
        return
    for source in getattr(shell.history_manager, "input_hist_raw", ()):
        _runs[fingerprint(source)] = fingerprint(source)
    shell.events.register("pre_run_cell", _note)


def _note(info):
    """Note the code of the cell that is about to run: IPython's event `pre_run_cell`."""
    global _running
    cell_id = getattr(info, "cell_id", None)
    # A magic such as %%capture runs the code below it as a cell of its own, without history.
    if isinstance(info.raw_cell, str) and (cell_id or info.store_history):
        _running = info.raw_cell
        _runs[cell_id or fingerprint(_running)] = fingerprint(_running)


def running():
    """The code of the cell that is running, empty where that is not known."""
    return _running


def executed():
    """A cell's id, or its fingerprint, → fingerprint of the code that it ran last."""
    return dict(_runs)


def is_what_was_run(cells, runs):
    """Whether every code answer of a saved notebook is what a cell of it ran last.

    cells: a list of `Cell`. runs: what `executed` gave. The ids that VS Code and Colab tell are not
    those of the file, and other front ends tell none: there a cell is known by its code alone.
    """
    answers = [cell for cell in cells if cell.is_answer and cell.kind == "code"]
    # Front ends run no empty cell.
    return all(ran_last(cell, runs) for cell in answers if cell.source.strip())


def ran_last(cell, runs):
    """Whether the code of a `Cell` is what it ran last, see `is_what_was_run`."""
    code = fingerprint(cell.source)
    return code == runs[cell.id] if cell.id in runs else code in runs.values()


def fingerprint(source):
    """Sixteen letters that stand for the code of a cell: the start of its SHA-256.

    White space around it and at the end of its lines does not count: some editors take it out when
    they save.
    """
    code = "\n".join(line.rstrip() for line in source.strip().splitlines())
    return hashlib.sha256(code.encode("utf-8", "replace")).hexdigest()[:16]
