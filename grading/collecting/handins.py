"""Which files belong together: one hand-in for each attempt of each account, folder or archive."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from os.path import commonprefix

from grading.collecting.naming import AGAIN, Account, account, read_manifest, without_copy
from grading.collecting.recognising import Recogniser
from grading.collecting.tree import Folder, Piece
from helpers.entrega import MANIFEST


@dataclass
class HandIn:
    """Files that somebody handed in at once.

    source: where they are in the inbox. names: of the archive or folder they are in, the innermost
    first, as their giver called it. time: see `Finder`. manifest: the kit's, None without one.
    loose: single notebooks of the inbox.
    """

    source: str
    names: list[str]
    pieces: list[Piece]
    time: datetime
    account: Account | None = None
    manifest: dict | None = None
    loose: bool = False
    problems: list[str] = field(default_factory=list)

    @property
    def upload(self) -> int:
        """Canvas's number of the last file; 0 without one."""
        return self.account.upload if self.account else 0

    def account_number(self, assignment: str) -> str:
        """The number of the account that handed in (see `Account.number`); empty without one."""
        return self.account.number(assignment) if self.account else ""


class Finder:
    """Finds the hand-ins of an inbox.

    The time of one is when the platform's archive says that its file was changed, or when the file
    in the inbox was. Both are what an instructor's own machine or the platform wrote: the hand-in
    was there then, perhaps earlier, and both platforms write the hour of the download. What is
    inside of a student's own archive, and the manifest, is the student's claim and counts nothing.
    """

    def __init__(self, recogniser: Recogniser):
        self._recogniser = recogniser
        self.left_over: list[Piece | Folder] = []

    def find(self, inbox: Folder) -> list[HandIn]:
        """Every hand-in. What belongs to none is in `left_over` afterwards, files as seen from the
        inbox."""
        return list(self._container(inbox, None))

    # --- Folders that hold several hand-ins ----------------------------------------------------

    def _container(self, folder: Folder, upper: datetime | None) -> Iterator[HandIn]:
        """Every hand-in in a folder that is none itself; `upper`: the time of an archive around."""
        accounts: dict[tuple, list[tuple[Account, str, Piece | Folder]]] = defaultdict(list)
        loose: list[Piece] = []
        for name, node in [*folder.files.items(), *folder.folders.items()]:
            if found := account(name):
                accounts[found.key].append((found, name, node))
            elif isinstance(node, Folder):
                yield from self._plain(node, upper)
            else:
                loose.append(node)
        for members in accounts.values():
            for attempt in _attempts(members):
                yield from self._of_account(attempt, folder, upper)
        yield from self._loose(loose, folder, upper)

    def _plain(self, folder: Folder, upper: datetime | None) -> Iterator[HandIn]:
        """The hand-ins of a folder or archive that no platform has named."""
        holds_many = self._holds_many(folder)
        if folder.archive is not None and holds_many and len(_account_keys(folder)) == 1:
            folder.problems.append(
                f"{folder.name}: named as by a platform, but of one account only: if a student "
                "gave it to you, its times and its account are the student's claim"
            )
        if folder.archive is not None and not (holds_many and _accounts(folder)):
            upper = upper or folder.time  # what a student's archive says of times is not believed
        if holds_many:
            yield from self._container(folder, upper)
        elif MANIFEST in folder.files or folder.has_notebooks:
            time = upper or folder.latest
            yield self._whole(folder, time, None, [folder.name])
        else:
            self.left_over.append(folder)

    def _holds_many(self, folder: Folder) -> bool:
        """Whether a folder holds the work of several: accounts, manifests, a notebook twice."""
        if MANIFEST in folder.files:
            return False
        if _accounts(folder) or any(map(_has_manifest, folder.folders.values())):
            return True
        where = defaultdict(set)
        for piece in folder.everything():
            if piece.is_notebook and (name := self._recogniser(piece).name):
                where[name].add(piece.parts[:-1])
        here = {piece.name for piece in folder.files.values() if piece.is_notebook}
        return not here and any(len(folders) > 1 for folders in where.values())

    def _loose(self, files: list[Piece], folder: Folder, upper) -> Iterator[HandIn]:
        """Single notebooks: of whom their cells or names say; of one if only one is named."""
        notebooks = [piece for piece in files if piece.is_notebook]
        for piece in files:
            if not piece.is_notebook:
                self.left_over.append(piece.below(*folder.trail))
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
            time = upper or max(piece.time for piece in pieces)
            names = [piece.name for piece in pieces]
            yield HandIn(source, names, pieces, time, loose=True)

    def _whose(self, piece: Piece) -> tuple[str, ...]:
        return self._recogniser(piece).ids or tuple(student_in_name(piece, self._recogniser.names))

    # --- One hand-in ----------------------------------------------------------------------------

    def _of_account(self, members, folder: Folder, upper) -> Iterator[HandIn]:
        """What one account handed in at once: each archive of the kit's, and all the rest."""
        first, whole = members[-1][0], Folder(folder.trail, folder.time)
        times, names = [], []
        for found, name, node in members:
            times.append(node.time if isinstance(node, Piece) or node.archive else node.latest)
            if isinstance(node, Folder) and node.archive is None:  # Moodle's
                whole.folders |= node.folders
                whole.files |= node.files
                whole.problems += node.problems
            elif isinstance(node, Folder):
                whole.folders[found.file] = node
            else:
                whole.files[found.file] = Piece((found.file,), node.content, node.time)
            names.append(found.file or name)
        time = upper or max(times)
        source = "/".join([*folder.trail, members[-1][1]])
        of_kit = [f for f in _descendants(whole) if MANIFEST in f.files and f is not whole]
        for one in of_kit:
            yield self._whole(one, time, first, [one.name, *names], "/".join(one.trail))
        if not of_kit or any(piece.is_notebook for piece in _without(whole, of_kit)):
            pieces = list(_without(whole, of_kit))
            manifest = read_manifest(whole)
            problems = list(whole.all_problems()) if not of_kit else list(whole.problems)
            yield HandIn(source, names, pieces, time, first, manifest, problems=problems)

    def _whole(self, folder: Folder, time, owner, names, source="") -> HandIn:
        return HandIn(
            source or "/".join(folder.trail),
            names,
            list(folder.everything(archives=MANIFEST not in folder.files)),
            time,
            owner,
            read_manifest(folder),
            problems=list(folder.all_problems()),
        )


