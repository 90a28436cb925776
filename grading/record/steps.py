"""The kit's own steps of nbgrader's autograde: put the master's cells back, replay an Outcome.

The outcome comes from the store where it is known already, else the Job runs here and now. So the
stock command, the formgrader's button and `python -m grading run` give the same marks.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import ClassVar

import nbformat
from nbformat import NotebookNode
from nbgrader.preprocessors import CheckCellMetadata
from nbgrader.preprocessors.base import NbGraderPreprocessor

from grading.course import find_root
from grading.execution.execute import execute
from grading.intake.preparation import preparation
from grading.model.outcome import Outcome, Status, note
from grading.model.store import OutcomeStore


class GraderFailed(Exception):
    """Our failure, which must not be recorded as a mark."""


class RestoreCells(NbGraderPreprocessor):
    """Rebuild the submission on its master: see `grading.intake.restoration.restore`.

    nbgrader's own DeduplicateIds and OverwriteCells keep what a student moved where it is, lose
    answers whose metadata is gone, and `add_missing_cells` fails after a locked cell.
    """

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        where = resources["nbgrader"]
        restored = preparation(find_root(), where["assignment"]).restored(nb, where["notebook"])
        if "unreadable" in resources:
            note(restored, Status.UNREADABLE, resources["unreadable"])
        return restored, resources


class RecordOutcome(NbGraderPreprocessor):
    """Puts the outcome of a submission's notebook in the notebook's place."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        where = resources["nbgrader"]
        root = find_root()
        job = preparation(root, where["assignment"]).job(where["student"], where["notebook"])
        store = OutcomeStore(root)
        outcome = store.get(job.key)
        if outcome is None:
            outcome = execute(job)
            if outcome.status is Status.GRADER_FAILED:
                raise GraderFailed(f"{where['notebook']}: {outcome.reason}")
            store.put(outcome)
        replay(outcome, nb)
        return nb, resources


class CheckCells(CheckCellMetadata):
    """nbgrader's check of its metadata, made once for metadata that is the same.

    After `RestoreCells` it is the master's, the same in each submission. nbgrader checks its own
    schema anew for each cell, which was half of the time that recording took.
    """

    _checked: ClassVar[set[str]] = set()

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        cells = [[c.cell_type, c.metadata.nbgrader] for c in nb.cells if "nbgrader" in c.metadata]
        found = json.dumps(cells, sort_keys=True)
        if found not in self._checked:
            nb, resources = super().preprocess(nb, resources)
            self._checked.add(found)
        return nb, resources


def replay(outcome: Outcome, nb: NotebookNode) -> None:
    """Write on a sanitised notebook what its execution gave: outputs, checks, status."""
    checks = {check.grade_id: check for check in outcome.checks}
    for cell, executed in zip(nb.cells, outcome.notebook["cells"], strict=True):
        if cell.cell_type != "code":
            continue
        cell.outputs = [nbformat.from_dict(output) for output in executed["outputs"]]
        cell.execution_count = executed["execution_count"]
        check = checks.get(cell.metadata.get("nbgrader", {}).get("grade_id"))
        if check is not None:
            cell.metadata.setdefault("grading", {})["check"] = asdict(check) | {
                "earned": check.earned
            }
    note(nb, outcome.status, outcome.reason)
    nb.metadata["grading"]["confined"] = outcome.confined
    nb.metadata["grading"]["incidents"] = [
        f"{incident.cell}: {incident.text}" if incident.cell else incident.text
        for incident in outcome.incidents
    ]
