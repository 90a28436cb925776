"""What lies in an inbox, archives opened: folders in one another and the files in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath

from grading.text import for_terminal

OTHER_ARCHIVES = (".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst")


@dataclass(frozen=True)
class Piece:
    """A file of an inbox, or of an archive in it.

    parts: the file's path below the folder that it is looked at from, made safe. content: where the
    file's bytes are, never to be written. time: of the file, or as the archive says; in UTC.
    """

    parts: tuple[str, ...]
    content: Path
    time: datetime

    @property
    def name(self) -> str:
        return self.parts[-1]

    @property
    def stem(self) -> str:
        return PurePosixPath(self.name).stem

    @property
    def is_closed(self) -> bool:
        """Whether it is an archive of a kind that is not opened."""
        return PurePosixPath(self.name).suffix.lower() in OTHER_ARCHIVES

    @property
    def is_notebook(self) -> bool:
        return PurePosixPath(self.name).suffix.lower() == ".ipynb"

    def below(self, *folders: str) -> Piece:
        """The same file, looked at from further above."""
        return Piece((*folders, *self.parts), self.content, self.time)


@dataclass
class Folder:
    """A folder, or an archive as if it were one.

    trail: the folders' names from the inbox down to this one. time: as of a Piece. archive: the
    file that was opened as this folder, else None. problems: what could not be taken, in sentences.
    """

    trail: tuple[str, ...]
    time: datetime
    archive: Piece | None = None
    folders: dict[str, Folder] = field(default_factory=dict)
    files: dict[str, Piece] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.trail[-1] if self.trail else ""

    def inside(self, name: str, time: datetime) -> Folder:
        """The folder of this name in here, made where there is none."""
        return self.folders.setdefault(name, Folder((*self.trail, name), time))

    def refuse(self, reason: object, *names: str) -> None:
        """Add a problem: why this folder, or what is below it at the path `names`, is not taken."""
        self.problems.append(f"{for_terminal('/'.join([*self.trail, *names]))}: {reason}")

    def everything(self, *, archives: bool = True) -> Iterator[Piece]:
        """Every file below, by its path from here.

        archives: whether an archive with notebooks stands for the files in it.
        """
        yield from self.files.values()
        for name, folder in self.folders.items():
            if folder.archive is None:
                yield from (piece.below(name) for piece in folder.everything(archives=archives))
            elif not archives or not folder.has_notebooks:
                yield folder.archive
            else:
                yield from folder.everything()

    @property
    def has_notebooks(self) -> bool:
        return any(piece.is_notebook for piece in self.everything())

    @property
    def latest(self) -> datetime:
        """When the last file in here was changed; an archive counts as one file."""
        times = [piece.time for piece in self.everything(archives=False)]
        return max(times, default=self.time)

    def all_problems(self) -> Iterator[str]:
        """What could not be taken, here and below."""
        yield from self.problems
        for folder in self.folders.values():
            yield from folder.all_problems()
