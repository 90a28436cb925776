"""The working folder of one side of a verdict: what changed in it, to be told to the other side.

The student's kernel and the examiner have each a folder of their own. What crosses between them is
the path of a regular file inside of that folder and its content, see `grading.examiner.files`.
"""

import os
import stat
import time
from contextlib import suppress
from hashlib import blake2b
from pathlib import PurePosixPath

# A clock of the file system's is coarse: of a file that was just written the content is compared.
RECENT = 100_000_000  # nanoseconds
MOST = 2000  # files and folders that are looked at; those of upper folders first
DEEPEST = 10  # folders in one another
PASSED_OVER = {"__pycache__", "__MACOSX"}


class Folder:
    """A working folder as it was when it was last looked at.

    path: where it lies. largest: bytes of a file that is read.
    """

    def __init__(self, path: str, largest: int):
        self.path, self._largest = os.path.realpath(path), largest
        self._seen: dict[str, tuple] = {}

    def look(self) -> tuple[list[str], list[str]]:
        """The paths of files and folders that are new or changed since the last look, and of those
        that are gone. Paths are relative, with "/" between their parts and at the end of a folder.
        """
        before, self._seen, changed = self._seen, {}, []
        for path, found in self._entries():
            if self._note(path, found, before.get(path)):
                changed.append(path)
        return changed, [path for path in before if path not in self._seen]

    def read(self, path: str) -> bytes | None:
        """The content of a regular file; None for anything else and for what is too large."""
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        try:
            with open(os.open(self.full(path), flags), "rb") as file:
                found = os.fstat(file.fileno())
                if not stat.S_ISREG(found.st_mode) or found.st_size > self._largest:
                    return None
                return file.read(self._largest + 1)
        except OSError:  # it is gone by now, or nobody may read it
            return None

    def write(self, path: str, content: bytes | None) -> None:
        """Make a file of some content, or a folder. Raises OSError where that is impossible."""
        full = self.full(path)
        os.makedirs(full if path.endswith("/") else os.path.dirname(full), exist_ok=True)
        if not path.endswith("/"):
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0)
            with open(os.open(full, flags, 0o644), "wb") as file:
                file.write(content)
        above = [f"{each}/" for each in PurePosixPath(path).parents if each.parts]
        for each in [*above, path]:
            with suppress(OSError):  # it was there a moment ago
                self._note(each, os.lstat(self.full(each)), None)

    def remove(self, path: str) -> None:
        """Take a file or an empty folder out. Raises OSError where that is impossible."""
        (os.rmdir if path.endswith("/") else os.unlink)(self.full(path))
        self._seen.pop(path, None)

    def full(self, path: str) -> str:
        """Where a path of this folder lies."""
        return os.path.join(self.path, *PurePosixPath(path).parts)

    def inside(self, path: str) -> str | None:
        """The relative path of a path, as code that runs in the folder names it; None elsewhere."""
        full = os.path.realpath(path)
        return full[len(self.path) + 1 :] if full.startswith(f"{self.path}{os.sep}") else None

    def _entries(self):
        """The files and folders in here with what the system says of them, upper ones first."""
        waiting, count = [("", 0)], 0
        for folder, depth in waiting:
            try:
                entries = sorted(os.scandir(self.full(folder)), key=lambda entry: entry.name)
            except OSError:
                continue
            for entry in entries:
                if entry.name.startswith(".") or entry.name in PASSED_OVER or count >= MOST:
                    continue
                with suppress(OSError):
                    found, count = entry.stat(follow_symlinks=False), count + 1
                    path = f"{folder}{entry.name}"
                    if stat.S_ISREG(found.st_mode):
                        yield path, found
                    elif stat.S_ISDIR(found.st_mode):
                        yield f"{path}/", found
                        if depth < DEEPEST:
                            waiting.append((f"{path}/", depth + 1))

    def _note(self, path: str, found: os.stat_result, before: tuple | None) -> bool:
        """Keep what a file or folder is now, and say whether it is another than it was before."""
        if path.endswith("/"):
            self._seen[path] = ("folder",)
            return before != ("folder",)
        stamp = found.st_ino, found.st_size, found.st_mtime_ns
        known = before[1] if before is not None and before[0] == stamp else None
        recent = found.st_mtime_ns > time.time_ns() - RECENT
        content = self._digest(path) if recent or known else None
        self._seen[path] = stamp, content if recent else None
        return before is None or before[0] != stamp or bool(known and known != content)

    def _digest(self, path: str) -> bytes:
        return blake2b(self.read(path) or b"", digest_size=16).digest()
