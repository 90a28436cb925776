"""Files that lie beside a notebook and that its text shows: which file is meant by an address."""

from __future__ import annotations

import stat
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from grading.feedback.pictures import MAX_BYTES, NotShown, Pictures, shown
from grading.intake.files import read_regular
from grading.text import composed
from grading.words import say

Files = Callable[[str], Path | None]  # the file that an address in a text means


def files_of(root: Path, assignment: str, submission: str) -> Files:
    """The files that a student's text means: what was handed in, else what was handed out.

    root: the course folder. They are those that were recorded with the text, in autograded/, where
    nbgrader puts the master's files over those of the same names: in the place of these stand the
    student's own, in submitted/. So no student is shown a file of the masters that was not
    released, and no marker takes the master's picture for the student's.
    """
    released = root / "release" / assignment
    recorded = files_in(root / "autograded" / submission / assignment, released)
    handed_in = files_in(root / "submitted" / submission / assignment, released)
    masters = root / "source" / assignment
    # nbgrader copies what a link of the masters leads to.
    return lambda source: (handed_in if own_file(masters, source, True) else recorded)(source)


def files_in(*folders: Path) -> Files:
    """The files in some folders: the first of these that has one by an address is taken."""
    return lambda source: next(filter(None, (own_file(each, source) for each in folders)), None)


def pictures_at(files: Files) -> Pictures:
    """The pictures in files."""

    def picture(source: str) -> str:
        if "://" in source or source.startswith("//"):
            raise NotShown(say("picture_elsewhere"))
        path = files(source)
        if path is None:
            raise NotShown(say("picture_missing"))
        try:
            if path.stat().st_size > MAX_BYTES:
                raise NotShown(say("picture_too_heavy", mb=MAX_BYTES // 10**6))
            return shown(read_regular(path))
        except OSError:  # gone by now
            raise NotShown(say("picture_missing")) from None

    return picture


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