def student_in_name(piece: Piece, notebooks: list[str]) -> list[str]:
    """The ids before a notebook's name in that of a file: `20210001_1_rnn.ipynb`."""
    stem = without_copy(piece.stem)
    for name in notebooks:
        if stem.casefold().endswith(f"_{name.casefold()}"):
            return stem[: -len(name) - 1].split("_")
    return []


def without_common_folder(pieces: list[Piece], notebooks: list[Piece]) -> list[Piece]:
    """The same pieces, looked at from the folder that all `notebooks` are in."""
    above = commonprefix([piece.parts[:-1] for piece in notebooks]) if notebooks else ()
    depth = len(above)
    return [
        Piece(piece.parts[depth:], piece.content, piece.time)
        if piece.parts[:depth] == tuple(above)
        else piece
        for piece in pieces
    ]


def _attempts(members) -> Iterator[list]:
    """Canvas numbers uploads as they come: a file that was there begins the next attempt."""
    attempt, seen, ever = [], set(), set()
    for found, name, node in sorted(members, key=lambda member: (member[0].upload, member[1])):
        stem, _, ending = found.file.rpartition(".")
        before = f"{AGAIN.sub('', stem)}.{ending}"
        file = before if before in ever else found.file or name
        if file in seen:
            yield attempt
            attempt, seen = [], set()
        attempt.append((found, name, node))
        seen.add(file)
        ever.add(file)
    yield attempt


def _accounts(folder: Folder) -> bool:
    """Whether a platform named what is in a folder, or in a folder of it."""
    return bool(_account_keys(folder))


def _account_keys(folder: Folder) -> set[tuple]:
    """The accounts by which a platform named what is in a folder, or in a folder of it."""
    found = {each.key for name in (*folder.files, *folder.folders) if (each := account(name))}
    below = (_account_keys(each) for each in folder.folders.values() if each.archive is None)
    return found.union(*below)


def _has_manifest(folder: Folder) -> bool:
    return any(MANIFEST in each.files for each in _descendants(folder))


def _descendants(folder: Folder) -> Iterator[Folder]:
    yield folder
    for each in folder.folders.values():
        yield from _descendants(each)


def _without(folder: Folder, others: list[Folder]) -> Iterator[Piece]:
    """Every piece in a folder that is in none of `others`."""
    theirs = {piece.content for other in others for piece in other.everything()}
    for piece in folder.everything():
        if piece.content not in theirs:
            yield piece
