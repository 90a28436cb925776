"""Which files belong together: one hand-in for each attempt of each account, folder or archive."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from os.path import commonprefix
from typing import NamedTuple

from grading.collecting.drive import is_of_drive, join_parts
from grading.collecting.gradescope import METADATA
from grading.collecting.naming import AGAIN, read_manifest, without_copy
from grading.collecting.platforms import GOOGLE, Account, accounts_in
from grading.collecting.recognising import Recogniser
from grading.collecting.tree import Folder, Piece
from helpers.hand_in import MANIFEST


@dataclass
class HandIn:
    """Files that somebody handed in at once.

    source: the path in the inbox. names: of the archives or folders around the files, the innermost
    first, as the student or instructor called them. time: see `Finder`. manifest: the kit's, None
    without one. loose: whether these are notebooks that lie among those of others. is_told: whether
    the platform tells the time, so that it is not just one by which the hand-in was there.
    """

    source: str
    names: list[str]
    pieces: list[Piece]
    time: datetime
    account: Account | None = None
    manifest: dict | None = None
    loose: bool = False
    is_told: bool = False
    problems: list[str] = field(default_factory=list)

    @property
    def upload(self) -> int:
        """Canvas's number of the last file; 0 without one."""
        return self.account.upload if self.account else 0

    @property
    def is_late(self) -> bool:
        """Whether Canvas calls it late."""
        return self.account is not None and self.account.late

    def account_number(self, assignment: str) -> str:
        """The number of the account that handed in (see `Account.number`); empty without one."""
        return self.account.number(assignment) if self.account else ""


class Upload(NamedTuple):
    """A file or folder that a platform has named after an account."""

    account: Account
    name: str
    node: Piece | Folder


