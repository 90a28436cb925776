"""One hand-in as it is to be stored: whose it is, and each file under its name."""

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from grading.collecting.archives import Ceilings
from grading.collecting.handins import HandIn, student_in_name, without_common_folder
from grading.collecting.naming import (
    ids_in_kit_name,
    ids_in_manifest,
    plain,
    same_students,
    why_no_id,
    without_copy,
)
from grading.collecting.paths import Taken, is_junk
from grading.collecting.recognising import Recogniser
from grading.collecting.tree import Piece
from grading.intake.reading import STAMP
from grading.people.pairs import BETWEEN
from grading.text import for_terminal
from grading.versions import add

EVIDENCE = ["name", "cells", "likeness"]  # for which notebook a file is, the strongest first


@dataclass
class Submission:
    """A hand-in, ready to be stored.

    student: the folder's name, "" where nothing says whose the hand-in is. evidence: what said so.
    files: path → where the bytes are. digest: of paths and bytes. notebooks: names of the
    assignment's notebooks that are there. missing: names of the others. notes: what was done that
    one should know. problems: what somebody should look at.
    """

    hand_in: HandIn
    student: str = ""
    evidence: str = ""
    files: dict[tuple[str, ...], Path] = field(default_factory=dict)
    digest: str = ""
    notebooks: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def submission(
    hand_in: HandIn, assignment: str, recogniser: Recogniser, ceilings: Ceilings, ignore: list[str]
) -> Submission:
    """What a hand-in is stored as. ignore: globs of names that are not taken. Raises OSError."""
    new = Submission(hand_in, problems=list(hand_in.problems))
    pieces = [p for p in hand_in.pieces if not is_junk(p.parts, [*ignore, STAMP])]
    _identify(new, assignment, recogniser, pieces)
    _compare(new, recogniser, pieces)
    of = (hand_in.manifest or {}).get("assignment", assignment)
    if of != assignment:
        new.problems.append(for_terminal(f"its manifest says that it is of {of!r:.80}"))
    _name_files(new, pieces, recogniser, ceilings)
    new.digest = digest(new.files)
    if hand_in.is_late:
        new.notes.append("Canvas says that it was late")
    if not new.notebooks:
        closed = ", ".join(for_terminal(piece.name) for piece in pieces if piece.is_closed)
        unpack = f"; unpack {closed} into a folder" if closed else ""
        new.problems.append(f"it has no notebook of {assignment}{unpack}")
        new.student = ""
    elif new.missing:
        new.problems.append(f"missing: {', '.join(new.missing)}")
    return new


def _identify(new: Submission, assignment: str, recogniser, pieces: list[Piece]) -> None:
    """Set the student, from the first evidence that names one."""
    for evidence, ids in _evidence(new, assignment, recogniser, pieces):
        ids = list({id_.casefold(): id_ for id_ in reversed(ids)}.values())[::-1]
        if not ids:
            continue
        if refused := [(id_, why) for id_ in ids if (why := why_no_id(id_))]:
            id_, why = refused[0]
            new.problems.append(for_terminal(f"{id_[:80]!r} in {evidence} was not used: {why}"))
            continue
        new.student, new.evidence = BETWEEN.join(ids), evidence
        if evidence == "the account" and not new.hand_in.account.ids:
            new.problems.append("no id in it: named after the account that handed it in")
        return
    new.problems.append(
        "nothing in it says whose it is: put it into a folder named after the student's id"
    )


def _compare(new: Submission, recogniser: Recogniser, pieces: list[Piece]) -> None:
    """Say where the manifest, the notebooks and the platform name different students."""
    account = new.hand_in.account
    if new.student and account and account.ids:
        if not same_students(account.ids, new.student.split(BETWEEN)):
            whose = " and ".join(account.ids)
            new.problems.append(for_terminal(f"{account.platform} says that it is of {whose:.80}"))
    manifest = ids_in_manifest(new.hand_in.manifest or {})
    notebooks = dict.fromkeys(recogniser(piece).ids for piece in pieces if piece.is_notebook)
    for ids in filter(None, notebooks) if manifest else ():
        if not same_students(manifest, ids):
            told, other = " and ".join(manifest), " and ".join(ids)
            new.problems.append(
                for_terminal(
                    f"the manifest says that it is of {told:.80}, its notebook of {other:.80}"
                )
            )


def _evidence(
    new: Submission, assignment: str, recogniser: Recogniser, pieces: list[Piece]
) -> Iterator[tuple[str, list[str]]]:
    """What may say whose a hand-in is, and the ids there: first what is meant to say it."""
    hand_in = new.hand_in
    if hand_in.manifest is not None:
        yield "the manifest", ids_in_manifest(hand_in.manifest)
    again = hand_in.account is not None and hand_in.account.platform == "Canvas"
    for name in hand_in.names:
        yield "the file's name", ids_in_kit_name(name, assignment, recogniser.asked, again=again)
    notebooks = [piece for piece in pieces if piece.is_notebook]
    identities = dict.fromkeys(ids for piece in notebooks if (ids := recogniser(piece).ids))
    if len(identities) == 1:
        yield "the identity cell", list(*identities)
    elif identities:
        names = ", ".join("_".join(ids) for ids in identities)
        new.problems.append(for_terminal(f"its notebooks name different students: {names}"))
    if hand_in.loose:
        for piece in notebooks:
            yield "the file's name", student_in_name(piece, recogniser.names)
    elif hand_in.account:
        yield "the account", [*hand_in.account.ids] or list(filter(None, [hand_in.account.plain]))
    else:
        yield "the folder's name", _ids_in_folder_name(hand_in.names[0], assignment)


