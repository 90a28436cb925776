"""What is in submitted/ and what is put there: each folder is written elsewhere, then renamed."""

import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from nbgrader.coursedir import CourseDirectory

from grading.collecting.history import Attempt, Settled
from grading.collecting.submission import digest
from grading.collecting.workspace import FOLDER
from grading.course import Assignment
from grading.files import write_whole
from grading.intake.files import walk
from grading.intake.reading import STAMP, read_timestamp
from grading.people.pairs import BETWEEN

EARLIER, ACCOUNTS = ".earlier", ".accounts.json"
STAMP_FORMAT = "%Y-%m-%d %H:%M:%S UTC"  # as nbgrader writes and reads it
TIME_FORMAT = "%Y-%m-%dT%H-%M-%SZ"  # no colon: Windows takes none in a name
NAMED_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ)(?:-\d+)?")


class Store:
    """The submissions of an assignment that are in submitted/: those that count, and earlier ones.

    What writes is called inside of `workspace`, where new files are written before they are moved.
    """

    def __init__(self, assignment: Assignment):
        self._submitted, self.assignment = assignment.course.submitted, assignment.name
        self._workspace = self._submitted / FOLDER
        folders = self._submitted.iterdir() if self._submitted.is_dir() else ()
        names = sorted(path.name for path in folders if path.is_dir())
        self._names = {_ids(name): name for name in names if not name.startswith(".")}

    def name(self, student: str) -> str:
        """The name of the folder of a student or pair: of the one that is there, in whatever order
        and case its ids are written; else `student`, which is remembered."""
        return self._names.setdefault(_ids(student), student)

    def attempts(self, student: str) -> list[Attempt]:
        """What is stored of a student, in any order. Raises OSError."""
        attempts = []
        for folder in self._earlier(student).glob("*"):
            if named := NAMED_TIME.fullmatch(folder.name):
                time = datetime.strptime(named[1], TIME_FORMAT).replace(tzinfo=UTC)
                attempts.append(Attempt(time, digest(_files(folder)), is_stored=True))
        current = self._current(student)
        if current.is_dir():
            files = digest(_files(current))
            attempts.append(Attempt(_time(current), files, is_stored=True, counts=True))
        return attempts

    def accounts(self, student: str) -> list[str]:
        """The numbers of accounts that handed in for a student or pair so far, sorted."""
        return self._all_accounts().get(student, [])

    def note_accounts(self, student: str, numbers: Iterable[str]) -> None:
        """Remember who has handed in for a student or pair. Raises OSError."""
        accounts = self._all_accounts()
        before = accounts.get(student, [])
        if (after := sorted({*before, *numbers})) != before:
            self._write_accounts(accounts | {student: after})

    def forget_accounts(self, folders: Iterable[str]) -> None:
        """Forget who has handed in for these students or pairs. Raises OSError."""
        accounts = self._all_accounts()
        left = {name: numbers for name, numbers in accounts.items() if name not in set(folders)}
        if left != accounts:
            self._write_accounts(left)

    def _write_accounts(self, accounts: dict[str, list[str]]) -> None:
        write_whole(self._submitted / ACCOUNTS, json.dumps(accounts, indent=1, sort_keys=True))

    def _all_accounts(self) -> dict[str, list[str]]:
        """Numbers of accounts by student; empty without the file, or where it was broken."""
        try:
            accounts = json.loads((self._submitted / ACCOUNTS).read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        is_whole = isinstance(accounts, dict) and all(
            isinstance(numbers, list) and all(isinstance(number, str) for number in numbers)
            for numbers in accounts.values()
        )
        return accounts if is_whole else {}

    def apply(self, student: str, settled: Settled) -> None:
        """Store what `settle` returned. Raises OSError; no folder is half-written then."""
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
        """Let the folder `new` count; what counted becomes an earlier attempt.

        Raises OSError; what counted is back in its place then.
        """
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
        """A folder in the workspace with an attempt's files; deleted afterwards if not moved."""
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
        """Move a folder to the earlier attempts, under a name of its own; returns its new path."""
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


def write_stamp(folder: Path, time: datetime) -> None:
    """Write nbgrader's timestamp.txt, whole."""
    write_whole(folder / STAMP, time.astimezone(UTC).strftime(STAMP_FORMAT))


def _time(folder: Path) -> datetime:
    """When a stored submission came: as its timestamp says, else when its last file was changed."""
    if stamp := read_timestamp(CourseDirectory(), str(folder)):
        return stamp.replace(microsecond=0, tzinfo=UTC)
    times = [path.lstat().st_mtime for path in _files(folder).values()]
    return datetime.fromtimestamp(int(max(times, default=folder.stat().st_mtime)), UTC)


def _files(folder: Path) -> dict[tuple[str, ...], Path]:
    """The files of a stored submission by path, without links and the timestamp."""
    return {
        path.relative_to(folder).parts: path
        for parent, _, names, _ in walk(folder)
        for path in (Path(parent, name) for name in names)
        if path.is_file() and not path.is_symlink() and path.relative_to(folder) != Path(STAMP)
    }


def _ids(student: str) -> tuple[str, ...]:
    """The ids in a folder's name, in an order and case that are the same for the same students."""
    return tuple(sorted(student.casefold().split(BETWEEN)))
