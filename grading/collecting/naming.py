"""What the names of files say: whose they are, where a platform or the kit named them.

Canvas (lib/content_zipper.rb of canvas-lms): `NAME_USER_UPLOAD_FILE`, `NAME_LATE_USER_UPLOAD_FILE`,
without a name where marking is anonymous; FILE is what the student called it, with `-1`, `-2`
before its ending when it was uploaded again. What was typed in is `NAME_USER_text.html` or
`_link.html`. Moodle (mod/assign/classes/downloader.php): folders of the name
`NAME_NUMBER_assignsubmission_file` (older ones end in `_`), or files that begin so; NAME has no
underscore, and NUMBER is another one in each assignment. Both write the hour of the download into
their archives.
"""

import json
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from grading.collecting.paths import RESERVED
from grading.collecting.tree import Folder
from grading.people.roster import ID
from grading.text import for_terminal
from helpers.entrega import MANIFEST

CANVAS = re.compile(
    r"(?:(?P<name>[^\W\d]\w*?)_(?P<late>LATE_)?(?P<user>\d+)|(?P<late_anon>LATE_)?(?P<anon>anon_[^\W_]+))"
    r"_(?:(?P<upload>\d{2,})_(?P<file>.+)|(?P<typed>text|link)\.html)"
)
MOODLE = re.compile(
    r"(?P<name>[^_]+)(?:_(?P<user>\d+))?_assignsubmission_(?P<kind>[a-z]+)(?:_(?P<file>.*))?"
)
KIT_ID = r"[A-Za-z0-9-]+"
NO_ID = "sin-carne"  # what the kit writes for an id that is not there
LEAST_ID, MAX_ID, MAX_MANIFEST = 5, 60, 5_000_000
# What browsers, systems and JupyterLab add to the name of a second copy.
COPY = re.compile(
    r"(?:\s*\(\d+\)|[-_ ]+(?:copy|copia|copie)\s*\d*|(?<=\D)-\d{1,2})$|^(?:copy of|copia de)\s+",
    re.IGNORECASE,
)
AGAIN = re.compile(r"-(\d{1,2})$")


@dataclass(frozen=True)
class Account:
    """Who handed a file in, as a platform says.

    user: the platform's number of the account. file: the student's own name of the file. upload:
    Canvas's number of the file, which grows with time; 0 where there is none. late: whether Canvas
    says that the file was late.
    """

    platform: str
    name: str
    user: str
    file: str
    upload: int = 0
    late: bool = False

    @property
    def key(self) -> tuple[str, str, str]:
        """The same for all that one account handed in."""
        return self.platform, self.user or self.name, "" if self.user else self.name

    def number(self, assignment: str) -> str:
        """The account without the name, where it has a number: fit to be kept.

        Moodle's numbers and Canvas's anonymous ones are of one assignment only.
        """
        number = f"{self.platform} {self.user or self.name}"
        lasts = self.platform == "Canvas" and not self.user.startswith("anon_")
        return number if lasts else f"{number} in {assignment}"

    @property
    def plain(self) -> str:
        """The account as an id that is a plain file name; empty where nothing of it is one."""
        return plain(f"{self.name} {self.user}")

    def __str__(self) -> str:
        return for_terminal(f"{self.name} {self.user}".strip())


def concerns(number: str, assignment: str) -> bool:
    """Whether the number of an account that was kept says something about an assignment."""
    return " in " not in number or number.endswith(f" in {assignment}")


def account(name: str) -> Account | None:
    """Who a file or folder is from, by the name that Canvas or Moodle gave it; else None."""
    if parts := MOODLE.fullmatch(name):
        return Account("Moodle", parts["name"], parts["user"] or "", parts["file"] or "")
    if parts := CANVAS.fullmatch(name):
        file = parts["file"] or f"{parts['typed']}.html"
        user, late = parts["user"] or parts["anon"], parts["late"] or parts["late_anon"]
        upload = int(parts["upload"] or 0)
        return Account("Canvas", parts["name"] or "", user, file, upload, bool(late))
    return None


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


def ids_in_kit_name(name: str, assignment: str, *, again: bool = False) -> list[str]:
    """The ids in the name that the kit gives a hand-in, LAB_ID_ID.zip; none in another name.

    again: whether Canvas may have put `-1` before the ending.
    """
    stem = re.sub(r"\s*\(\d+\)$", "", PurePosixPath(name).stem)
    ids = re.fullmatch(rf"{re.escape(assignment)}_({KIT_ID})_({KIT_ID})", stem)
    if ids is None:
        return []
    first, second = ids.groups()
    if again and len(shorter := AGAIN.sub("", second)) >= LEAST_ID:
        second = shorter  # in a shorter id, `-1` is a part of the id
    return [id_ for id_ in (first, second) if id_ != NO_ID]


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