class Finder:
    """Finds the hand-ins of an inbox.

    The time of a hand-in is the one that the platform tells in its names or in its list of
    submissions, else when the platform's archive says that its file was changed or, without one,
    when the file in the inbox was. The last two were written by the platform, which writes the hour
    of the download, or by an instructor's own machine: the hand-in was there by then. What a
    student's own archive or the manifest says is the student's claim and counts nothing.
    zone: the course's, for times that are told without one; None stands for this machine's.
    """

    def __init__(self, recogniser: Recogniser, zone: tzinfo | None = None):
        self._recogniser, self._zone = recogniser, zone
        self._accounts: dict[int, dict[str, Account]] = {}  # by the `id` of a folder
        self.left_over: list[Piece | Folder] = []

    def find(self, inbox: Folder) -> list[HandIn]:
        """Every hand-in. Afterwards `left_over` has what belongs to none; the paths of its files
        are those in the inbox."""
        join_parts(inbox)
        return list(self._in_container(inbox, None))

    def _accounts_in(self, folder: Folder) -> dict[str, Account]:
        if id(folder) not in self._accounts:
            self._accounts[id(folder)] = accounts_in(folder, self._recogniser.names)
        return self._accounts[id(folder)]

    def _in_container(self, folder: Folder, archive_time: datetime | None) -> Iterator[HandIn]:
        """The hand-ins of a folder that is not a hand-in as a whole.

        archive_time: of the student's archive around it; None without one.
        """
        by_account: dict[tuple, list[Upload]] = defaultdict(list)
        loose: list[Piece] = []
        accounts = self._accounts_in(folder)
        for name, node in [*folder.files.items(), *folder.folders.items()]:
            if uploader := accounts.get(name):
                by_account[uploader.key].append(Upload(uploader, name, node))
            elif isinstance(node, Folder):
                yield from self._in_unnamed(node, archive_time)
            else:
                loose.append(node)
        for uploads in by_account.values():
            for attempt in _attempts(uploads):
                yield from self._of_account(attempt, folder, archive_time)
        yield from self._loose(loose, folder, archive_time)

    def _in_unnamed(self, folder: Folder, archive_time: datetime | None) -> Iterator[HandIn]:
        """The hand-ins of a folder or archive that no platform has named."""
        has_several, accounts = self._has_several(folder), self._account_keys(folder)
        if folder.archive is not None and has_several and len(accounts) == 1:
            folder.problems.append(
                f"{folder.name}: named as by a platform, but of one account only: if a student "
                "gave it to you, its times and its account are the student's claim"
            )
        platforms = {platform for platform, *_ in accounts}
        if folder.archive is not None and not (has_several and platforms - {GOOGLE}):
            archive_time = archive_time or folder.time  # a student's archive, or see `drive`
        if has_several:
            yield from self._in_container(folder, archive_time)
        elif MANIFEST in folder.files or folder.has_notebooks:
            yield _whole(folder, archive_time or folder.latest, None, [folder.name])
        else:
            self.left_over.append(folder)

    def _has_several(self, folder: Folder) -> bool:
        """Whether there are several hand-ins: accounts, manifests below, a notebook twice."""
        if MANIFEST in folder.files:
            return False
        if self._account_keys(folder) or _with_manifest(folder):
            return True
        if notebooks := [piece for piece in folder.files.values() if piece.is_notebook]:
            return is_of_drive(folder) and len({*map(self._whose, notebooks)} - {()}) > 1
        places = defaultdict(set)
        for piece in folder.everything():
            if piece.is_notebook and (name := self._recogniser(piece).name):
                places[name].add(piece.parts[:-1])
        below = folder.folders.values() if is_of_drive(folder) else ()
        return any(len(folders) > 1 for folders in places.values()) or any(
            inner.archive is None and self._has_several(inner) for inner in below
        )

    def _account_keys(self, folder: Folder) -> set[tuple]:
        """The accounts by which a platform named what is in a folder, or in a folder of it."""
        found = {uploader.key for uploader in self._accounts_in(folder).values()}
        for inner in folder.folders.values():
            found |= self._account_keys(inner) if inner.archive is None else set()
        return found

    def _loose(
        self, files: list[Piece], folder: Folder, archive_time: datetime | None
    ) -> Iterator[HandIn]:
        """Notebooks that lie side by side, by the ids in their cells or names.

        Where no notebook is there twice and one student alone is named, all are that student's.
        """
        notebooks = [piece for piece in files if piece.is_notebook]
        others = [p for p in files if not p.is_notebook and p.name != METADATA]
        self.left_over += [piece.below(*folder.trail) for piece in others]
        whose = {piece.name: self._whose(piece) for piece in notebooks}
        named = {ids for ids in whose.values() if ids}
        kinds = Counter(self._recogniser(piece).name for piece in notebooks)
        if len(named) == 1 and max(kinds.values(), default=0) == 1:
            whose = dict.fromkeys(whose, *named)
        groups = defaultdict(list)
        for piece in notebooks:
            groups[whose[piece.name] or (piece.name,)].append(piece)
        for pieces in groups.values():
            source = "/".join([*folder.trail, pieces[0].name])
            if len(pieces) > 1:
                source += f" and {len(pieces) - 1} more"
            time = archive_time or max(piece.time for piece in pieces)
            yield HandIn(source, [piece.name for piece in pieces], pieces, time, loose=True)

    def _whose(self, piece: Piece) -> tuple[str, ...]:
        return self._recogniser(piece).ids or tuple(student_in_name(piece, self._recogniser.names))

    def _of_account(
        self, uploads: list[Upload], folder: Folder, archive_time: datetime | None
    ) -> Iterator[HandIn]:
        """What one account handed in at once: each archive of the kit's, and all the rest."""
        last, whole = uploads[-1], Folder(folder.trail, folder.time)
        times, names = [], []
        for uploader, name, node in uploads:
            times.append(node.time if isinstance(node, Piece) or node.archive else node.latest)
            if uploader.is_note:
                continue
            if isinstance(node, Folder) and node.archive is None:  # Moodle's and Brightspace's
                whole.folders |= node.folders
                whole.files |= node.files
                whole.problems += node.problems
            elif isinstance(node, Folder):
                whole.folders[uploader.file] = node
            else:
                whole.files[uploader.file] = replace(node, parts=(uploader.file,))
            names.append(uploader.file or name)
        told, odd = (None, "") if archive_time else last.account.came(self._zone)
        for hand_in in _parts(whole, last, names):
            hand_in.time = told or archive_time or max(times)
            hand_in.is_told = told is not None
            hand_in.problems += filter(None, [odd])
            yield hand_in


