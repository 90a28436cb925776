"""The questions of an otter-grader master, read from its boundary cells."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml
from nbformat import NotebookNode

CONFIG = re.compile(r"#\s+assignment\s+config\b", re.IGNORECASE)
BOUNDARY = re.compile(r"#\s+(begin|end)\s+(question|prompt|solution|tests)\b", re.IGNORECASE)
FENCE = re.compile(r"\A\s*```otter[^\S\n]*\n(.*?)\n?```\s*\Z", re.DOTALL)


class Misplaced(Exception):
    """A boundary cell stands where it can't; the text names the cell by its number and says why."""


@dataclass
class Question:
    """One question. config: what its first cell says. Cells by the block that they stand in:
    "question" (the text), "prompt", "solution", "tests", each with its number in the notebook.
    """

    config: dict
    cells: dict[str, list[tuple[int, NotebookNode]]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return str(self.config["name"])

    def of(self, block: str) -> list[tuple[int, NotebookNode]]:
        """The cells of one block, in order."""
        return self.cells.get(block, [])


def boundary_text(cell: NotebookNode) -> str:
    """The text of a cell that otter reads as settings; empty for another one.

    That is a raw cell, or a text cell with one block of code whose language is otter.
    """
    if cell.cell_type == "raw":
        return cell.source.strip()
    fenced = FENCE.match(cell.source) if cell.cell_type == "markdown" else None
    return fenced[1].strip() if fenced else ""


def is_master(notebook: NotebookNode) -> bool:
    """Whether a notebook is one that otter assign would take."""
    found = (BOUNDARY.match(boundary_text(cell)) for cell in notebook.cells)
    return any(match and match[2].lower() == "question" for match in found)


def assignment_config(notebook: NotebookNode) -> dict:
    """What the cell `# ASSIGNMENT CONFIG` says. Raises Misplaced when it is not YAML."""
    for number, cell in enumerate(notebook.cells, 1):
        if CONFIG.match(text := boundary_text(cell)):
            return read_config(text, f"cell number {number}")
    return {}


def read_config(text: str, place: str) -> dict:
    """Settings in YAML. place: where they stand, for the error. Raises Misplaced."""
    try:
        config = yaml.safe_load(text) or {}
    except yaml.YAMLError as error:
        raise Misplaced(f"{place}: its settings are not YAML ({error})") from error
    if not isinstance(config, dict):
        raise Misplaced(f"{place}: its settings are no list of keys and values")
    return config


def parts(notebook: NotebookNode) -> Iterator[Question | tuple[int, NotebookNode]]:
    """The questions of a master, and its other cells with their numbers, in order.

    Raises Misplaced when a block is not closed or stands where it can't.
    """
    question, block = None, ""
    for number, cell in enumerate(notebook.cells, 1):
        text = boundary_text(cell)
        if CONFIG.match(text):
            continue
        if not (found := BOUNDARY.match(text)):
            if question is None:
                yield number, cell
            else:
                question.cells.setdefault(block or "question", []).append((number, cell))
            continue
        begins, kind = found[1].lower() == "begin", found[2].lower()
        _require_in_place(number, text, question, block, begins, kind)
        if kind != "question":
            block = kind if begins else ""
        elif begins:
            question = _question(text, number)
        else:
            yield question
            question = None
    if question is not None:
        raise Misplaced(f"question {question.name} has no # END QUESTION")


def _question(text: str, number: int) -> Question:
    config = read_config(text, f"cell number {number}")
    if "name" not in config:
        raise Misplaced(f"cell number {number}: its question has no name")
    return Question(config)


def _require_in_place(
    number: int, text: str, question: Question | None, block: str, begins: bool, kind: str
) -> None:
    """Raise Misplaced unless a block may begin or end here, inside of `question` and `block`."""
    if kind == "question":
        fits = (question is None) is begins and not block
    else:
        fits = question is not None and block == ("" if begins else kind)
    if not fits:
        inside = f"inside of {block or 'a question'}" if question else "outside of a question"
        raise Misplaced(f"cell number {number}: {text.splitlines()[0]!r} stands {inside}")
