"""Names that others chose, made fit to be paths below a folder of ours, or refused."""

import re
import unicodedata
from collections.abc import Iterable
from fnmatch import fnmatch

from grading.intake.files import MAX_FOLDERS
from grading.text import CONTROL, printable

MAX_NAME, MAX_PATH = 200, 400  # bytes; systems take 255 and some hundreds
DRIVE = re.compile(r"[A-Za-z]:")
FORBIDDEN = re.compile(r'[<>:"|?*]')  # in names on Windows; a colon also hides a stream there
RESERVED = {"CON", "PRN", "AUX", "NUL"} | {f"{p}{n}" for p in ("COM", "LPT") for n in range(1, 10)}
JUNK = ("__MACOSX", "Thumbs.db", "desktop.ini", ".*")  # what systems leave, and hidden files


class Unsafe(Exception):
    """What can't be taken: a name that is no path below a folder, too much data; says why."""


def safe_parts(name: str) -> tuple[str, ...]:
    """The folders and the name that a path from an archive or a file system stands for.

    Backslashes count as slashes. Characters that some systems don't take become `_`.
    Raises Unsafe for what leads anywhere else, and for what some system could not store.
    """
    name = name.replace("\\", "/")
    if name.startswith("/"):
        raise Unsafe("its path is absolute")
    if DRIVE.match(name):
        raise Unsafe("its path begins with a drive")
    if printable(name) != name or CONTROL.search(name):
        raise Unsafe("its name has characters that are no text")
    parts = tuple(_safe_part(part) for part in name.split("/") if part not in ("", "."))
    if not parts:
        raise Unsafe("it has no name")
    if len(parts) > MAX_FOLDERS:
        raise Unsafe(f"over {MAX_FOLDERS} folders in one another")
    if len("/".join(parts).encode()) > MAX_PATH:
        raise Unsafe("its path is too long")
    return parts


def _safe_part(part: str) -> str:
    if part == "..":
        raise Unsafe("its path leads out of its folder")
    # Windows drops dots and spaces at the end, and macOS takes both forms of é for one.
    part = FORBIDDEN.sub("_", unicodedata.normalize("NFC", part)).rstrip(". ")
    if not part:
        raise Unsafe("a part of its path is empty")
    if len(part.encode()) > MAX_NAME:
        raise Unsafe("its name is too long")
    if part.split(".")[0].strip().upper() in RESERVED:
        raise Unsafe("its name is one that Windows reserves")
    return part


def is_junk(parts: Iterable[str], ignore: Iterable[str] = ()) -> bool:
    """Whether a path is of what systems leave behind, or of what `ignore` names (globs)."""
    patterns = (*JUNK, *ignore)
    return any(fnmatch(part, pattern) for part in parts for pattern in patterns)


class Taken:
    """Paths in use, as systems see them that take upper and lower case for the same."""

    def __init__(self):
        self._files: set[str] = set()
        self._folders: set[str] = set()

    def add(self, parts: tuple[str, ...]) -> bool:
        """Take a file's path; False when it clashes with one that was taken before."""
        folded = [part.casefold() for part in parts]
        path = "/".join(folded)
        folders = {"/".join(folded[:end]) for end in range(1, len(folded))}
        if path in self._files | self._folders or folders & self._files:
            return False
        self._files.add(path)
        self._folders |= folders
        return True