def _parts(whole: Folder, last: Upload, names: list[str]) -> Iterator[HandIn]:
    """The hand-ins in what came at once: each archive of the kit's, and all the rest."""
    of_kit = _with_manifest(whole)
    for archive in of_kit:
        yield _whole(archive, whole.time, last.account, [archive.name, *names])
    theirs = {piece.content for archive in of_kit for piece in archive.everything()}
    rest = [piece for piece in whole.everything() if piece.content not in theirs]
    if not of_kit or any(piece.is_notebook for piece in rest):
        source = "/".join([*whole.trail, last.name])
        problems = list(whole.problems if of_kit else whole.all_problems())
        manifest = read_manifest(whole)
        yield HandIn(source, names, rest, whole.time, last.account, manifest, problems=problems)


def _whole(folder: Folder, time: datetime, account: Account | None, names: list[str]) -> HandIn:
    pieces = list(folder.everything(archives=MANIFEST not in folder.files))
    manifest, problems = read_manifest(folder), list(folder.all_problems())
    return HandIn("/".join(folder.trail), names, pieces, time, account, manifest, problems=problems)


def student_in_name(piece: Piece, notebooks: list[str]) -> list[str]:
    """The ids before a notebook's name in the name of a file, as in `20210001_1_rnn.ipynb`."""
    stem = without_copy(piece.stem)
    for name in notebooks:
        if stem.casefold().endswith(f"_{name.casefold()}"):
            return stem[: -len(name) - 1].split("_")
    return []


def without_common_folder(pieces: list[Piece], notebooks: list[Piece]) -> list[Piece]:
    """The same pieces, looked at from the folder that all `notebooks` are in."""
    above = tuple(commonprefix([piece.parts[:-1] for piece in notebooks]))
    return [
        replace(p, parts=p.parts[len(above) :]) if p.parts[: len(above)] == above else p
        for p in pieces
    ]


def _attempts(uploads: list[Upload]) -> Iterator[list[Upload]]:
    """The uploads of one account by attempt, where the platform says which is which, else by what
    Canvas's numbers and names say."""
    by_attempt: dict[str, list[Upload]] = defaultdict(list)
    for upload in uploads:
        by_attempt[upload.account.attempt].append(upload)
    for attempt, together in by_attempt.items():
        yield from [together] if attempt else _attempts_by_number(together)


def _attempts_by_number(uploads: list[Upload]) -> Iterator[list[Upload]]:
    """The uploads of one account of Canvas by attempt.

    Canvas numbers uploads as they come: a file that this attempt has already begins the next one.
    """
    attempt, in_attempt, in_any = [], set(), set()
    for upload in sorted(uploads, key=lambda upload: (upload.account.upload, upload.name)):
        stem, _, ending = upload.account.file.rpartition(".")
        original = f"{AGAIN.sub('', stem)}.{ending}"
        file = original if original in in_any else upload.account.file or upload.name
        if file in in_attempt:
            yield attempt
            attempt, in_attempt = [], set()
        attempt.append(upload)
        in_attempt.add(file)
        in_any.add(file)
    yield attempt


def _with_manifest(folder: Folder) -> list[Folder]:
    """The folders and archives below a folder that have a manifest of the kit's."""
    return [
        below
        for inner in folder.folders.values()
        for below in (*([inner] if MANIFEST in inner.files else []), *_with_manifest(inner))
    ]
