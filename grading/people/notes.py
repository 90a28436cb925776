"""What an instructor should look at before trusting whose a submission is."""

import re
import stat
from collections.abc import Container, Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from grading.course import Assignment
from grading.intake.identity import assigned_ids
from grading.intake.reading import MAX_FILE, STAMP, Unreadable, read_notebook
from grading.masters.settings import identity_of
from grading.model.summary import load
from grading.people.clock import oddity
from grading.people.lateness import handed_in
from grading.people.pairs import BETWEEN, members
from grading.people.roster import FILE, ID, ID_RULE, read_students
from grading.text import for_terminal

SHOWN = 10
NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9-]")  # left out of the name of a hand-in's file


def notes(assignment: Assignment) -> list[str]:
    """Sentences about ids that do not fit and students without a submission; they change no mark.

    Raises CourseError when students.csv can't be read.
    """
    students, sentences = read_students(assignment.course), []
    whose: dict[str, list[str]] = {}
    for name in assignment.submissions():
        ids = members(name, students)
        for id_ in ids:
            whose.setdefault(id_, []).append(name)
        sentences += _about_ids(name, ids, students)
        sentences += _about_identity(assignment, name, ids)
        sentences += _about_time(assignment, name)
    for id_, names in sorted(whose.items()):
        if len(names) > 1:
            sentences.append(
                f"{id_} is in {len(names)} submissions, the later counts: {_list(names)}"
            )
    if absent := [id_ for id_ in students if id_ not in whose]:
        count = f"{len(absent)} of the {len(students)} students in {FILE}"
        sentences.append(f"{count} have no submission: {_list(absent)}")
    return [for_terminal(sentence) for sentence in sentences]


def _about_ids(name: str, ids: list[str], students: Container[str]) -> Iterator[str]:
    """What is odd about the ids in the name of a folder."""
    if len(ids) > 2:
        yield f"{name}: {len(ids)} ids in the name of its folder; a pair is ID{BETWEEN}ID"
    elif name not in (BETWEEN.join(ids), *ids):
        yield f"{name}: an id is empty or stands twice in the name of its folder"
    for id_ in ids:
        if not ID.fullmatch(id_):
            yield f"{name}: {id_!r} is no id: {ID_RULE}"
        elif students and id_ not in students:
            yield f"{name}: {id_} is not in {FILE}"


def _about_time(assignment: Assignment, name: str) -> Iterator[str]:
    """What is odd about the time at which a submission came."""
    path = assignment.submitted(name) / STAMP
    if not path.exists():
        return
    came = handed_in(assignment, name)
    if came is None:
        yield f"{name}: its {STAMP} is no time, so nobody knows whether it is late"
        return
    text = path.read_text("utf-8").strip()
    time, _, zone = text.rpartition(" ")
    try:
        odd = "/" in zone and oddity(datetime.fromisoformat(time), ZoneInfo(zone))
    except (OSError, ValueError, LookupError):
        return  # nbgrader brings zones of its own: it can know one that this system does not
    if odd:
        taken = f"taken for {came:%Y-%m-%d %H:%M} UTC; write the time in UTC if it is another"
        yield f"{name}: its {STAMP} says {text}, an hour that {odd} there: {taken}"


def _about_identity(assignment: Assignment, name: str, ids: list[str]) -> Iterator[str]:
    """Notebooks whose identity cell says something else than the folder, if it says anything."""
    for notebook, written in _identities(assignment, name):
        if written and set(map(_plain, written)) != set(map(_plain, ids)):
            yield f"{name}: {notebook} says that it is of {' and '.join(written)}"


def _identities(assignment: Assignment, name: str) -> Iterator[tuple[str, list[str]]]:
    """The ids that each notebook of a submission assigns: as they were when it was graded."""
    summary = load(assignment, name)
    known = {row.notebook: row.ids for row in summary.notebooks} if summary else {}
    for path in sorted(assignment.submitted(name).glob("*.ipynb")):
        ids = known.get(path.stem)
        yield path.name, _ids_in(path, assignment) if ids is None else ids


def _ids_in(path: Path, assignment: Assignment) -> list[str]:
    """The ids that a submitted notebook assigns; none when it can't be read."""
    try:
        status = path.lstat()
        if not stat.S_ISREG(status.st_mode) or status.st_size > MAX_FILE:
            return []
        return assigned_ids(read_notebook(path), identity_of(assignment))
    except (OSError, Unreadable):
        return []  # `run` says what is wrong with it


def _plain(text: str) -> str:
    return NOT_IN_NAMES.sub("", text).casefold()


def _list(names: list[str]) -> str:
    return ", ".join(names[:SHOWN]) + (", …" if len(names) > SHOWN else "")
