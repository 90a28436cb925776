"""A table of tests in one notebook: each row a solution cell, its test, and whether it passes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

import tiny

from grading.execution.execute import execute
from grading.model.job import Job
from grading.model.outcome import CheckResult, Outcome

NAME = "table"


@dataclass(frozen=True)
class Row:
    """One exercise.

    answer: what the student's cell says. test: the master's test of it. passes: whether it must.
    solution: what the master's cell says; by default, the answer. tags: of the test cell.
    """

    answer: str
    test: str
    passes: bool = True
    solution: str | None = None
    tags: tuple[str, ...] = ()


def outcome_of(
    rows: Mapping[str, Row], *provided: str, master_files=None, files=None, limits=None
) -> Outcome:
    """What grading gives for one notebook that has all the rows.

    provided: sources of the cells that come first. master_files, files: the master's and the
    student's beside the notebook, path → content. limits: other than the default ones.
    """
    first = [tiny.cell("locked", f"provided-{n}", text) for n, text in enumerate(provided)]
    master, hand_in = list(first), list(first)
    for name, row in rows.items():
        solution = row.answer if row.solution is None else row.solution
        key = key_of(name)
        test = tiny.cell("test", f"{key}-check", row.test, 1, tags=list(row.tags))
        master += [tiny.cell("solution", key, solution), test]
        hand_in += [tiny.cell("solution", key, row.answer), test]
    return execute(
        Job(
            tiny.ASSIGNMENT,
            NAME,
            _plain(tiny.notebook(*hand_in)),
            {NAME: _plain(tiny.notebook(*master))},
            files or {},
            master_files=master_files or {},
            limits=limits or {},
        )
    )


def key_of(name: str) -> str:
    """The grade_id of a row's solution cell."""
    return re.sub(r"\W+", "-", name)


def results(outcome: Outcome) -> dict[str, CheckResult]:
    """The results by the keys of the rows."""
    return {check.grade_id.removesuffix("-check"): check for check in outcome.checks}


def judge(name: str, row: Row, outcome: Outcome) -> None:
    """Assert that a row passed or did not, as it says."""
    found = results(outcome)[key_of(name)]
    assert found.passed == row.passes, f"{name}: {found.reason}\n{outcome.incidents}"


def _plain(notebook) -> dict:
    return json.loads(json.dumps(notebook))
