"""Tests that their master has tagged to run inside of the student's kernel, hidden parts too.

A submission could read such a test and change its verdict, so the hidden parts are sent last of
all, once, to a kernel that is made for them and ends with them: the submission's cells are run in
it again. What the kernel says of why a test failed could be the test itself; of it only the
messages of the test's own asserts are passed on.
"""

import ast
import time
from copy import deepcopy
from dataclasses import dataclass

from nbformat import NotebookNode

from grading.candidate.box import Box
from grading.candidate.kernel import Candidate, CandidateLost
from grading.masters.cells import cell_name
from grading.model.limits import Limits, cell_timeout
from grading.model.stops import Stop
from grading.replay.replay import Loops
from grading.source import walk
from helpers.messages import message


@dataclass(frozen=True)
class Deferred:
    """A test that waits until all cells have run.

    test: the master's cell. cell, index: where it stands in the notebook. place: of its result
    among those of the notebook.
    """

    test: NotebookNode
    cell: NotebookNode
    index: int
    place: int


@dataclass(frozen=True)
class Said:
    """What running a test in a kernel gave. stop: what ended it or its kernel, if anything did."""

    passed: bool
    reason: str
    stop: Stop | None = None


async def run_again(
    deferred: Deferred, notebook: NotebookNode, box: Box, loops: Loops, ran: set[int]
) -> Said:
    """Run the cells before a test in a new kernel, then the test.

    box: prepared, of no other kernel. loops: what its training loops are told. ran: the places of
    the cells that ran in the first kernel.
    """
    again = deepcopy(notebook)
    again.cells = again.cells[: deferred.index + 1]
    again.cells[-1].source = deferred.test.source
    limits, candidate = box.limits, Candidate(again, box, loops)
    try:
        await candidate.start()
        deadline = time.monotonic() + limits.notebook_seconds
        stop = None
        for index, cell in enumerate(again.cells):
            if index not in ran and index != deferred.index:
                continue
            cell.outputs = []
            seconds = min(cell_timeout(cell, limits.cell_seconds), deadline - time.monotonic())
            loops.begin(cell_name(cell, index), cell.source)
            stop = await candidate.run(cell, index, max(0.1, seconds))
            loops.end()
        return _said(again.cells[-1], deferred.test, limits, stop)
    except CandidateLost as lost:
        return Said(False, lost.stop.to_student(limits), lost.stop)
    finally:
        await candidate.stop()


def _said(cell: NotebookNode, test: NotebookNode, limits: Limits, stop: Stop | None) -> Said:
    if stop is not None:
        return Said(False, stop.to_student(limits, limits.cell_seconds), stop)
    errors = [str(output.evalue) for output in cell.outputs if output.output_type == "error"]
    if not errors:
        return Said(True, "")
    said = (text for text in _messages(test.source) if text in errors[0])
    return Said(False, next(said, message("no_hint")))


def _messages(source: str) -> list[str]:
    """The texts that the asserts of a test give as messages."""
    messages = (node.msg for node in walk(source) if isinstance(node, ast.Assert))
    texts = [m.value for m in messages if isinstance(m, ast.Constant)]
    return [text for text in texts if isinstance(text, str) and text]
