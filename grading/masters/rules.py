"""The rules a master notebook must keep before it may be released."""

import ast
import json
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from math import isclose
from pathlib import Path

from nbformat import NotebookNode
from nbgrader.utils import is_grade, is_task
from traitlets.config import Config

from grading.course import CONFIG_FILE, NAME_RULE, UNFIT_NAME
from grading.masters.cells import (
    automatic_marks,
    calls_tally,
    is_test,
    named_cells,
)  # fmt: skip
from grading.masters.clearing import Clearing
from grading.masters.reading import language, read_master
from grading.regions import looks_like_a_delimiter
from grading.source import parses, python, walk
from helpers._blocks import blocks, marks_of

OTHER_LANGUAGE = (
    "its language is {}, and only notebooks in Python are graded here: take it out of the folder, "
    "or change the kernel that the notebook names"
)


@dataclass(frozen=True)
class Problem:
    """One broken rule: where, and what to do about it."""

    notebook: str
    cell: str
    rule: str

    def __str__(self) -> str:
        return f"{self.notebook}, cell {self.cell}: {self.rule}"


def broken_rules(paths: list[Path], config: Config) -> list[Problem]:
    """All breaches of the rules by the masters at `paths`; none when they may be released.

    config: the course's configuration, for the delimiters and stubs of nbgrader's preprocessors.
    Raises CourseError when a master is not a notebook that can be read.
    """
    masters = {path.stem: read_master(path, config) for path in paths}
    problems = []
    for name, notebook in masters.items():
        if UNFIT_NAME.search(name):
            problems.append(Problem(name, "(all)", f"rename the file: {NAME_RULE}"))
        if language(notebook) != "python":
            problems.append(Problem(name, "(all)", OTHER_LANGUAGE.format(language(notebook))))
            continue
        for rule in RULES:
            problems += [Problem(name, *broken) for broken in rule(notebook, config)]
    problems += _check_tallies(masters)
    return problems


Broken = Iterator[tuple[str, str]]  # the cell, and what to do about it


def _check_ids(notebook: NotebookNode, config: Config) -> Broken:
    ids = Counter(
        cell.metadata.nbgrader.get("grade_id")
        for cell in notebook.cells
        if "nbgrader" in cell.metadata
    )
    for grade_id, count in ids.items():
        if not grade_id:
            yield "(no id)", f"{count} nbgrader cell(s) have no grade_id: give each one a name"
        elif count > 1:
            yield grade_id, f"its grade_id stands {count} times: every cell needs its own"


def _check_cells(notebook: NotebookNode, config: Config) -> Broken:
    misspelt, clear = looks_like_a_delimiter(config), Clearing(config)
    for name, cell in named_cells(notebook):
        try:
            cleared = clear(cell)
        except RuntimeError as error:
            yield name, f"{error}".strip()
            continue
        if word := misspelt.search(cleared.source):
            yield (
                name,
                f"a delimiter is misspelt, {word[0]!r}: write it as {CONFIG_FILE} does, on a line "
                "of its own",
            )
        if cell.cell_type != "code":
            continue
        if re.search(r"^\s*(from|import) grading\b", cleared.source, re.MULTILINE):
            yield name, "it imports grading, which students do not have: only hidden tests may"


def _check_equivalent(notebook: NotebookNode, config: Config) -> Broken:
    """The changes that a master's metadata calls no fault are written as docs/checking.md says."""
    for name, cell in named_cells(notebook):
        ours = cell.metadata.get("grading", {})
        notes = ours.get("equivalent", []) if isinstance(ours, dict) else ours
        fits = isinstance(ours, dict) and isinstance(notes, list) and all(map(_is_note, notes))
        if not fits:
            written = json.dumps(notes, ensure_ascii=False)
            yield (
                name,
                'grading.equivalent in its metadata is a list of {"change": text, "reason": text}, '
                f'with "line": number where it is needed; it is {written}',
            )


def _is_note(note) -> bool:
    kinds = {"change": str, "reason": str, "line": int}
    return (
        isinstance(note, dict)
        and {"change", "reason"} <= note.keys() <= kinds.keys()
        and all(isinstance(value, kinds[key]) for key, value in note.items())
        and note["reason"].strip() != ""
    )


def _check_points(notebook: NotebookNode, config: Config) -> Broken:
    for name, cell in named_cells(notebook):
        points = cell.metadata.get("nbgrader", {}).get("points")
        if (is_grade(cell) or is_task(cell)) and not _is_number(points):
            yield name, "a test or question without points: say how many it is worth"


def _is_number(value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _check_tests(notebook: NotebookNode, config: Config) -> Broken:
    for name, cell in named_cells(notebook):
        if not is_test(cell) or not parses(cell.source):
            continue
        points = cell.metadata.nbgrader.get("points")
        marks = [marks for node in walk(cell.source) for marks in marks_of(node)]
        if None in marks:
            yield name, "write the number of marks in its tick.marks(…) out: build adds them up"
        elif _is_number(points) and marks and not isclose(sum(marks), points):
            yield (
                name,
                f"it is worth {points:g} points but its tick.marks blocks say {marks}: together "
                "they are worth the cell's points",
            )
        if len(marks) > 1 and len(marks) != len(blocks(python(cell.source))):
            yield (
                name,
                "it has several tick.marks blocks, and one of them stands inside of another "
                "statement: begin each of them at the left margin, so that each gives its marks",
            )


def _check_tallies(masters: dict[str, NotebookNode]) -> Iterator[Problem]:
    """The marks that the tally cells announce are those of the test cells."""
    marks = {name: automatic_marks(notebook) for name, notebook in masters.items()}
    for notebook_name, notebook in masters.items():
        for name, cell in named_cells(notebook):
            if not calls_tally(cell):
                continue
            for announced in _literal_dicts(cell.source):
                if announced != marks:
                    yield Problem(
                        notebook_name,
                        name,
                        f"it announces {announced}, but the test cells add up to {marks}",
                    )


def _literal_dicts(source: str) -> list[dict]:
    """The dictionaries in a cell's source that hold constants only; none if it is no Python."""
    dicts = []
    for node in walk(source):
        if isinstance(node, ast.Dict):
            with suppress(ValueError):  # one that holds more than constants can't be compared
                dicts.append(ast.literal_eval(node))
    return dicts


RULES = (
    _check_ids, _check_cells, _check_equivalent, _check_points, _check_tests,
)  # fmt: skip
