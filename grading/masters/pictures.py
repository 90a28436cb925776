"""Pictures that only a mark scheme or a solution shows: they are not handed out with its text."""

import posixpath
import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import mistune
import nbformat
from bs4 import BeautifulSoup
from mistune.renderers.html import HTMLRenderer
from nbformat import NotebookNode

from grading.course import Assignment
from grading.masters.cells import named_cells
from grading.masters.reading import read_masters

PASTED = "attachment:"
MARKDOWN = mistune.create_markdown(
    renderer=HTMLRenderer(escape=False, allow_harmful_protocols=True), plugins=["table"]
)

# The texts of a released notebook by cell id, by the name of the notebook.
Texts = dict[str, dict[str, str]]


def addresses(text: str) -> set[str]:
    """The addresses of pictures, links and the like in a Markdown text, also in its HTML.

    A definition that nothing in the text uses and a comment give none.
    """
    tags = BeautifulSoup(str(MARKDOWN(text)), "html.parser").find_all(True)
    return {unquote(value) for tag in tags for value in tag.attrs.values() if type(value) is str}


def forget_unshown(cell: NotebookNode) -> None:
    """Take the pictures out of a cell that were pasted into it and that its text does not show."""
    pasted = cell.get("attachments")
    if pasted:
        shown = addresses(cell.source)
        kept = {name: data for name, data in pasted.items() if PASTED + unquote(name) in shown}
        cell.attachments = NotebookNode(kept)
        if not kept:
            del cell["attachments"]


def kept_back(
    masters: dict[str, NotebookNode], released: Texts, files: dict[str, bytes]
) -> dict[str, str]:
    """The files that only text which is cleared refers to: path → notebook and cell.

    masters: by name. released: what students get of them. files: path → content of all that lies
    beside the masters. A file whose name stands anywhere else in the release is not among them.
    """
    found: dict[str, str] = {}
    for name, master in masters.items():
        for cell_name, cell in named_cells(master):
            if cell.cell_type == "code":
                continue
            cleared = addresses(cell.source) - addresses(released[name].get(cell.id, ""))
            paths = {posixpath.normpath(urlsplit(address).path) for address in cleared}
            found |= dict.fromkeys(sorted(paths & files.keys()), f"{name}, cell {cell_name}")
    texts = [text.encode() for cells in released.values() for text in cells.values()]
    texts += [raw for path, raw in files.items() if path not in found]
    return {path: where for path, where in found.items() if not _is_named(path, texts)}


def _is_named(path: str, texts: Iterable[bytes]) -> bool:
    name = posixpath.basename(path)
    either = b"|".join(re.escape(each.encode()) for each in (name, quote(name)))
    pattern = re.compile(rb"(?<![\w-])(?<!" + PASTED.encode() + rb")(?:" + either + rb")(?!\w)")
    return any(pattern.search(text) for text in texts)


def texts_of(notebook: NotebookNode) -> dict[str, str]:
    """The texts of a notebook's cells by their ids."""
    return {cell.id: cell.source for cell in notebook.cells}


def hold_back(assignment: Assignment, folder: Path) -> None:
    """Delete the files from a release that is being made in `folder` which `kept_back` names."""
    masters = read_masters(assignment)
    released = {name: texts_of(_read(folder / f"{name}.ipynb")) for name in masters}
    paths = [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".ipynb"]
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
    for path in kept_back(masters, released, files):
        (folder / path).unlink()


def left_out(assignment: Assignment) -> list[str]:
    """What the release holds less than the masters, a sentence for each picture.

    For instructors to read when they have built: what they may have wanted to hand out after all.
    """
    sentences, released = [], {}
    masters = read_masters(assignment)
    for name, master in masters.items():
        notebook = _read(assignment.release / f"{name}.ipynb")
        released[name] = texts_of(notebook)
        kept = {cell.id: cell.get("attachments", {}) for cell in notebook.cells}
        for cell_name, cell in named_cells(master):
            sentences += [
                f"{name}, cell {cell_name}: the picture {picture!r} pasted into it is not handed "
                "out, because no text that students get shows it."
                for picture in cell.get("attachments", {}).keys() - kept.get(cell.id, {}).keys()
            ]
    paths = [path for path in assignment.source.rglob("*") if path.is_file()]
    files = {
        path.relative_to(assignment.source).as_posix(): b""
        for path in paths
        if path.suffix != ".ipynb"
        and not (assignment.release / path.relative_to(assignment.source)).exists()
    }
    return sentences + [
        f"{where}: the file {path!r} is not handed out, because only text refers to it that "
        "students do not get. Name it in a text that they get if they need it."
        for path, where in kept_back(masters, released, files).items()
    ]


def _read(path: Path) -> NotebookNode:
    return nbformat.read(path, as_version=4)
