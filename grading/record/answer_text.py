"""An answer as one text, by which it is known again: the same for what a marker would see alike."""

import hashlib
import re
import stat
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import cached_property, lru_cache
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from nbformat import NotebookNode

from grading.intake.files import walk
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


class PicturesBeside:
    """The pictures that were handed in beside a notebook, as `Pictures`.

    folder: of the graded notebook. ours: the master's, whose own pictures are no part of an answer.
    The folder is looked through when the first address of a picture is asked for.
    """

    def __init__(self, folder: Path, ours: Path):
        self._folder, self._ours = folder, ours

    def __call__(self, address: str) -> str | None:
        if PurePosixPath(address).suffix.lower() not in DRAWN:
            return None
        path = self._paths.get(address)
        return path and _digest_of_file(path, path.stat().st_mtime_ns)

    @cached_property
    def _paths(self) -> dict[str, Path]:
        return dict(self._found())

    def _found(self) -> Iterator[tuple[str, Path]]:
        for parent, _, names, _ in walk(self._folder):
            for path in (Path(parent, name) for name in names):
                inside = path.relative_to(self._folder)
                is_ours = (self._ours / inside).exists()
                if not is_ours and stat.S_ISREG(path.lstat().st_mode):
                    yield composed(inside.as_posix()), path


def _digest(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()[:16]


@lru_cache(maxsize=256)
def _digest_of_file(path: Path, changed: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]
