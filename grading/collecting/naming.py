"""What the names of files say: whose they are, where the kit named them, and copies."""

import json
import re
import unicodedata
from collections.abc import Iterable
from pathlib import PurePosixPath

from grading.collecting.paths import RESERVED
from grading.collecting.tree import Folder
from grading.people.roster import ID
from helpers.hand_in import MANIFEST
from helpers.messages import TEXTS

KIT_ID = r"[A-Za-z0-9-]+"
# What the kit writes in the place of an id that is not there, or that was not asked for.
NO_ID = {table[key] for table in TEXTS.values() for key in ("no_id", "plain_name")}
LEAST_ID, MAX_ID, MAX_MANIFEST = 5, 60, 5_000_000
# What browsers, systems and JupyterLab add to the name of a second copy.
COPY = re.compile(
    r"(?:\s*\(\d+\)|[-_ ]+(?:copy|copia|copie)\s*\d*|(?<=\D)-\d{1,2})$|^(?:copy of|copia de)\s+",
    re.IGNORECASE,
)
AGAIN = re.compile(r"-(\d{1,2})$")


def without_copy(stem: str) -> str:
    """A name without what marks a copy: `1_rnn (1)`, `1_rnn-Copy1`, `Copia de 1_rnn`."""
    while (shorter := COPY.sub("", stem).strip()) not in ("", stem):
        stem = shorter
    return stem


def plain(text: str) -> str:
    """A text as an id: its letters without accents, its digits, and hyphens for all else."""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9]+", "-", ascii_text).strip("-")[:MAX_ID].rstrip("-")


def same_students(some: Iterable[str], others: Iterable[str]) -> bool:
    """Whether ids name the same students, in whatever order, case and punctuation."""
    one, other = ({plain(id_).casefold() for id_ in ids} for ids in (some, others))
    return one == other


def why_no_id(text: str) -> str:
    """Why a text can't be the name of a student's folder; empty when it can."""
    if len(text) > MAX_ID:
        return f"it is over {MAX_ID} characters long"
    if not ID.fullmatch(text):
        return "an id has letters, digits, '-', '.' and '_', a letter or digit first"
    if text.split(".")[0].upper() in RESERVED:
        return "Windows reserves that name"
    return ""


def ids_in_kit_name(name: str, assignment: str, asked: int, *, again: bool = False) -> list[str]:
    """The ids in the name that the kit gives a hand-in, LAB_ID_ID.zip; none in another name.

    asked: how many ids the assignment asks for. again: whether Canvas may have put `-1` before the
    ending.
    """
    stem = re.sub(r"\s*\(\d+\)$", "", PurePosixPath(name).stem)
    found = re.fullmatch(rf"{re.escape(assignment)}((?:_{KIT_ID}){{{asked}}})", stem)
    if not found or not asked:
        return []
    *ids, last = found[1].removeprefix("_").split("_")
    if again and len(shorter := AGAIN.sub("", last)) >= LEAST_ID:
        last = shorter  # in a shorter id, `-1` is a part of the id
    return [id_ for id_ in (*ids, last) if id_ not in NO_ID]


def read_manifest(folder: Folder) -> dict | None:
    """The kit's manifest in a folder; None without one, empty when it can't be read."""
    piece = folder.files.get(MANIFEST)
    if piece is None:
        return None
    try:
        if piece.content.stat().st_size > MAX_MANIFEST:
            return {}
        manifest = json.loads(piece.content.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return manifest if isinstance(manifest, dict) else {}


def ids_in_manifest(manifest: dict) -> list[str]:
    """The ids that a manifest names, in its order."""
    students = manifest.get("students")
    texts = students if isinstance(students, list) else []
    return [text.strip() for text in texts[:2] if isinstance(text, str) and text.strip()]
