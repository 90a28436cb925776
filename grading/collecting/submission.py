"""One hand-in as it is to be stored: whose it is, and each file under its name."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath

from grading.collecting.archives import Ceilings
from grading.collecting.handins import HandIn, student_in_name, without_common_folder
from grading.collecting.naming import (
    ids_in_kit_name,
    ids_in_manifest,
    plain,
    why_no_id,
    without_copy,
)
from grading.collecting.paths import Taken, is_junk
from grading.collecting.recognising import Recogniser
from grading.collecting.tree import Piece
from grading.text import for_terminal
from grading.versions import add

STAMP = "timestamp.txt"
BETWEEN = "_"  # the ids of a pair
RANK = ["name", "cells", "likeness"]  # of two files for one notebook the first that is readable


@dataclass
class Submission:
    """A hand-in, ready to be stored.

    student: the folder's name, "" where nothing says whose it is. by: what said so. files: path →
    where its bytes are. digest: of paths and bytes. found: notebooks of the assignment. missing:
    the others. notes: what was done that one should know. problems: what somebody should look at.
    """

    hand_in: HandIn
    student: str = ""
    by: str = ""
    files: dict[tuple[str, ...], Path] = field(default_factory=dict)
    digest: str = ""
    found: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def time(self) -> datetime:
        return self.hand_in.time


def submission(
    hand_in: HandIn, assignment: str, recogniser: Recogniser, ceilings: Ceilings, ignore: list[str]
) -> Submission:
    """What a hand-in is stored as. ignore: globs of names that are not taken."""
    made = Submission(hand_in, problems=list(hand_in.problems))
    pieces = [p for p in hand_in.pieces if not is_junk(p.parts, [*ignore, STAMP])]
    _identify(made, assignment, recogniser, pieces)
    of = (hand_in.manifest or {}).get("assignment", assignment)
    if of != assignment:
        made.problems.append(for_terminal(f"its manifest says that it is of {of!r:.80}"))
    _name_files(made, pieces, recogniser, ceilings)
    made.digest = digest(made.files)
    if hand_in.account and hand_in.account.late:
        made.notes.append("Canvas says that it was late")
    if not made.found:
        closed = [for_terminal(piece.name) for piece in pieces if piece.is_closed]
        unpack = f"; unpack {', '.join(closed)} into a folder" if closed else ""
        made.problems.append(f"it has no notebook of {assignment}{unpack}")
        made.student = ""
    elif made.missing:
        made.problems.append(f"missing: {', '.join(made.missing)}")
    return made


# --- Whose it is ----------------------------------------------------------------------------------


def _identify(made: Submission, assignment: str, recogniser, pieces: list[Piece]) -> None:
    """From what was meant to say it to what merely may."""
    for by, ids in _claims(made, assignment, recogniser, pieces):
        ids = list({each.casefold(): each for each in reversed(ids)}.values())[::-1]
        if not ids:
            continue
        if wrong := [(each, why) for each in ids if (why := why_no_id(each))]:
            each, why = wrong[0]
            made.problems.append(for_terminal(f"{each[:80]!r} in {by} was not used: {why}"))
            continue
        made.student, made.by = BETWEEN.join(ids), by
        if by == "the account":
            made.problems.append("no id in it: named after the account that handed it in")
        return
    made.problems.append(
        "nothing in it says whose it is: put it into a folder named after the student's id"
    )


def _claims(made: Submission, assignment: str, recogniser: Recogniser, pieces: list[Piece]):
    """What may say whose it is, and the ids that it says, in the order of trust."""
    hand_in = made.hand_in
    if hand_in.manifest is not None:
        yield "the manifest", ids_in_manifest(hand_in.manifest)
    again = hand_in.account is not None and hand_in.account.platform == "Canvas"
    for name in hand_in.names:
        yield "the file's name", ids_in_kit_name(name, assignment, again=again)
    notebooks = [piece for piece in pieces if piece.is_notebook]
    said = dict.fromkeys(ids for piece in notebooks if (ids := recogniser(piece).ids))
    if len(said) == 1:
        yield "the identity cell", list(*said)
    elif said:
        names = ", ".join("_".join(ids) for ids in said)
        made.problems.append(for_terminal(f"its notebooks name different students: {names}"))
    if hand_in.loose:
        for piece in notebooks:
            yield "the file's name", student_in_name(piece, recogniser.names)
    elif hand_in.account:
        yield "the account", [each for each in [hand_in.account.plain] if each]
    else:
        yield "the folder's name", _in_folder_name(hand_in.names[0], assignment)


def _in_folder_name(name: str, assignment: str) -> list[str]:
    """An instructor's own name for a folder or archive: an id, or those of a pair."""
    stem = PurePosixPath(name).stem if name.lower().endswith(".zip") else name
    stem = without_copy(stem)
    if stem.casefold() in (assignment.casefold(), ""):
        return []
    ids = [plain(part) for part in stem.split(BETWEEN)]
    return ids if len(ids) <= 2 and all(ids) else [plain(stem)]


