"""An answer as one text, by which it is known again: the same for what a marker would see alike."""

import hashlib
import re
from collections.abc import Callable, Collection, Iterable
from functools import lru_cache
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from nbformat import NotebookNode

from grading.intake.beside import Files
from grading.text import composed, printable

MOST = 50_000  # characters that are kept of an answer; of a longer one, a digest of the whole
DRAWN = {".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".bmp", ".tif", ".tiff", ".heic"}
# What may be the address of a picture: between quotation marks or pointed brackets, else a word.
QUOTED = re.compile(r"\"([^\"\n]{1,500})\"|'([^'\n]{1,500})'|<([^<>\n]{1,500})>")
WORD = re.compile(r"[^\s()<>\"'\[\]=]+")

# A digest of the picture at an address; None where there is none.
Pictures = Callable[[str], str | None]


def answer_text(cells: Iterable[NotebookNode], given: Collection[str], beside: Pictures) -> str:
    """The answer in some cells; empty where nothing was answered.

    given: texts that are no answer. beside: pictures handed in as files. Spaces at the ends of
    lines, blank cells and outputs don't count, nor how a picture is called: its address becomes
    `picture:` with the beginning of a digest of its content. The gradebook holds these texts: where
    this function changes what it returns, every answer that was marked looks like another one.
    """
    stubs = {_clean(text) for text in given}
    texts = (_clean(_named_by_content(cell, beside)) for cell in cells)
    text = "\n\n".join(each for each in texts if each and each not in stubs)
    if len(text) > MOST:
        return f"{text[:MOST]}\n… {hashlib.sha256(text.encode()).hexdigest()}"
    return text


def _clean(text: str) -> str:
    """What a text says: databases take neither NUL nor halves of characters."""
    lines = printable(composed(text)).replace("\0", "").splitlines()
    return "\n".join(line.rstrip() for line in lines).strip()


def _named_by_content(cell: NotebookNode, beside: Pictures) -> str:
    """The source of a cell, with the content of pictures in place of their addresses."""
    pasted = cell.get("attachments") or {}

    def content(address: str) -> str | None:
        name = composed(unquote(address))
        if name.startswith("attachment:"):
            bundle = pasted.get(name.removeprefix("attachment:"))
            return _digest(repr(sorted(bundle.items())).encode()) if bundle else None
        if name.startswith("data:image/"):
            return _digest(name.encode("utf-8", "replace"))
        return beside(PurePosixPath(name).as_posix())

    def put(found: re.Match) -> str:
        address = next(filter(None, (*found.groups(), found[0])))
        digest = content(address)
        return found[0].replace(address, f"picture:{digest}") if digest else found[0]

    return WORD.sub(put, QUOTED.sub(put, cell.source))


def pictures_among(files: Files) -> Pictures:
    """The pictures that were handed in as files."""

    def picture(address: str) -> str | None:
        is_drawn = PurePosixPath(address).suffix.lower() in DRAWN
        path = files(address) if is_drawn else None
        return path and _digest_of_file(path, path.stat().st_mtime_ns)

    return picture


def _digest(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()[:16]


@lru_cache(maxsize=256)
def _digest_of_file(path: Path, changed: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]
