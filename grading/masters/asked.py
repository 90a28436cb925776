"""What a notebook asks of students, as they see it: exercises, their blanks, written questions."""

import ast
import re
import textwrap
from collections.abc import Iterator

from nbformat import NotebookNode
from nbgrader.utils import is_solution, is_task
from traitlets.config import Config

from grading.masters.cells import OPTIONAL
from grading.masters.titles import heading
from grading.regions import Region, solutions
from grading.source import parses
from grading.words import say
from helpers._missing import given

HOW_LONG = re.compile(r"\s*\(\d+ .*(?:líneas?|lines?)\b.*\)$")  # "Compute y   (1 line)"
LONGEST = 60  # characters of what a blank asks for


def exercises(master: NotebookNode, config: Config) -> dict[str, dict]:
    """The grade_id of each code cell with blanks → the heading above it, which names the exercise,
    and the comment above each blank → the names that it asks for. Where several such cells stand
    below one heading, the function or class of the cell is named too. No name is in it that the
    comments do not tell.
    """
    cells = [(title, cell) for title, cell in _below(master) if cell.cell_type == "code"]
    titles = [title for title, _ in cells]
    return {
        cell.metadata.nbgrader.grade_id: {
            "exercise": title
            if titles.count(title) == 1
            else say("exercise_in", exercise=title, name=_name(cell)),
            "blanks": dict(_blanks(cell.source, solutions(config))),
        }
        for title, cell in cells
        if title
    }


def questions(master: NotebookNode, released: NotebookNode) -> dict[str, dict]:
    """The grade_id of each written question → its title, and the words that students are given:
    those of the question's cell and of the cells below it, down to the next graded one.
    """
    found, texts = {}, None
    title_of = {cell.metadata.nbgrader.grade_id: title for title, cell in _below(master)}
    for cell in released.cells:
        ours = cell.metadata.get("nbgrader", {})
        is_written = is_task(cell) or (is_solution(cell) and cell.cell_type == "markdown")
        if "grade_id" in ours:
            texts = [] if is_written and OPTIONAL not in cell.metadata.get("tags", []) else None
            if texts is not None:
                bold = re.search(r"\*\*(.+?)\*\*", cell.source)
                named = bold[1] if bold else title_of.get(ours.grade_id)
                title = re.sub(r"\s*\(.*\)|\.$", "", (named or ours.grade_id).strip())
                found[ours.grade_id] = {"title": title.strip(" .:"), "given": texts}
        if texts is not None and given(cell.source) not in texts:
            texts.append(given(cell.source))
    return found


def _below(master: NotebookNode) -> Iterator[tuple[str, NotebookNode]]:
    """The cells in which students answer, each with the last heading above it."""
    title = ""
    for cell in master.cells:
        if cell.cell_type == "markdown":
            title = heading(cell.source) or title
        if (is_solution(cell) or is_task(cell)) and OPTIONAL not in cell.metadata.get("tags", []):
            yield title, cell


def _name(cell: NotebookNode) -> str:
    """The function or class that a cell defines first; else its grade_id."""
    found = re.search(r"^(?:async +def|def|class) +(\w+)", cell.source, re.MULTILINE)
    return found[1] if found else cell.metadata.nbgrader.grade_id


def _blanks(source: str, region: Region) -> Iterator[tuple[str, str]]:
    """The last comment above each solution, with what it asks for."""
    comments, answer = [], None
    for line in source.split("\n"):
        text = line.strip()
        if answer is not None and region.end in line:
            if comments:
                yield comments[-1], _asked(" ".join(comments), "\n".join(answer))
            comments, answer = [], None
        elif answer is not None:
            answer.append(line)
        elif region.begin in line:
            answer = []
        elif text.startswith("#"):
            comments.append(text.strip("# \t"))
        elif text:
            comments = []


def _asked(comment: str, answer: str) -> str:
    """The names that an answer binds and its comment tells; else the comment, shortened."""
    answer = textwrap.dedent(answer)
    names = set(_bound(ast.parse(answer))) if parses(answer) else set()
    words = dict.fromkeys(re.findall(r"[\w.]*\w", comment))
    told = ", ".join(word for word in words if word in names)
    short = textwrap.shorten(HOW_LONG.sub("", comment), LONGEST, placeholder=" …")
    return told or f"“{short}”"


def _bound(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(getattr(node, "ctx", None), ast.Store):
            while isinstance(node, ast.Subscript | ast.Starred):
                node = node.value
            if isinstance(node, ast.Name | ast.Attribute):
                yield ast.unparse(node)
