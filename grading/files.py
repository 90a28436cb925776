"""Writing a file whole or not at all, so that no reader and no crash ever meets half of it."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

try:
    import fcntl
except ImportError:  # Windows: no unfinished file is known to be written just now
    fcntl = None


def write_whole(path: Path, content: str | bytes) -> None:
    """Write `content` (text as UTF-8) to `path`: see `replacing`, whose errors it raises.

    Raises UnicodeEncodeError when the text has no UTF-8; nothing is written then.
    """
    raw = content.encode() if isinstance(content, str) else content
    with replacing(path) as unfinished:
        unfinished.write_bytes(raw)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give an empty file beside `path` to write to; once the block has ended, it becomes `path`.

    The parent folder is made where it is missing, and the file has the mode of any new file. The
    content is on the disk before the file takes its name, so a power cut leaves the old file or
    the new one. If the block or the disk fails, `path` stays as it was and the unfinished file is
    removed. Of several writers the last one to finish wins. A process that is killed leaves a
    file that `abandoned` finds. Raises OSError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{uuid4().hex}.new")
    try:
        with unfinished.open("xb") as file:
            _lock(file)  # as long as this process lives and writes
            yield unfinished
            _sync(unfinished)
            unfinished.replace(path)
    except OSError as error:
        if error.filename in (None, str(unfinished)):
            error.filename = str(path)  # who reads of the error knows no unfinished file
        raise
    finally:
        unfinished.unlink(missing_ok=True)
    _sync(path.parent)  # the new name, too, is on the disk


def abandoned(folder: Path) -> list[Path]:
    """The unfinished files in a folder whose writers were killed."""
    paths = []
    for path in sorted(folder.glob(".*.new")):
        try:
            with path.open("rb") as file:
                _lock(file)
        except OSError:  # somebody writes it, or it has just taken its place
            continue
        paths.append(path)
    return paths


def intended_name(path: Path) -> str:
    """The name that a file has or, if it is unfinished, should have got."""
    return re.sub(r"^\.(.+)\.[0-9a-f]{32}\.new$", r"\1", path.name)


def _lock(file) -> None:
    """Raises BlockingIOError where another process has the lock, see flock(2)."""
    if fcntl is not None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _sync(path: Path) -> None:
    """Have the system write a file or the names in a folder to the disk now."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
