"""The cells of an otter-grader master as nbgrader has them."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from grading.migrating.otter_blocks import Question
from grading.migrating.otter_code import (
    PLUGIN,
    Unbalanced,
    has_solution,
    with_regions,
    without_ignored,
)
from grading.migrating.otter_tests import Case, Unreadable, read_case, with_points
from grading.regions import Region

FAILING = "raises-exception"  # so that Run All goes on where a blank is open
OTTERS = re.compile(r"^\s*(?:import otter\b|from otter\b|grader\s*=\s*otter\.|grader\.\w+\()")
IGNORED_CELL = re.compile(r"\s*#+\s*IGNORE\s*$", re.IGNORECASE)
INCLUDED = "otter_include"  # the tag of a text in a solution that students get
ANSWER = "*Your answer.*"


class Delimiters(NamedTuple):
    """What begins and ends each kind of region in the course."""

    solution: Region
    hidden: Region
    scheme: Region


class Conversion:
    """Makes the cells of one notebook.

    ok_format: whether the outputs of test cells are what is expected. everywhere: whether solutions
    are taken out of cells outside of questions too. told: is given a place in the notebook and a
    sentence for each thing that was not taken over.
    """

    def __init__(
        self,
        delimiters: Delimiters,
        ok_format: bool,
        everywhere: bool,
        told: Callable[[str, str], None],
    ):
        self._delimiters, self._ok_format, self._everywhere = delimiters, ok_format, everywhere
        self._told = told
        self._ids: set[str] = set()
        self._blank = False  # whether a blank stands above: later cells may fail

    def other(self, number: int, cell: NotebookNode) -> list[NotebookNode]:
        """A cell outside of all questions."""
        place = f"cell number {number}"
        if cell.cell_type == "code" and self._everywhere and has_solution(cell.source):
            return self._code("setup", place, cell)
        if cell.cell_type == "code" and has_solution(cell.source):
            self._told(place, "students see what it marks as solution, as with otter")
        return self._provided("setup" if cell.cell_type == "code" else "", place, cell)

    def question(self, question: Question) -> list[NotebookNode]:
        """The cells of a question."""
        name, manual = question.name, bool(question.config.get("manual"))
        for key in question.config.keys() - {
            "name", "manual", "points", "check_cell", "export", "all_or_nothing"
        }:  # fmt: skip
            self._told(f"question {name}", f"its setting {key} has no counterpart here")
        solution = question.of("solution")
        code = [cell for _, cell in solution if cell.cell_type == "code"]
        answer = next((cell for cell in code if has_solution(cell.source)), None)
        written = manual and answer is None
        if written:
            cells = self._by_hand(question)
        else:
            cells = self._all(name, question.of("question"), self._provided)
            cells += self._all(name, question.of("prompt"), self._provided)
        for number, cell in solution:
            place = f"cell number {number}"
            if cell.cell_type == "code":
                marked = manual and cell is answer
                cells += self._code(name, place, cell, self._points(question) if marked else None)
            elif INCLUDED in cell.metadata.get("tags", []):
                cells += self._provided(name, place, cell)
            elif not written:
                self._told(place, "a text in a solution was left out")
        return cells + self._tests(question, manual)

    def _points(self, question: Question) -> float:
        """What a question that a person marks is worth."""
        points = question.config.get("points")
        if isinstance(points, int | float):
            return points
        self._told(f"question {question.name}", "it says no number of points: it is worth 1")
        return 1

    def _all(self, name: str, cells: list, make: Callable) -> list[NotebookNode]:
        """What `make` makes of some cells of a question."""
        made = (make(f"{name}", f"cell number {number}", cell) for number, cell in cells)
        return [cell for each in made for cell in each]

    def _provided(self, name: str, place: str, cell: NotebookNode) -> list[NotebookNode]:
        """A cell that students can't change; none where otter leaves it out."""
        source = self._source(place, cell)
        if source is None or not source.strip():
            return []
        if cell.cell_type == "raw":
            self._told(place, "a raw cell was left out")
            return []
        name = f"{name}-text" if cell.cell_type == "markdown" else name
        made = self._cell(cell, name, source, locked=True)
        if "attachments" in cell:
            made["attachments"] = cell.attachments
        return [made]

    def _code(
        self, name: str, place: str, cell: NotebookNode, points: float | None = None
    ) -> list[NotebookNode]:
        """A cell of a solution. points: what a person gives for it; None where tests mark it."""
        source = self._source(place, cell)
        if source is None:
            return []
        if not has_solution(source):  # all of it is the student's to change, as with otter
            made = new_code_cell(source)
            made.id = self._name(name)
            return [made]
        try:
            source = with_regions(source, self._delimiters.solution)
        except Unbalanced as error:
            self._told(place, f"it was left out: {error}")
            return []
        self._blank = True
        by_hand = {} if points is None else {"grade": True, "points": points}
        return [self._cell(cell, name, source, solution=True, **by_hand)]

    def _source(self, place: str, cell: NotebookNode) -> str | None:
        """What of a cell goes to anybody; None where nothing does."""
        lines = cell.source.split("\n")
        if IGNORED_CELL.match(lines[0]):
            return None
        if cell.cell_type != "code":
            return cell.source
        try:
            source = without_ignored(cell.source)
        except Unbalanced as error:
            self._told(place, f"it was left out: {error}")
            return None
        if PLUGIN.search(source):
            source = PLUGIN.sub("", source)
            self._told(place, "its call of a plugin was left out")
        kept = [line for line in source.split("\n") if not OTTERS.match(line)]
        if len(kept) < len(source.split("\n")):
            self._told(place, "its lines that call otter were left out")
        return "\n".join(kept)

    def _by_hand(self, question: Question) -> list[NotebookNode]:
        """The text of a question that a person marks, what is expected, and where to answer."""
        name, points = question.name, self._points(question)
        begin, end = self._delimiters.scheme
        texts = [cell.source for _, cell in question.of("question") if cell.cell_type != "code"]
        code = [each for each in question.of("question") if each[1].cell_type == "code"]
        scheme = [
            cell.source
            for _, cell in question.of("solution")
            if cell.cell_type != "code" and INCLUDED not in cell.metadata.get("tags", [])
        ]
        source = "\n\n".join(texts) or f"**{name}**"
        source += f"\n\n{begin}\n" + ("\n\n".join(scheme) or "-") + f"\n{end}"
        task = self._cell(new_markdown_cell(), f"{name}-question", source, task=True, points=points)
        cells = [task, *self._all(name, code, self._provided)]
        prompts = [cell for _, cell in question.of("prompt")]
        if not prompts and not any(c.cell_type == "code" for _, c in question.of("solution")):
            prompts = [new_markdown_cell(ANSWER)]
        for prompt in prompts:
            make = new_code_cell if prompt.cell_type == "code" else new_markdown_cell
            answer = make(prompt.source)
            answer.id = self._name(f"{name}-answer")
            cells.append(answer)
        return cells

    def _tests(self, question: Question, manual: bool) -> list[NotebookNode]:
        """The tests of a question: one cell for each case, or one for all if all must pass."""
        name, cases = question.name, []
        for number, cell in question.of("tests"):
            place = f"question {name}, test in cell number {number}"
            try:
                case = read_case(cell, without_ignored(cell.source), self._ok_format)
            except (Unreadable, Unbalanced) as error:
                self._told(place, f"it was left out: {error}")
                continue
            cases.append(case)
            if case.remark:
                self._told(place, case.remark)
        if not cases:
            if not manual:
                self._told(f"question {name}", "it has no test, so nobody earns marks for it")
            return []
        if manual:
            self._told(f"question {name}", "its tests are worth 0: a person marks it")
            cases = [replace(case, points=0) for case in cases]
        try:
            cases = with_points(cases, 0 if manual else question.config.get("points"))
        except Unreadable as error:
            self._told(f"question {name}", f"{error}; each of its tests is worth 1")
            cases = with_points(cases, {"each": 1})
        if question.config.get("all_or_nothing"):
            points = sum(case.points for case in cases)
            return [self._test(f"{name}-test", f"# {name}", cases, points)]
        return [
            self._test(f"{name}-test-{number}", f"# {name}, test {number}", [case], case.points)
            for number, case in enumerate(cases, 1)
        ]

    def _test(self, name: str, title: str, cases: list[Case], points: float) -> NotebookNode:
        begin, end = self._delimiters.hidden
        parts = [title, *(case.code for case in cases if not case.hidden)]
        if hidden := [case.code for case in cases if case.hidden]:
            parts += [begin, *hidden, end]
        source = "\n".join(parts)
        points = round(points, 6)
        points = int(points) if points == int(points) else points
        return self._cell(new_code_cell(), name, source, grade=True, locked=True, points=points)

    def _cell(self, cell: NotebookNode, name: str, source: str, **said) -> NotebookNode:
        """A cell with nbgrader's metadata."""
        make = new_code_cell if cell.cell_type == "code" else new_markdown_cell
        made, id_ = make(source), self._name(name)
        made.id = id_
        kinds = dict.fromkeys(("grade", "solution", "task", "locked"), False)
        if said.get("task"):
            said["locked"] = True
        made.metadata["nbgrader"] = {"schema_version": 3, "grade_id": id_, **kinds, **said}
        if cell.cell_type == "code" and self._blank:
            made.metadata["tags"] = [FAILING]
        return made

    def _name(self, wanted: str) -> str:
        """A name that no cell has yet, of letters that nbgrader takes."""
        name = re.sub(r"[^A-Za-z0-9_]+", "-", wanted).strip("-") or "cell"
        name = name[:56]  # with its number, no longer than a cell's id may be
        number, free = 1, name
        while free in self._ids:
            number += 1
            free = f"{name}-{number}"
        self._ids.add(free)
        return free
