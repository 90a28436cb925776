"""Gradescope's `submission_metadata.yml`: whose each folder of an export is, and when it came.

*Export Submissions* makes one archive, with a folder `submission_NUMBER` for each active submission
and this file at its root: `submission_NUMBER:` → `:submitters:` (of a group, all: `:name:`,
`:sid:`, `:email:`), `:created_at:` (2026-11-20 18:00:00.123456789 Z) and results. Provenance reads
the same file (https://github.com/itsgeagle/provenance-gradescope-gateway).
"""

import re
from datetime import UTC, datetime
from typing import NamedTuple

import yaml

from grading.collecting.naming import plain
from grading.collecting.tree import Folder

METADATA = "submission_metadata.yml"
MOST_BYTES = 20_000_000  # it holds the results of all tests of all students
MOST_STUDENTS = 20  # in one group
TIME = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.\d+)?\s*(Z|UTC|[+-]\d\d:?\d\d)?")
# The loader without tags: every value is a text, a list or a dictionary, so that a number keeps its
# zeros, and nothing in the file can make an object.
LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class Group(NamedTuple):
    """Those who handed in together. names, users: as Gradescope knows them; ids: fit for folders.

    time: when, with its zone; None where it is not told.
    """

    names: list[str]
    users: list[str]
    ids: list[str]
    time: datetime | None


def read_submitters(folder: Folder) -> dict[str, Group]:
    """Who handed in each folder of an export: the folder's name → `Group`.

    folder: the one with `submission_metadata.yml`. Adds to its problems where that can't be read,
    and then is empty.
    """
    path = folder.files[METADATA].content
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ValueError(f"it is over {MOST_BYTES // 10**6} MB")
        with path.open("rb") as file:
            content = yaml.load(file, Loader=LOADER)  # noqa: S506 - without tags, see LOADER
        if not isinstance(content, dict):
            raise ValueError("it is no table of submissions")
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        why = (str(error).splitlines() or [type(error).__name__])[0]
        folder.refuse(f"it could not be read ({why:.80}): export again", METADATA)
        return {}
    found = {name: _group(content.get(name)) for name in folder.folders}
    return {name: group for name, group in found.items() if group is not None}


def _group(entry: object) -> Group | None:
    entry = entry if isinstance(entry, dict) else {}
    submitters = entry.get(":submitters")
    people = [each for each in submitters if isinstance(each, dict)] if submitters else []
    rows = [[_text(each, key) for key in (":name", ":sid", ":email")] for each in people]
    rows = [row for row in rows[:MOST_STUDENTS] if any(row)]
    if not rows:
        return None
    users = [sid or email or name for name, sid, email in rows]
    ids = [id_ for name, sid, email in rows if (id_ := plain(sid or email.split("@")[0] or name))]
    return Group([name for name, _, _ in rows if name], users, ids, _time(entry))


def _text(entry: dict, key: str) -> str:
    value = entry.get(key)
    return value.strip()[:200] if isinstance(value, str) else ""


def _time(entry: dict) -> datetime | None:
    """When a submission came; without a zone, in UTC, as YAML takes it."""
    parts = TIME.fullmatch(_text(entry, ":created_at"))
    if parts is None:
        return None
    zone = (parts[3] or "Z").replace("UTC", "Z")
    try:
        return datetime.fromisoformat(f"{parts[1]}T{parts[2]}{zone}").astimezone(UTC)
    except (ValueError, OverflowError):
        return None
