"""Make cells of what stands for them in a notebook's JSON, whatever tool has saved it."""

from collections import defaultdict
from enum import Enum

from nbformat import NotebookNode

from grading.model.notes import Note
from grading.text import printable
from grading.words import say

# What tools call the three kinds of cells, in any case. "heading" and "html" are of old formats.
KINDS = {
    **dict.fromkeys(("code", "python", "python3"), "code"),
    **dict.fromkeys(("markdown", "md", "text", "heading", "html"), "markdown"),
    **dict.fromkeys(("raw", "plaintext"), "raw"),
}
OWN_KINDS = {"code", "markdown", "raw"}
OLD_KINDS = OWN_KINDS | {"heading", "html"}
OF_CODE = ("outputs", "execution_count", "input", "prompt_number")  # only code cells have these


class Fault(Enum):
    """What is wrong with a cell, in words for the instructor; those for students are in
    `grading.words`."""

    NO_CELL = "is no cell and was left out"
    NO_TEXT = "has no text and was read as empty"
    ODD_TEXT = "has something other than text among its lines, which was read as far as possible"
    KIND = "is of a kind that Jupyter does not know; the nearest one was taken"
    NO_METADATA = "has no metadata that can be read"
    ATTACHMENTS = "has attachments that can't be read; they were left out"


def mended_cells(data: object) -> tuple[list[NotebookNode], list[Note]]:
    """The cells of a notebook, and what is to be told about those that had a fault.

    data: the notebook, as parsed JSON, of any format. Each cell that is returned has a cell_type
    of today's format, a source, and metadata with its grade_id where it has one; an id where it
    had one, in its place or in Colab's; attachments in Markdown. Nothing else of it is kept.
    Raises ValueError for what is no notebook.
    """
    faults: dict[Fault, list[str]] = defaultdict(list)
    cells = []
    found, is_old = _cells_of(data)
    for number, cell in enumerate(found, 1):
        if not isinstance(cell, dict):
            faults[Fault.NO_CELL].append(str(number))
            continue
        mended, own = _mended(cell, is_old)
        cells.append(mended)
        name = mended.metadata.get("nbgrader", {}).get("grade_id") or mended.get("id", "")
        for fault in own:
            faults[fault].append(f"{number} ({printable(name)[:60]})" if name else str(number))
    if found and not cells:
        raise ValueError("none of its cells is one")
    return cells, [_note(fault, numbers) for fault, numbers in faults.items()]


def _cells_of(data: object) -> tuple[list, bool]:
    """What stands where a notebook has its cells, and whether it is of a format before 4."""
    if not isinstance(data, dict):
        raise ValueError("it is not an object")
    sheets = data.get("worksheets")
    sheets = [sheet for sheet in sheets if isinstance(sheet, dict)] if type(sheets) is list else []
    lists = [each.get("cells") for each in (data, *sheets)]
    lists = [cells for cells in lists if isinstance(cells, list)]
    if not lists:
        raise ValueError("it has no list of cells")
    return [cell for cells in lists for cell in cells], bool(sheets)


def _mended(cell: dict, is_old: bool) -> tuple[NotebookNode, list[Fault]]:
    """A cell as grading takes it, and its faults."""
    faults = []
    kind, known = _kind(cell), OLD_KINDS if is_old else OWN_KINDS
    if cell.get("cell_type") not in tuple(known):
        faults.append(Fault.KIND)
    written = cell["source"] if "source" in cell else cell.get("input")
    source, fault = _text(written)
    faults += [fault] if fault else []
    if cell.get("cell_type") == "heading" and source:
        level = cell.get("level")
        source = f"{'#' * (level if level in (1, 2, 3, 4, 5, 6) else 1)} {source}"
    mended = NotebookNode(cell_type=kind, source=printable(source), metadata=NotebookNode())
    metadata = cell.get("metadata")
    if not isinstance(metadata, dict):
        metadata = {}
        if not is_old:
            faults.append(Fault.NO_METADATA)
    if (cell_id := _id(cell.get("id"), metadata.get("id"))) is not None:
        mended.id = cell_id
    nbgrader = metadata.get("nbgrader")
    grade_id = nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None
    if isinstance(grade_id, str):
        mended.metadata["nbgrader"] = NotebookNode(grade_id=grade_id)
    if cell.get("attachments"):
        pictures = _attachments(cell["attachments"])
        if pictures != cell["attachments"]:
            faults.append(Fault.ATTACHMENTS)
        if pictures:
            mended.attachments = pictures
    return mended, faults


def _kind(cell: dict) -> str:
    written = cell.get("cell_type")
    if isinstance(written, str) and written.strip().casefold() in KINDS:
        return KINDS[written.strip().casefold()]
    if written is None:
        return "code" if any(key in cell for key in OF_CODE) else "markdown"
    return "raw"  # as the query of a database: it is no Python


def _text(written: object) -> tuple[str, Fault | None]:
    """A cell's text, which is a string or a list of its parts, and the fault in it, if any."""
    if isinstance(written, str):
        return written, None
    parts = written if isinstance(written, list) else [written]
    texts = [str(part) for part in parts if type(part) in (str, int, float)]
    if not texts and (written is None or parts):
        return "", Fault.NO_TEXT
    return "".join(texts), None if all(type(part) is str for part in parts) else Fault.ODD_TEXT


def _id(*written: object) -> str | None:
    """The first of some values that can be a cell's id. Tools write numbers for it, too."""
    return next((str(each) for each in written if type(each) in (str, int) and each != ""), None)


def _attachments(written: object) -> NotebookNode:
    """Of a cell's attachments those that are pictures: name → kind → text."""
    kept = NotebookNode()
    for name, bundle in written.items() if isinstance(written, dict) else ():
        if isinstance(bundle, dict) and all(isinstance(text, str) for text in bundle.values()):
            kept[name] = NotebookNode(bundle)
    return kept


def _note(fault: Fault, numbers: list[str]) -> Note:
    which, one = ", ".join(numbers), len(numbers) == 1
    words = say(f"fault_{fault.name.lower()}")
    return Note(
        f"{'cell' if one else 'cells'} number {which}: {fault.value}",
        say("cell_fault" if one else "cells_fault", cells=which, fault=words),
    )
