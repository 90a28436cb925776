"""Tests and answers to them, one pair a row, all run by one kernel and one examiner."""

from __future__ import annotations

import json
from dataclasses import dataclass

import tiny
from nbformat.v4 import new_code_cell
from tiny import cell, notebook

from grading.execution.execute import execute
from grading.model.job import Job
from grading.model.outcome import CheckResult, Status

IMPORTS = "import random\nimport numpy as np\nimport pandas as pd"


@dataclass(frozen=True)
class Row:
    """A test, and an answer to it. name: what is tried, in words. test, answer: sources of cells.

    passes: whether the test passes. master: the master's own answer, where it is another one.
    """

    name: str
    answer: str
    test: str
    passes: bool = True
    master: str = ""

    def __str__(self) -> str:
        return self.name


def run_rows(rows: list[Row], limits: dict[str, int] | None = None) -> dict[str, CheckResult]:
    """The result of each row's test, by the row's name. limits: those that differ."""
    master = [cell("locked", "imports", IMPORTS)]
    handed_in = [new_code_cell(IMPORTS, id="imports")]
    for number, row in enumerate(rows):
        solution = cell("solution", f"answer-{number}", row.master or row.answer)
        check = cell("test", f"check-{number}", row.test, 1)
        master += [solution, check]
        handed_in += [{**solution, "source": row.answer}, check]
    masters = {"rows": json.loads(json.dumps(notebook(*master)))}
    node = json.loads(json.dumps(notebook(*handed_in)))
    outcome = execute(Job(tiny.ASSIGNMENT, "rows", node, masters, {}, limits=limits or {}))
    assert outcome.status is not Status.GRADER_FAILED, outcome.reason
    found = {check.grade_id: check for check in outcome.checks}
    return {row.name: found[f"check-{number}"] for number, row in enumerate(rows)}


def judge(row: Row, result: CheckResult) -> None:
    """Assert that a row's test has passed or failed as the row says."""
    assert result.passed is row.passes, f"{row.name}: {result.reason}"
