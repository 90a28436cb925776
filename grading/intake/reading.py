"""Read what a student handed in, whatever state it is in."""

import json
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_notebook
from nbgrader.coursedir import CourseDirectory

from grading.model.notes import Note
from grading.model.outcome import Status
from grading.text import for_terminal, printable

MAX_BYTES, MAX_STAMP = 50_000_000, 1000
STAMP = "timestamp.txt"  # nbgrader's name for it
PLAIN_STAMP = re.compile(
    r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d| UTC| [A-Za-z_]+(/[\w+-]+)+)?"
)
# Lists and objects take some thirty times the memory of their text, and minutes to be checked.
MAX_BRACKETS, MAX_CELLS = 1_000_000, 2000
UNREADABLE = "No se pudo leer el cuaderno entregado. Hablen con su instructor."

Read = Callable[[Path], bytes]


class Unreadable(Exception):
    """The file is not a notebook; the message says why and what to ask for."""


def read_with_notes(path: Path, read: Read = Path.read_bytes) -> tuple[NotebookNode, list[Note]]:
    """A submitted notebook, and what is to be told about how it was read.

    One that can't be read becomes a notebook without answers, with a note that says why.
    """
    try:
        return read_notebook(path, read), []
    except Unreadable as error:
        words = new_markdown_cell(f"**{UNREADABLE}**", id="unreadable")
        return new_notebook(cells=[words]), [Note(str(error), UNREADABLE, Status.UNREADABLE)]


def read_timestamp(directory: CourseDirectory, folder: str) -> datetime | None:
    """When a submission came in, in UTC and without a zone, or None: nbgrader's reading.

    nbgrader itself would read any file to its end, if it has one, and let everybody's grading end
    over one that is no time.
    """
    path = Path(folder, STAMP)
    if not path.is_symlink() and not path.exists():
        return None
    try:
        if path.is_symlink() or not path.is_file() or path.stat().st_size > MAX_STAMP:
            raise ValueError("not a short file")
        require_stamp(path.read_text("utf-8"))
        return type(directory).get_existing_timestamp(directory, folder)
    except (Exception, SystemExit) as error:
        directory.log.warning("%s was not used: %s", path, for_terminal(str(error)))
        return None


def require_stamp(text: str) -> None:
    """Raise ValueError for a time that nbgrader's reading would take for another one.

    It takes no notice of -06:00 after a space, -0600 for seconds, CST for UTC, 01/12 for January.
    """
    if not PLAIN_STAMP.fullmatch(text.strip()):
        raise ValueError("no time as 2026-11-30 23:59:00 UTC")


def read_notebook(path: Path, read: Read = Path.read_bytes) -> NotebookNode:
    """A submitted notebook in today's format.

    Accepts a byte order mark, Latin-1 and the older notebook formats 2 and 3.
    read: what gives the bytes of the file.
    Raises Unreadable for anything that is not a regular file with a notebook in it.
    """
    if any(part.is_symlink() for part in (path, *path.parents[:2])):
        raise Unreadable("it is a link, not a file; ask for the notebook itself")
    if not path.is_file():
        raise Unreadable("it is a folder, not a file; ask for the notebook itself")
    if path.stat().st_size > MAX_BYTES:
        raise Unreadable(
            f"it is over {MAX_BYTES // 10**6} MB; ask for the notebook with its outputs cleared"
        )
    try:
        raw = read(path)
        if raw.count(b"[") + raw.count(b"{") > MAX_BRACKETS:
            raise Unreadable(
                f"it has over {MAX_BRACKETS:,} lists and objects; ask for the notebook with its "
                "outputs cleared"
            )
        data = json.loads(_decode(raw))
    except OSError as error:
        raise Unreadable(f"it could not be opened ({error.strerror}); check it") from error
    except (ValueError, RecursionError) as error:
        raise Unreadable(
            f"it is not valid JSON ({error}); ask for the file as JupyterLab saves it"
        ) from error
    try:
        notebook = nbformat.reads(json.dumps(data), as_version=4)
        return _only_cells(notebook)
    except Exception as error:  # nbformat raises many kinds on foreign JSON
        raise Unreadable(
            f"it is JSON but not a notebook ({_first_line(error)}); ask for the .ipynb file"
        ) from error


def _decode(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _only_cells(notebook: NotebookNode) -> NotebookNode:
    """The notebook's cells, each with a kind, a text and metadata, or an error."""
    if len(notebook.cells) > MAX_CELLS:
        raise ValueError(f"it has over {MAX_CELLS} cells")
    for cell in notebook.cells:
        if cell.cell_type not in ("code", "markdown", "raw") or not isinstance(cell.source, str):
            raise ValueError("a cell has no kind or no text")
        if not isinstance(cell.get("metadata"), dict):
            cell.metadata = NotebookNode()
        cell.source = printable(cell.source)
    return notebook


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:120]
