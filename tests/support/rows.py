"""Tests and answers to them, one pair a row, all run by one kernel and one examiner."""

from __future__ import annotations

from dataclasses import dataclass

import table_of_tests

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


def run_rows(rows: list[Row], limits: dict | None = None) -> dict[str, CheckResult]:
    """The result of each row's test, by the row's name. limits: other than the default ones."""
    table = {
        f"row {number}": table_of_tests.Row(row.answer, row.test, row.passes, row.master or None)
        for number, row in enumerate(rows)
    }
    outcome = table_of_tests.outcome_of(table, IMPORTS, limits=limits)
    assert outcome.status is not Status.GRADER_FAILED, outcome.reason
    found = table_of_tests.results(outcome)
    keys = map(table_of_tests.key_of, table)
    return {row.name: found[key] for row, key in zip(rows, keys, strict=True)}


def judge(row: Row, result: CheckResult) -> None:
    """Assert that a row's test has passed or failed as the row says."""
    assert result.passed is row.passes, f"{row.name}: {result.reason}"
