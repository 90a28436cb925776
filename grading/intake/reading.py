"""Read what a student handed in, whatever state it is in."""

import codecs
import json
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_notebook
from nbgrader.coursedir import CourseDirectory

from grading.intake.mending import mended_cells
from grading.intake.unused import without_unused
from grading.model.notes import Note
from grading.model.outcome import Status
from grading.text import for_terminal
from grading.words import say

# Bytes: of a file, of what is left of it without its outputs, of a time.
MAX_FILE, MAX_BYTES, MAX_STAMP = 250_000_000, 50_000_000, 1000
# nbgrader's names: when a submission came, and what its student fetches the feedback with.
STAMP, SECRET = "timestamp.txt", "submission_secret.txt"
PLAIN_STAMP = re.compile(
    r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d| UTC| [A-Za-z_]+(/[\w+-]+)+)?"
)
# Lists and objects take some thirty times the memory of their text, and minutes to be checked.
MAX_BRACKETS, MAX_CELLS = 1_000_000, 2000

CLEARED = "ask for the notebook with its outputs cleared"
SPLIT = "look at what is in it, and ask for the notebook without that"

Read = Callable[[Path], bytes]


class Unreadable(Exception):
    """The file is not a notebook; the message says why and what to ask for."""


def read_with_notes(path: Path, read: Read = Path.read_bytes) -> tuple[NotebookNode, list[Note]]:
    """A submitted notebook, and what is to be told about how it was read.

    One that can't be read becomes a notebook without answers, with a note that says why.
    """
    try:
        return _read(path, read)
    except Unreadable as error:
        return refused(str(error), say("unreadable"))


def refused(reason: str, text: str) -> tuple[NotebookNode, list[Note]]:
    """What stands for a notebook that can't be graded, and the note that says why.

    reason: for the instructor. text: for the student.
    """
    words = new_markdown_cell(f"**{text}**", id="unreadable")
    return new_notebook(cells=[words]), [Note(reason, text, Status.UNREADABLE)]


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
    """A submitted notebook; its cells as `mended_cells` gives them, without outputs.

    Accepts a byte order mark, UTF-16, Latin-1, older notebook formats and damaged cells.
    read: what gives the bytes of the file.
    Raises Unreadable for anything that is not a regular file with a notebook in it.
    """
    return _read(path, read)[0]


def _read(path: Path, read: Read) -> tuple[NotebookNode, list[Note]]:
    """A submitted notebook, and what is to be told about cells that had a fault."""
    if any(part.is_symlink() for part in (path, *path.parents[:2])):
        raise Unreadable("it is a link, not a file; ask for the notebook itself")
    if not path.is_file():
        raise Unreadable("it is a folder, not a file; ask for the notebook itself")
    if path.stat().st_size > MAX_FILE:
        raise Unreadable(f"it is over {MAX_FILE // 10**6} MB; {CLEARED}")
    try:
        data = _parsed(read(path))
    except OSError as error:
        raise Unreadable(f"it could not be opened ({error.strerror}); check it") from error
    except (ValueError, RecursionError) as error:
        raise Unreadable(
            f"it is not valid JSON ({error}); ask for the file as JupyterLab saves it"
        ) from error
    try:
        cells, notes = mended_cells(data)
        if len(cells) > MAX_CELLS:
            raise ValueError(f"it has over {MAX_CELLS} cells")
        metadata = data.get("metadata")
        language = metadata.get("language_info") if isinstance(metadata, dict) else None
        kept = {"language_info": language} if isinstance(language, dict) else {}
        return NotebookNode(cells=cells, metadata=NotebookNode(kept)), notes
    except ValueError as error:
        raise Unreadable(
            f"it is JSON but not a notebook ({error}); ask for the .ipynb file"
        ) from error


def _parsed(raw: bytes) -> object:
    """The JSON of a notebook, without outputs. Raises Unreadable, ValueError, RecursionError."""
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):  # as PowerShell writes
        raw = raw.decode("utf-16").encode("utf-8", "surrogatepass")
    raw = without_unused(raw)
    if len(raw) > MAX_BYTES:
        raise Unreadable(f"it is over {MAX_BYTES // 10**6} MB without its outputs; {SPLIT}")
    if raw.count(b"[") + raw.count(b"{") > MAX_BRACKETS:
        raise Unreadable(
            f"it has over {MAX_BRACKETS:,} lists and objects without its outputs; {SPLIT}"
        )
    try:
        return json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return json.loads(raw.decode("latin-1"))