# --- Its files ------------------------------------------------------------------------------------


def _name_files(made: Submission, pieces: list[Piece], recogniser, ceilings: Ceilings) -> None:
    chosen, others = _choose(made, pieces, recogniser)
    made.found = [name for name in recogniser.names if name in chosen]
    made.missing = [name for name in recogniser.names if name not in chosen]
    taken, left = Taken(), ceilings.bytes
    named = [((f"{name}.ipynb",), chosen[name]) for name in made.found]
    theirs = {f"{name}.ipynb".casefold() for name in recogniser.names}
    for piece in without_common_folder(others, [*chosen.values()]):
        parts = piece.parts
        if len(parts) == 1 and piece.name.casefold() in theirs:
            parts = (f"{piece.stem} (other).ipynb",)
        named.append((parts, piece))
    for parts, piece in named:
        size, path = piece.content.stat().st_size, "/".join(parts)
        if size > min(left, ceilings.file_bytes) or len(made.files) >= ceilings.entries:
            made.problems.append(f"{for_terminal(path)}: too large, or one too many: left out")
        elif not taken.add(parts):
            made.problems.append(
                f"{for_terminal(path)}: a file or folder of that name is there: left out"
            )
        else:
            made.files[parts] = piece.content
            left -= size


def _choose(made: Submission, pieces: list[Piece], recogniser) -> tuple[dict[str, Piece], list]:
    """The file for each notebook of the assignment, and all other pieces."""
    candidates, others = defaultdict(list), []
    for piece in pieces:
        found = recogniser(piece) if piece.is_notebook else None
        if found is not None and found.name:
            candidates[found.name].append(piece)
            continue
        others.append(piece)
        if found is not None:
            why = f" ({found.problem})" if not found.readable else ""
            name = for_terminal("/".join(piece.parts))
            made.notes.append(f"{name} is no notebook of the assignment{why}: kept as it is")
    chosen = {}
    for name, rivals in candidates.items():
        rivals.sort(key=lambda piece: _rank(piece, recogniser))
        first, *rest = rivals
        chosen[name] = first
        for piece in rest:
            if piece.content.read_bytes() != first.content.read_bytes():
                others.append(piece)
                used, kept = ("/".join(each.parts) for each in (first, piece))
                made.problems.append(
                    for_terminal(f"{name} is there twice: {used} counts, {kept} is kept beside it")
                )
    _say_how(made, chosen, recogniser)
    return chosen, others


def _rank(piece: Piece, recogniser) -> tuple:
    found = recogniser(piece)
    return (
        not found.readable,
        bool(found.problem),
        RANK.index(found.by),
        len(piece.parts),
        piece.parts,
    )


def _say_how(made: Submission, chosen: dict[str, Piece], recogniser) -> None:
    """Say which files had other names, and what is wrong with those that count."""
    renamed = defaultdict(list)
    for name, piece in chosen.items():
        found = recogniser(piece)
        if found.problem:
            made.problems.append(f"{for_terminal(piece.name)} {found.problem}")
        if piece.name != f"{name}.ipynb":
            renamed[found.by == "cells"].append(for_terminal(f"{piece.name} is {name}"))
    for by_cells, which in renamed.items():
        by = "cells" if by_cells else "name"
        its = f"its {by}" if len(which) == 1 else f"their {by.rstrip('s')}s"
        made.notes.append(f"{', '.join(which)}, by {its}")


def digest(files: dict[tuple[str, ...], Path]) -> str:
    """A SHA-256 over paths and bytes. Raises OSError when a file can't be read."""
    whole = hashlib.sha256()
    for parts in sorted(files):
        with files[parts].open("rb") as file:
            content = hashlib.file_digest(file, "sha256").digest()
        add(whole, "/".join(parts).encode(errors="surrogateescape"))
        add(whole, content)
    return whole.hexdigest()
