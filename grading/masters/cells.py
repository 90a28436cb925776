"""The cells of a notebook: their names, their kinds and their marks."""

import re
from collections.abc import Iterable, Iterator, Mapping

from nbformat import NotebookNode
from nbgrader.utils import is_grade, is_locked, is_solution, is_task
from traitlets.config import Config

from grading.words import say

IN_KERNEL = "run-in-kernel"
# `helpers.hand_in.pack()`, or its Spanish name; the module stands there where the name says little.
HAND_IN = re.compile(r"\bempaquetar\(|\bhand_in\b(?s:.*)\bpack\(")
OPTIONAL = "optional"  # the tag of a solution cell that students may leave blank
EXERCISE = "{exercise}"  # stands in the configuration's stub for the name of the exercise


def cell_name(cell: NotebookNode, index: int) -> str:
    """The name of a cell in messages: its grade_id, or its place in the notebook."""
    return cell.metadata.get("nbgrader", {}).get("grade_id") or f"number {index + 1}"


def named_cells(notebook: NotebookNode) -> Iterator[tuple[str, NotebookNode]]:
    for index, cell in enumerate(notebook.cells):
        yield cell_name(cell, index), cell


def is_test(cell: NotebookNode) -> bool:
    """Whether a cell is a test: code that gives marks and is not the student's."""
    return is_grade(cell) and not is_solution(cell) and cell.cell_type == "code"


def is_marked_by_hand(cell: NotebookNode) -> bool:
    """Whether a person gives the marks of a cell: a task, or an answer that is graded itself."""
    return is_task(cell) or (is_grade(cell) and not is_test(cell))


def runs_in_kernel(cell: NotebookNode) -> bool:
    """Whether a test runs inside the student's kernel, where the student can change its verdict."""
    return IN_KERNEL in cell.metadata.get("tags", [])


def within_reach(masters: Mapping[str, NotebookNode]) -> list[str]:
    """A sentence on each test of some masters, by name, that runs inside the student's kernel."""
    return [
        f"{notebook}, cell {name}: its tag {IN_KERNEL} makes it run inside the student's kernel: "
        "its marks are within reach of a submission"
        for notebook, master in masters.items()
        for name, cell in named_cells(master)
        if is_test(cell) and runs_in_kernel(cell)
    ]


def calls_tally(cell: NotebookNode) -> bool:
    """Whether a cell shows the tally of the checks."""
    return cell.cell_type == "code" and "summarise_marks" in cell.source


def calls_hand_in(cell: NotebookNode) -> bool:
    """Whether a cell packs the hand-in, which has nothing to pack while it is graded."""
    return cell.cell_type == "code" and HAND_IN.search(cell.source) is not None


def code_stub(config: Config) -> str:
    """What stands in place of a solution: the configuration's text, else that of the language in
    use. {exercise} stands in it for the name of the exercise."""
    own = config.ClearSolutions.get("code_stub", {}).get("python")
    return own or say("code_stub", exercise=EXERCISE)


def text_stub(config: Config) -> str:
    """The same for an answer in words."""
    return config.ClearSolutions.get("text_stub") or say("text_stub")


def is_stub(text: str, stub: str) -> bool:
    """Whether a line of code or an error's message is that of a blank left open.

    stub: the configured text that students get in place of a solution.
    """
    text = text.strip()
    texts = [*stub.splitlines(), *re.findall(r'"(.*)"', stub)]  # its lines and its messages
    patterns = (re.escape(line.strip()).replace(re.escape(EXERCISE), ".*") for line in texts)
    return any(re.fullmatch(pattern, text) for pattern in patterns)


def forget_notes(cell: NotebookNode) -> None:
    """Take an instructor's notes for `check` out of a cell, because they quote the solution."""
    notes = cell.metadata.get("grading", {})
    if isinstance(notes, dict):
        notes.pop("equivalent", None)
    if not notes or not isinstance(notes, dict):
        cell.metadata.pop("grading", None)


def provided_code(masters: Iterable[NotebookNode]) -> tuple[str, ...]:
    """The sources of the masters' code cells that are neither solutions nor tests."""
    return tuple(
        cell.source
        for master in masters
        for cell in master.cells
        if cell.cell_type == "code" and is_locked(cell) and not is_grade(cell)
    )


def automatic_marks(notebook: NotebookNode) -> float:
    """Points of all test cells of a notebook."""
    return sum(c.metadata.nbgrader.get("points") or 0 for c in notebook.cells if is_test(c))


def written_marks(notebook: NotebookNode) -> float:
    """Points of all questions graded by hand."""
    by_hand = (cell for cell in notebook.cells if is_marked_by_hand(cell))
    return sum(cell.metadata.nbgrader.get("points") or 0 for cell in by_hand)
