"""submitted/ as it is and as it becomes: a folder is written whole beside it, then renamed."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from nbgrader.utils import parse_utc

from grading.collecting.history import Attempt, Settled
from grading.collecting.submission import BETWEEN, STAMP, digest
from grading.collecting.workspace import FOLDER
from grading.course import Course
from grading.intake.files import walk
from grading.intake.reading import require_stamp

EARLIER, ACCOUNTS = ".earlier", ".accounts.json"
STAMP_FORMAT = "%Y-%m-%d %H:%M:%S UTC"  # as nbgrader writes and reads it
TIME_FORMAT = "%Y-%m-%dT%H-%M-%SZ"  # no colon: Windows takes none in a name
NAMED_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ)(?:-\d+)?")
LONGEST_STAMP = 1000


class Store:
    """The submissions of an assignment that are there: those that count, and earlier ones.

    What writes is called inside of `workspace`, where new files are written before they are moved.
    """

    def __init__(self, course: Course, assignment: str):
        self._submitted, self.assignment = course.submitted, assignment
        self._workspace = course.submitted / FOLDER
        folders = course.submitted.iterdir() if course.submitted.is_dir() else ()
        names = sorted(path.name for path in folders if path.is_dir())
        self._names = {_same(name): name for name in names if not name.startswith(".")}

    def name(self, student: str) -> str:
        """The folder of a student or pair: the one that is there, in whatever order and case its
        ids stand; else `student`, which is remembered."""
        return self._names.setdefault(_same(student), student)

    def attempts(self, student: str) -> list[Attempt]:
        """What is stored of a student, in any order. Raises OSError."""
        found = []
        for folder in self._earlier(student).glob("*"):
            if named := NAMED_TIME.fullmatch(folder.name):
                time = datetime.strptime(named[1], TIME_FORMAT).replace(tzinfo=UTC)
                found.append(Attempt(time, digest(_files(folder)), is_stored=True))
        current = self._current(student)
        if current.is_dir():
            files = digest(_files(current))
            found.append(Attempt(_time(current), files, is_stored=True, counts=True))
        return found

    def accounts(self, student: str) -> list[str]:
        """The accounts that have handed in for a student or pair so far, in order."""
        return list(self._known().get(student, []))

    def note_accounts(self, student: str, accounts: list[str]) -> None:
        """Remember who has handed in for a student or pair. Raises OSError."""
        known = self._known()
        both = sorted({*known.get(student, []), *accounts})
        if both != known.get(student, []):
            self._write_accounts(known | {student: both})

    def forget_accounts(self, folders: Iterable[str]) -> None:
        """Forget who has handed in for these students or pairs. Raises OSError."""
        known = self._known()
        left = {name: accounts for name, accounts in known.items() if name not in set(folders)}
        if left != known:
            self._write_accounts(left)

    def _write_accounts(self, known: dict[str, list[str]]) -> None:
        new = self._workspace / ACCOUNTS
        new.write_text(json.dumps(known, indent=1, sort_keys=True), "utf-8")
        os.replace(new, self._submitted / ACCOUNTS)

    def _known(self) -> dict[str, list[str]]:
        try:
            found = json.loads((self._submitted / ACCOUNTS).read_text("utf-8"))
        except (OSError, ValueError):
            return {}  # none yet; a broken one is written anew
        return found if _is_known(found) else {}

    def apply(self, student: str, settled: Settled) -> None:
        """Store what `settle` has found. Raises OSError; no folder is half-written then."""
        for attempt in settled.earlier:
            with self._written(attempt) as new:
                self._keep(new, student, attempt.time)
        current = self._current(student)
        if settled.current is not None:
            with self._written(settled.current) as new:
                self._put(new, current, student)
        elif settled.corrected_time is not None:
            write_stamp(current, settled.corrected_time)

    def _put(self, new: Path, current: Path, student: str) -> None:
        """Let `new` count, or what counted before."""
        current.parent.mkdir(exist_ok=True)
        replaced = self._keep(current, student, _time(current)) if current.exists() else None
        try:
            os.rename(new, current)
        except OSError:
            if replaced is not None:
                os.rename(replaced, current)
            elif not any(current.parent.iterdir()):
                current.parent.rmdir()
            raise

    @contextmanager
    def _written(self, attempt: Attempt) -> Iterator[Path]:
        """A folder in the workspace with an attempt's files; gone afterwards, if still there."""
        folder = self._workspace / "new"
        folder.mkdir()
        try:
            for parts, content in attempt.submission.files.items():
                path = folder.joinpath(*parts)
                path.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(content, path)
            write_stamp(folder, attempt.time)
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _keep(self, folder: Path, student: str, time: datetime) -> Path:
        """Move a folder to the earlier attempts; where there is one of that second, beside it."""
        above = self._earlier(student)
        above.mkdir(parents=True, exist_ok=True)
        name = time.strftime(TIME_FORMAT)
        target, number = above / name, 2
        while target.exists():
            target, number = above / f"{name}-{number}", number + 1
        os.rename(folder, target)
        return target

    def _current(self, student: str) -> Path:
        return self._submitted / student / self.assignment

    def _earlier(self, student: str) -> Path:
        return self._submitted / EARLIER / student / self.assignment


def _is_known(found) -> bool:
    """Whether that is lists of texts by name, as they were written."""
    return isinstance(found, dict) and all(
        isinstance(accounts, list) and all(isinstance(each, str) for each in accounts)
        for accounts in found.values()
    )


def write_stamp(folder: Path, time: datetime) -> None:
    """Write nbgrader's timestamp.txt, whole."""
    new = folder / f".{STAMP}.new"
    new.write_text(time.astimezone(UTC).strftime(STAMP_FORMAT), "utf-8")
    os.replace(new, folder / STAMP)


def _time(folder: Path) -> datetime:
    """When a stored submission came: as its timestamp says, else when its last file changed."""
    stamp = _stamp(folder / STAMP)
    if stamp is not None:
        return stamp
    times = [each.lstat().st_mtime for each in _files(folder).values()]
    return datetime.fromtimestamp(int(max(times, default=folder.stat().st_mtime)), UTC)


def _stamp(path: Path) -> datetime | None:
    """The time in nbgrader's timestamp.txt; None when there is none that can be read."""
    if path.is_symlink() or not path.is_file() or path.stat().st_size > LONGEST_STAMP:
        return None
    try:
        text = path.read_text("utf-8")
        require_stamp(text)
        found = parse_utc(text.strip())
        return found.replace(microsecond=0, tzinfo=UTC)
    except (ValueError, OverflowError, TypeError):
        return None


def _files(folder: Path) -> dict[tuple[str, ...], Path]:
    """Path → file of everything in a stored submission but its timestamp; links are not files."""
    return {
        path.relative_to(folder).parts: path
        for parent, _, names, _ in walk(folder)
        for path in (Path(parent, name) for name in names)
        if path.is_file() and not path.is_symlink() and path.relative_to(folder) != Path(STAMP)
    }


def _same(student: str) -> tuple[str, ...]:
    """Equal for the folders of one student or pair."""
    return tuple(sorted(student.casefold().split(BETWEEN)))
