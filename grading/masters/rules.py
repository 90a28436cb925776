"""The rules a master notebook must keep before it may be released."""

import ast
import json
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.utils import is_grade, is_solution, is_task
from traitlets.config import Config

from grading.course import CONFIG_FILE, NAME_RULE, UNFIT_NAME, CourseError
from grading.masters.cells import (
    IN_KERNEL,
    automatic_marks,
    calls_tally,
    named_cells,
    runs_in_kernel,
)  # fmt: skip
from grading.masters.clearing import clear_cell
from grading.regions import hidden_tests, looks_like_a_delimiter, solutions
from grading.source import names, parse, parses, require_python


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
    masters = {path.stem: _read(path) for path in paths}
    problems = []
    for name, notebook in masters.items():
        if UNFIT_NAME.search(name):
            problems.append(Problem(name, "(all)", f"rename the file: {NAME_RULE}"))
        for rule in RULES:
            problems += [Problem(name, *broken) for broken in rule(notebook, config)]
    problems += _check_tallies(masters)
    return problems


def _read(path: Path) -> NotebookNode:
    try:
        return nbformat.read(path, as_version=4)
    except Exception as error:  # nbformat raises many kinds
        raise CourseError(f"{path.name} is not a notebook that can be read: {error}") from error


Broken = Iterator[tuple[str, str]]  # the cell, and what to do about it


def _check_ids(notebook: NotebookNode, config: Config) -> Broken:
    ids = Counter(
        cell.metadata.nbgrader.get("grade_id")
        for cell in notebook.cells
        if "nbgrader" in cell.metadata
    )
    if any("id" not in cell for cell in notebook.cells):
        yield "(all)", "it is in an old notebook format: open it in JupyterLab and save it again"
    for grade_id, count in ids.items():
        if not grade_id:
            yield "(no id)", f"{count} nbgrader cell(s) have no grade_id: give each one a name"
        elif count > 1:
            yield grade_id, f"its grade_id stands {count} times: every cell needs its own"


def _check_outputs(notebook: NotebookNode, config: Config) -> Broken:
    for name, cell in named_cells(notebook):
        if cell.get("outputs") or cell.get("execution_count"):
            yield name, "it has outputs: clear all outputs and save the master"


def _check_cells(notebook: NotebookNode, config: Config) -> Broken:
    begin, misspelt = solutions(config).begin, looks_like_a_delimiter(config)
    for name, cell in named_cells(notebook):
        if is_solution(cell) and is_grade(cell):
            yield (
                name,
                "a manually graded answer is not read here: make it a task, with a plain text cell "
                "below for the answer, or part it into a solution and a test",
            )
            continue
        if is_solution(cell) and begin not in cell.source:
            yield name, f"a solution cell without {begin}: mark what students must write"
            continue
        try:
            cleared = clear_cell(cell, config)
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
        for version, source in (("as it stands", cell.source), ("once cleared", cleared.source)):
            try:
                require_python(source)
            except SyntaxError as error:
                yield name, f"{version} it is not valid Python, line {error.lineno}: {error.msg}"
        if re.search(r"^\s*(from|import) grading\b", cleared.source, re.MULTILINE):
            yield name, "it imports grading, which students do not have: only hidden tests may"


def tick_marks(source: str) -> list[float]:
    """The marks of every `with tick.marks(n):` block of a cell."""
    blocks = (node for node in ast.walk(parse(source)) if isinstance(node, ast.With))
    calls = (item.context_expr for block in blocks for item in block.items)
    return [
        call.args[-1].value
        for call in calls
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr in ("marks", "Marks")
        and call.args
        and isinstance(call.args[-1], ast.Constant)
    ]


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
    hidden = hidden_tests(config).begin
    for name, cell in named_cells(notebook):
        is_test = is_grade(cell) and not is_solution(cell) and cell.cell_type == "code"
        if not is_test or not parses(cell.source):
            continue
        points, blocks = cell.metadata.nbgrader.get("points"), tick_marks(cell.source)
        body = parse(cell.source).body
        if _is_number(points) and blocks != [points]:
            yield (
                name,
                f"it is worth {points:g} points but its tick.marks blocks say {blocks}: a test "
                "cell holds one block, worth the cell's points",
            )
        if not runs_in_kernel(cell) and not _is_plain(cell.source):
            yield name, "it has a magic or a ! line, but IPython does not run it: take that out"
        if runs_in_kernel(cell) and hidden in cell.source:
            yield (
                name,
                f"its tag {IN_KERNEL} makes it run inside the student's kernel, which would see "
                "its hidden tests: take the tag or the hidden tests out",
            )
        if body and isinstance(body[-1], ast.Expr):
            yield name, "it ends in a bare expression, which nbgrader would read as partial credit"


def _is_plain(source: str) -> bool:
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return True


def _check_leaks(notebook: NotebookNode, config: Config) -> Broken:
    """No cell reads a name that only a test cell before it has bound."""
    leaked: dict[str, str] = {}
    for name, cell in named_cells(notebook):
        if cell.cell_type != "code" or not parses(cell.source):
            continue
        bound, read = names(cell.source)
        for variable in sorted((read - bound) & leaked.keys()):
            yield leaked[variable], f"it binds {variable!r}, which {name} reads: rename it"
        if is_grade(cell):
            leaked |= dict.fromkeys(bound, name)
        else:
            leaked = {variable: test for variable, test in leaked.items() if variable not in bound}


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
    for node in ast.walk(parse(source)) if parses(source) else ():
        if isinstance(node, ast.Dict):
            with suppress(ValueError):  # one that holds more than constants can't be compared
                dicts.append(ast.literal_eval(node))
    return dicts


RULES = (
    _check_ids, _check_outputs, _check_cells, _check_equivalent, _check_points, _check_tests,
    _check_leaks,
)  # fmt: skip
