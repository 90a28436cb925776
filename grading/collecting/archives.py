"""Zip archives that anybody may have made: their files, copied under names that are numbers.

Nothing is written under a name that an archive chooses: such names stay in memory until they have
been made safe.
"""

from __future__ import annotations

import itertools
import lzma
import stat
import struct
import zipfile
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from traitlets import Integer
from traitlets.config import Config, Configurable

from grading.collecting.paths import Unsafe, is_junk, safe_parts
from grading.collecting.tree import Folder, Piece
from grading.model.limits import Limits

# What platforms and systems write. LZMA would reserve as much memory as an archive asks for.
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
BLOCK = 2**20
RATIO_COUNTS_FROM = 5 * 2**20  # bytes; smaller files may be packed as tightly as they like
ENTRY = b"PK\x01\x02"  # begins each entry of an archive's directory
ENCRYPTED, UTF8 = 0x1, 0x800  # bits of an entry
UNIVERSAL_TIME = 0x5455  # the field for a time in UTC
BROKEN = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError, RuntimeError,
    NotImplementedError, struct.error, OverflowError, IndexError,
)  # fmt: skip


class Collecting(Configurable):
    """What `collect` may use: `c.Collecting` in grader_config.py."""

    unpacked_mb = Integer(4096, help="All archives of an inbox, unpacked.").tag(config=True)


@dataclass(frozen=True)
class Ceilings:
    """How much of an archive is taken out. Sizes in bytes.

    file_bytes: of one file. bytes, entries: of an archive inside of another. class_entries: of an
    archive that lies in the inbox, which may be that of a whole class and take half of `all_bytes`.
    all_bytes: of everything in an inbox. ratio: unpacked to packed. depth: archives in one another.
    """

    file_bytes: int = 100 * 2**20
    bytes: int = 256 * 2**20
    entries: int = 10_000
    class_entries: int = 100_000
    all_bytes: int = 4096 * 2**20
    ratio: int = 200
    depth: int = 3

    @classmethod
    def of(cls, config: Config) -> Ceilings:
        """The ceilings of a course: what would not be graded anyway is not taken out."""
        limits, most = Limits(config=config), Collecting(config=config).unpacked_mb
        return cls(
            limits.file_mb * 2**20, limits.disk_mb * 2**20, limits.files, all_bytes=most * 2**20
        )


