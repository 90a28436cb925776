"""The kit's own steps of nbgrader's autograde."""

import json
from typing import ClassVar

import nbformat
from nbformat import NotebookNode
from nbgrader.preprocessors import CheckCellMetadata
from nbgrader.preprocessors.base import NbGraderPreprocessor

from grading.model.notes import Note
from grading.model.outcome import Outcome, Status, note, note_cause, note_check, noted_cause


class RecordOutcome(NbGraderPreprocessor):
    """Writes what the execution of a notebook gave where nbgrader would execute it.

    `resources["outcome"]` and `resources["notes"]` come from `SubmissionExporter`.
    """

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        write_outcome(resources["outcome"], resources["notes"], nb)
        return nb, resources


class CheckCells(CheckCellMetadata):
    """nbgrader's check of its metadata, made once for metadata that is the same.

    The metadata is the master's, the same in each submission. nbgrader checks its own schema anew
    for each cell, which was half of the time that recording took.
    """

    _checked: ClassVar[set[str]] = set()

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        cells = [[c.cell_type, c.metadata.nbgrader] for c in nb.cells if "nbgrader" in c.metadata]
        metadata = json.dumps(cells, sort_keys=True)
        if metadata not in self._checked:
            nb, resources = super().preprocess(nb, resources)
            self._checked.add(metadata)
        return nb, resources


def write_outcome(outcome: Outcome, notes: list[Note], nb: NotebookNode) -> None:
    """Write on a sanitised notebook what its execution gave: outputs, checks, status; and what is
    to be told about how it was read."""
    checks = {check.grade_id: check for check in outcome.checks}
    for cell, executed in zip(nb.cells, outcome.notebook["cells"], strict=True):
        if cell.cell_type != "code":
            continue
        cell.outputs = [nbformat.from_dict(output) for output in executed["outputs"]]
        cell.execution_count = executed["execution_count"]
        if cause := noted_cause(nbformat.from_dict(executed)):
            note_cause(cell, cause)
        check = checks.get(cell.metadata.get("nbgrader", {}).get("grade_id"))
        if check is not None:
            note_check(cell, check)
    note(nb, outcome.status, outcome.reason)
    for each in notes:
        note(nb, each.status, each.to_instructor)
    told = [each.to_student for each in notes if each.status is Status.GRADED]
    nb.metadata["grading"]["notes"] = told
    nb.metadata["grading"]["confined"] = outcome.confined
    nb.metadata["grading"]["incidents"] = [
        f"{incident.cell}: {incident.text}" if incident.cell else incident.text
        for incident in outcome.incidents
    ]
