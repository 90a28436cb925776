"""What tests and questions are called, where people read of them."""

import ast
import re
from collections import Counter

from nbformat import NotebookNode
from nbgrader.utils import is_solution, is_task

from grading.masters.cells import is_marked_by_hand, is_test
from grading.regions import Region
from grading.source import statements
from helpers._titles import check_title

HEADING = re.compile(r"^#+ +(?:\d+\. +)?(.+?)(?: *\([^()]*\))?$", re.MULTILINE)
IN_TEXT = re.compile(r"^\s*#+ *(\S.*)$|\*\*(.+?)\*\*", re.MULTILINE)


def titles(notebook: NotebookNode, hidden: Region) -> dict[str, str]:
    """The titles of all that gives marks in a notebook, by grade_id.

    A test is called by its first comment or docstring, a question by its first heading or bold
    words; else both by the heading above, with a number where it stands above several of them, else
    by their grade_id. hidden: marks what students do not see, which names nothing.
    """
    own, above, section = {}, {}, ""
    for cell in notebook.cells:
        if is_test(cell) or is_marked_by_hand(cell):
            grade_id = cell.metadata.nbgrader.grade_id
            own[grade_id], above[grade_id] = _own(cell, hidden), section
        # A question heads nothing but itself, and delimiters of its mark scheme look like headings.
        if cell.cell_type == "markdown" and not is_solution(cell) and not is_task(cell):
            section = heading(cell.source) or section
    unnamed = Counter(above[grade_id] for grade_id, title in own.items() if not title)
    numbers: Counter = Counter()
    for grade_id in [grade_id for grade_id, title in own.items() if not title]:
        section = above[grade_id]
        numbers[section] += 1
        number = f" ({numbers[section]})" if unnamed[section] > 1 else ""
        own[grade_id] = f"{section}{number}" if section else grade_id
    return own


def _own(cell: NotebookNode, hidden: Region) -> str | None:
    """The title that a cell gives itself; None where it gives none, as an answer does."""
    if is_solution(cell):
        return None
    if cell.cell_type != "code":
        found = IN_TEXT.search(cell.source)
        return found and (found[1] or found[2]).strip(" .")
    between = hidden.lines(cell.source)
    lines = enumerate(cell.source.split("\n"), 1)
    shown = "\n".join("" if number in between else line for number, line in lines)
    return check_title(shown) or _docstring(shown)


def _docstring(source: str) -> str | None:
    first, *_ = [*statements(source), None]
    match first:
        case ast.Expr(ast.Constant(value=str() as text)) if text.strip():
            return check_title(f"# {text.strip().splitlines()[0].rstrip('. ')}")
    return None


def heading(text: str) -> str:
    """The last heading of a text, without its number, its marks and its markup; empty where there
    is none."""
    headings = HEADING.findall(text)
    return re.sub(r"[\"'\\`*$]", "", headings[-1]).strip() if headings else ""