def _ids_in_folder_name(name: str, assignment: str) -> list[str]:
    """The ids that an instructor gave a folder or archive as its name: of one or of a pair."""
    stem = PurePosixPath(name).stem if name.lower().endswith(".zip") else name
    stem = without_copy(stem)
    if stem.casefold() in (assignment.casefold(), ""):
        return []
    ids = [plain(part) for part in stem.split(BETWEEN)]
    return ids if len(ids) <= 2 and all(ids) else [plain(stem)]


def _name_files(new: Submission, pieces: list[Piece], recogniser, ceilings: Ceilings) -> None:
    """Set the files under the names that they are stored by, as far as the ceilings allow."""
    chosen, others = _choose(new, pieces, recogniser)
    new.notebooks = [name for name in recogniser.names if name in chosen]
    new.missing = [name for name in recogniser.names if name not in chosen]
    taken, left = Taken(), ceilings.bytes
    named = [((f"{name}.ipynb",), chosen[name]) for name in new.notebooks]
    reserved = {f"{name}.ipynb".casefold() for name in recogniser.names}
    for piece in without_common_folder(others, [*chosen.values()]):
        is_reserved = len(piece.parts) == 1 and piece.name.casefold() in reserved
        named.append(((f"{piece.stem} (other).ipynb",) if is_reserved else piece.parts, piece))
    for parts, piece in named:
        size, path = piece.content.stat().st_size, for_terminal("/".join(parts))
        if size > min(left, ceilings.file_bytes) or len(new.files) >= ceilings.entries:
            new.problems.append(f"{path}: too large, or one too many: left out")
        elif not taken.add(parts):
            new.problems.append(f"{path}: a file or folder of that name is there: left out")
        else:
            new.files[parts] = piece.content
            left -= size


def _choose(
    new: Submission, pieces: list[Piece], recogniser: Recogniser
) -> tuple[dict[str, Piece], list[Piece]]:
    """The file for each notebook of the assignment, by the notebook's name, and all other files."""
    candidates, others = defaultdict(list), []
    for piece in pieces:
        recognised = recogniser(piece) if piece.is_notebook else None
        if recognised is not None and recognised.name:
            candidates[recognised.name].append(piece)
            continue
        others.append(piece)
        if recognised is not None:
            why = "" if recognised.readable else f" ({recognised.problem})"
            name = for_terminal("/".join(piece.parts))
            new.notes.append(f"{name} is no notebook of the assignment{why}: kept as it is")
    chosen = {}
    for name, rivals in candidates.items():
        chosen[name], *rest = sorted(rivals, key=lambda piece: _rank(piece, recogniser))
        for piece in rest:
            if piece.content.read_bytes() != chosen[name].content.read_bytes():
                others.append(piece)
                used, kept = ("/".join(each.parts) for each in (chosen[name], piece))
                new.problems.append(
                    for_terminal(f"{name} is there twice: {used} counts, {kept} is kept beside it")
                )
    _explain(new, chosen, recogniser)
    return chosen, others


def _rank(piece: Piece, recogniser: Recogniser) -> tuple:
    """Of several files for one notebook, the one with the least rank counts."""
    recognised = recogniser(piece)
    evidence = EVIDENCE.index(recognised.evidence)
    unreadable, doubtful = not recognised.readable, bool(recognised.problem)
    return unreadable, doubtful, evidence, len(piece.parts), piece.parts


def _explain(new: Submission, chosen: dict[str, Piece], recogniser: Recogniser) -> None:
    """Say which of the chosen files had other names, and what is wrong with each."""
    renamed = defaultdict(list)
    for name, piece in chosen.items():
        recognised = recogniser(piece)
        if recognised.problem:
            new.problems.append(f"{for_terminal(piece.name)} {recognised.problem}")
        if piece.name != f"{name}.ipynb":
            by = "cells" if recognised.evidence == "cells" else "name"
            renamed[by].append(for_terminal(f"{piece.name} is {name}"))
    for by, files in renamed.items():
        its = f"its {by}" if len(files) == 1 else f"their {by.rstrip('s')}s"
        new.notes.append(f"{', '.join(files)}, by {its}")


def digest(files: dict[tuple[str, ...], Path]) -> str:
    """A SHA-256 over paths and bytes. Raises OSError when a file can't be read."""
    whole = hashlib.sha256()
    for parts in sorted(files):
        with files[parts].open("rb") as file:
            content = hashlib.file_digest(file, "sha256").digest()
        add(whole, "/".join(parts).encode(errors="surrogateescape"))
        add(whole, content)
    return whole.hexdigest()