class Unpacking:
    """Opens the archives of one inbox.

    folder: an empty folder for the contents. ignore: globs of names that are not taken.
    """

    def __init__(self, folder: Path, ceilings: Ceilings, ignore: list[str]):
        self._folder, self._ceilings, self._ignore = folder, ceilings, ignore
        self._numbers = itertools.count()
        self._all_left = ceilings.all_bytes

    def open(self, piece: Piece, trail: tuple[str, ...], depth: int = 1) -> Folder:
        """Open an archive as a folder; the folder's problems say what is wrong with the archive.

        trail: the archive's path in the inbox. depth: 1 in the inbox, 2 in an archive of it, …
        """
        folder = Folder(trail, piece.time, piece)
        try:
            if depth > self._ceilings.depth:
                raise Unsafe(f"over {self._ceilings.depth} archives in one another")
            self._require_few_entries(piece.content, depth)
            with zipfile.ZipFile(piece.content) as archive:
                self._take_out(archive, folder, depth)
        except Unsafe as error:
            folder.refuse(f"{error}: the rest of it was not opened")
        except BROKEN as error:
            folder.refuse(f"it is broken or no zip archive ({error})")
        return folder

    def _require_few_entries(self, path: Path, depth: int) -> None:
        """Count before opening: Python keeps the whole directory of an archive in memory."""
        most = self._ceilings.class_entries if depth == 1 else self._ceilings.entries
        entries, end = 0, b""
        with path.open("rb") as file:
            while block := file.read(BLOCK):
                entries += (end + block).count(ENTRY)
                end = block[-len(ENTRY) + 1 :]
        if entries > most:
            raise Unsafe(f"it has over {most:,} entries")

    def _take_out(self, archive: zipfile.ZipFile, folder: Folder, depth: int) -> None:
        left = self._ceilings.bytes
        if depth == 1:  # a class, or one student's bomb
            size = folder.archive.content.stat().st_size
            left = max(left, min(self._ceilings.all_bytes // 2, self._ceilings.ratio * size))
        for entry in archive.infolist():
            if entry.is_dir():
                continue
            name = _text(entry)
            try:
                parts = safe_parts(name)
                if is_junk(parts, self._ignore):
                    continue
                _require_plain(entry)
                path = self._folder / str(next(self._numbers))
                with archive.open(entry) as source:
                    left -= self._copy(source, path, entry, left)
            except Unsafe as error:
                folder.refuse(f"{error}: left out", name)
            except BROKEN as error:
                folder.refuse(f"broken ({error})", name)
            else:
                time, above = _time(entry, folder.time), folder
                for part in parts[:-1]:
                    above = above.inside(part, time)
                self.place(above, Piece(parts[-1:], path, time), depth)

    def _copy(self, source: BinaryIO, path: Path, entry: zipfile.ZipInfo, left: int) -> int:
        """Copy an entry's content; returns its size in bytes, whatever the entry says of that.

        left: how many bytes may still be taken out of the archive.
        """
        size, left = 0, min(left, self._all_left)
        try:
            with path.open("xb") as target:
                while block := source.read(BLOCK):
                    size += len(block)
                    if size > self._ceilings.file_bytes:
                        raise Unsafe(f"over {self._ceilings.file_bytes // 2**20} MB")
                    if size > left:
                        raise Unsafe("with it too much would be unpacked")
                    packed = max(1, entry.compress_size)
                    if size > RATIO_COUNTS_FROM and size > self._ceilings.ratio * packed:
                        raise Unsafe(f"packed over {self._ceilings.ratio} to 1")
                    target.write(block)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        self._all_left -= size
        return size

    def place(self, folder: Folder, piece: Piece, depth: int = 0) -> None:
        """Put a file into a folder of the tree, opened where the file is an archive.

        depth: how many archives are around the file.
        """
        name = piece.name
        if name in folder.files or name in folder.folders:
            folder.refuse("a second one of that name: left out", name)
        elif name.lower().endswith(".zip"):
            folder.folders[name] = self.open(piece, (*folder.trail, name), depth + 1)
        else:
            folder.files[name] = piece


def _require_plain(entry: zipfile.ZipInfo) -> None:
    mode = entry.external_attr >> 16
    # The high half holds a Unix mode where a Unix system made the archive, and nothing elsewhere.
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        raise Unsafe("it is a link or a device, not a file")
    if entry.flag_bits & ENCRYPTED:
        raise Unsafe("it is encrypted: ask for it without a password")
    if entry.compress_type not in METHODS:
        raise Unsafe("it is packed in a way that is not read: ask for a plain zip")


def _text(entry: zipfile.ZipInfo) -> str:
    """An entry's name. Without the flag that says so, many systems write UTF-8 all the same."""
    name = entry.filename
    if not entry.flag_bits & UTF8:
        try:
            return name.encode("cp437").decode("utf-8")
        except UnicodeError:
            return name
    return name


def _time(entry: zipfile.ZipInfo, otherwise: datetime) -> datetime:
    """When an entry was changed, in UTC; `otherwise` where the archive does not say.

    Without an extra field for UTC (Info-ZIP's "UT", see extrafld.txt of its sources), a zip has
    local time, which is taken for this machine's; 1980-01-01 stands for no time.
    """
    extra = entry.extra
    while len(extra) >= 4:
        kind, length = struct.unpack_from("<HH", extra)
        if kind == UNIVERSAL_TIME and length >= 5 and extra[4] & 1 and len(extra) >= 9:
            return datetime.fromtimestamp(struct.unpack_from("<i", extra, 5)[0], UTC)
        extra = extra[4 + length :]
    if entry.date_time[:3] <= (1980, 1, 1):
        return otherwise
    try:
        return datetime(*entry.date_time).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return otherwise
