"""One submission as it lies in submitted/, each of its files read once."""

import hashlib
from pathlib import Path

from grading.intake.files import read_regular, walk
from grading.intake.reading import MAX_FILE
from grading.model.limits import Limits
from grading.versions import add

MOST_KEPT = 2**29  # bytes
# What tools leave beside a notebook. Nothing of it is graded.
GENERATED = {"__pycache__", ".ipynb_checkpoints", ".tally"}


class HandedIn:
    """The folder submitted/SUBMISSION/ASSIGNMENT.

    A file keeps the content that it had when it was first read, whatever happens to it on disk: its
    digest and its marks are those of the same bytes. That holds for the first MOST_KEPT bytes, more
    than a submission may have; what comes after them is read for the digest alone.
    """

    def __init__(self, folder: Path):
        self.folder = folder
        self._contents: dict[Path, bytes] = {}
        self._room = MOST_KEPT

    def read(self, path: Path) -> bytes:
        """The content of a regular file. Raises OSError for anything else."""
        if path in self._contents:
            return self._contents[path]
        content = read_regular(path)
        if len(content) <= self._room:
            self._room -= len(content)
            self._contents[path] = content
        return content

    def digest(self, largest: int) -> str:
        """SHA-256 over its files; of those over `largest` bytes, over their size.

        Raises OSError when a file can't be read.
        """
        digest = hashlib.sha256()
        for path in files_of(self.folder):
            size = path.stat().st_size
            add_file(digest, self.folder, path, self.read(path) if size <= largest else None)
        return digest.hexdigest()

    @property
    def is_too_deep(self) -> bool:
        """Whether more than MAX_FOLDERS folders lie in one another."""
        return any(not_entered for *_, not_entered in walk(self.folder))


def largest(limits: Limits) -> int:
    """Bytes of a file above which its size stands for it in a digest; it is not graded anyway."""
    return max(limits.file_mb * 2**20, MAX_FILE)


def add_file(digest, folder: Path, path: Path, content: bytes | None) -> None:
    """Add one file to a digest; without `content`, what stands for it is its size."""
    add(digest, path.relative_to(folder).as_posix().encode(errors="surrogateescape"))
    add(digest, f"{path.stat().st_size} bytes".encode() if content is None else content)


def files_of(folder: Path) -> list[Path]:
    """The regular files below a folder, in order, without what tools leave there."""
    return sorted(
        path
        for parent, _, names, _ in walk(folder)
        for path in (Path(parent, name) for name in names)
        if path.is_file()
        and not path.is_symlink()
        and not GENERATED.intersection(path.relative_to(folder).parts)
    )
