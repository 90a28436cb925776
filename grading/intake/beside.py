"""Files handed in beside a notebook: which one is meant by an address in its text."""

from __future__ import annotations

import stat
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from grading.text import composed

Files = Callable[[str], Path | None]  # the file that an address in a text means


def students_files(recorded: Path, handed_in: Path, masters: Path) -> Files:
    """The student's own files.

    They are those that were recorded with the text, in autograded/, where nbgrader puts the
    master's files over those of the same names: in the place of these stand the student's own, in
    submitted/.
    """

    def file(source: str) -> Path | None:
        # nbgrader copies what a link of the masters leads to.
        is_masters = own_file(masters, source, links=True) is not None
        return own_file(handed_in if is_masters else recorded, source)

    return file


def own_file(folder: Path, source: str, links: bool = False) -> Path | None:
    """The regular file in `folder` that an address in a text means; None where there is none.

    It is reached through no `..` and, unless `links` says so, through no link. Percent signs may
    encode its name. Where no name is exactly the same, case and the way that accents are stored do
    not matter, as on the machines that many students work on.
    """
    if ":" in source or "\\" in source or "\0" in source:
        return None
    for written in dict.fromkeys((unquote(source), source)):
        path = PurePosixPath(written)
        if path.is_absolute() or ".." in path.parts:
            continue
        try:
            found = _walked(folder, path.parts, links)
        except (OSError, ValueError):  # a name that no file system takes
            continue
        if found:
            return found
    return None


def _walked(folder: Path, parts: tuple[str, ...], links: bool) -> Path | None:
    here = folder
    for part in parts:
        if not (here / part).exists():
            part = _names(here, here.stat().st_mtime_ns).get(composed(part).casefold(), part)
        here /= part
        if here.is_symlink() and not links:
            return None
    return here if parts and stat.S_ISREG(here.stat().st_mode) else None


@lru_cache(maxsize=64)
def _names(folder: Path, changed: int) -> dict[str, str]:
    """The names in a folder, by what they have in common with names that are written otherwise.

    changed: when the folder was, so that it is read again then.
    """
    return {composed(each.name).casefold(): each.name for each in folder.iterdir()}
