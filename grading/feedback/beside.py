"""Files that lie beside a notebook and that its text shows: which file is meant by an address."""

from __future__ import annotations

from pathlib import Path

from grading.feedback.pictures import MAX_BYTES, NotShown, Pictures, shown
from grading.intake.beside import Files, own_file, students_files
from grading.intake.files import read_regular
from grading.words import say


def files_of(root: Path, assignment: str, submission: str) -> Files:
    """The files that a student's text means: their own, else what was handed out.

    root: the course folder. So no student is shown a file of the masters that was not released, and
    no marker takes the master's picture for the student's.
    """
    folders = (root / name / submission / assignment for name in ("autograded", "submitted"))
    own = students_files(*folders, root / "source" / assignment)
    released = root / "release" / assignment
    return lambda source: own(source) or own_file(released, source)


def files_in(folder: Path) -> Files:
    """The files in a folder."""
    return lambda source: own_file(folder, source)


def pictures_at(files: Files) -> Pictures:
    """The pictures in files."""

    def picture(source: str) -> str:
        if "://" in source or source.startswith("//"):
            raise NotShown(say("picture_elsewhere"))
        path = files(source)
        if path is None:
            raise NotShown(say("picture_missing"))
        try:
            if path.stat().st_size > MAX_BYTES:
                raise NotShown(say("picture_too_heavy", mb=MAX_BYTES // 10**6))
            return shown(read_regular(path))
        except OSError:  # gone by now
            raise NotShown(say("picture_missing")) from None

    return picture
