"""What instructors download: hand-ins of the tiny course in archives named as platforms do."""

from __future__ import annotations

import io
import json
import os
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import nbformat
import tiny

from grading.collecting.collect import collect

FRIDAY = datetime(2026, 11, 20, 18, 0, 0, tzinfo=UTC)
SATURDAY = datetime(2026, 11, 21, 9, 30, 0, tzinfo=UTC)
PAIR = ("20210001", "2021-0002")
BOTH = {"1_square.ipynb", "2_name.ipynb", "timestamp.txt"}


def notebook(name: str = "1_square", ids: tuple[str, ...] = (), mark: str = "") -> bytes:
    """A solved notebook; `ids` in an identity cell; `mark` makes it differ from others."""
    node = tiny.solved(name)
    if ids:
        lines = [f'carne_{number} = "{each}"' for number, each in enumerate(ids, 1)]
        node.cells.insert(1, nbformat.v4.new_code_cell("\n".join(lines), id="who"))
    if mark:
        node.cells.append(nbformat.v4.new_markdown_cell(mark, id="mark"))
    return nbformat.writes(node).encode()


def notebooks(ids: tuple[str, ...] = (), mark: str = "") -> dict[str, bytes]:
    """Both notebooks of the tiny course; the first has the identity cell, as in lab 3."""
    return {
        "1_square.ipynb": notebook("1_square", ids, mark),
        "2_name.ipynb": notebook("2_name"),
    }


def archive(files: dict[str, bytes], time: datetime = FRIDAY) -> bytes:
    """A zip of `files`, each changed at `time` on this machine's clock, as platforms write it."""
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            info = zipfile.ZipInfo(name, time.astimezone().timetuple()[:6])
            info.compress_type = zipfile.ZIP_DEFLATED
            made.writestr(info, content)
    return raw.getvalue()


def hand_in(students: tuple[str, str], files: dict[str, bytes] | None = None, **kinds) -> bytes:
    """What helpers.entrega writes: the notebooks and a manifest."""
    manifest = {"version": 1, "assignment": tiny.ASSIGNMENT, "students": list(students)}
    manifest |= {"time": "2020-01-01T00:00:00+00:00", "warnings": []}
    whole = (files or notebooks(students)) | {"entrega.json": json.dumps(manifest).encode()}
    return archive(whole, **kinds)


def blackboard(work: str, *attempts: tuple, word: str = "attempt") -> dict[str, bytes]:
    """Blackboard's *Assignment File Download*: of each attempt its files, and a note in words.

    attempts: user name, person, time as 2026-11-20-23-59-59, name → content.
    """
    made = {}
    for user, person, time, files in attempts:
        begin = f"{work}_{user}_{word}_{time}"
        listed = "".join(
            f"\tOriginal filename: {name}\n\tFilename: {begin}_{name}\n\n" for name in files
        )
        note = f"Name: {person} ({user})\nAssignment: {work}\nDate Submitted: {time}\n"
        note += f"Current Grade: Not Graded Yet\n\nComments:\nName: Otro (otro)\n\nFiles:\n{listed}"
        made[f"{begin}.txt"] = note.encode()
        made |= {f"{begin}_{name}": content for name, content in files.items()}
    return made


def brightspace(*folders: tuple[str, str, dict[str, bytes]]) -> dict[str, bytes]:
    """Brightspace's *Download* of submissions. folders: person, date, name → content."""
    made = {"index.html": b"<html><body>Lab 3</body></html>"}
    for person, date, files in folders:
        folder = f"27236-46025 - {person} - {date}"  # it writes the same numbers for all
        made |= {f"{folder}/{name}": content for name, content in files.items()}
    return made


def gradescope(*submissions: tuple[list[tuple], str, dict[str, bytes]]) -> dict[str, bytes]:
    """Gradescope's *Export Submissions*. submissions: of each student name, id and address; time;
    name → content."""
    lines, made = ["---"], {}
    for number, (students, time, files) in enumerate(submissions, 216975964):
        lines += [f"submission_{number}:", "  :submitters:"]
        for name, sid, email in students:
            lines += [f"  - :name: {name}", f"    :sid: {sid}", f"    :email: {email}"]
        lines += [f"  :created_at: {time}", "  :score: 0.0", "  :results:", "    tests: []"]
        made |= {f"submission_{number}/{name}": content for name, content in files.items()}
    return made | {"submission_metadata.yml": "\n".join(lines).encode()}


def put(folder: Path, name: str, content: bytes, time: datetime = FRIDAY) -> Path:
    """A file of an inbox, changed at `time`."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (time.timestamp(), time.timestamp()))
    return path


def files_in(folder: Path) -> dict[str, bytes]:
    """Path → content of everything in a folder that is no folder itself."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if not path.is_dir()
    }


def collected(course, inbox, **how):
    return collect(course.assignment(tiny.ASSIGNMENT), inbox, **how)


def stored(course, student):
    return files_in(course.submitted / student / tiny.ASSIGNMENT)


def fates(result):
    return [(row.submission.student, str(row.fate)) for row in result.rows]


def problems(result):
    return [text for row in result.rows for text in row.submission.problems] + result.problems


def notes(result):
    return [text for row in result.rows for text in row.submission.notes]
