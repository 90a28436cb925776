"""What an instructor downloaded, as one tree: folders and files, archives opened."""

import os
import stat
from datetime import UTC, datetime
from pathlib import Path

from grading.collecting.archives import Unpacking
from grading.collecting.paths import Unsafe, is_junk, safe_parts
from grading.collecting.tree import Folder, Piece
from grading.course import Course, CourseError
from grading.intake.files import MAX_FOLDERS


def require_inbox(course: Course, inbox: Path) -> Path:
    """The full path of an inbox. Raises CourseError for a folder that can't be one or is empty."""
    if not inbox.exists():
        raise CourseError(f"No folder {inbox}: download the hand-ins and give their folder.")
    if not inbox.is_dir():
        raise CourseError(f"{inbox} is a file: put it into a folder, and give the folder.")
    inbox, submitted = inbox.resolve(), course.submitted.resolve()
    if submitted == inbox or submitted in inbox.parents or inbox in submitted.parents:
        raise CourseError(
            f"{inbox} holds submitted/ or lies in it: keep downloads in a folder of their own."
        )
    try:
        if not any(True for path in inbox.iterdir() if not is_junk([path.name])):
            raise CourseError(f"{inbox} is empty: put what you downloaded into it.")
    except OSError as error:
        raise CourseError(f"{inbox} could not be read: {error.strerror}.") from error
    return inbox


def read_inbox(inbox: Path, unpacking: Unpacking, ignore: list[str]) -> Folder:
    """Read everything in an inbox, which is never changed. No link is followed.

    ignore: globs of names that are not taken.
    """
    tree = Folder((), _time(inbox.stat()))
    _read(inbox, tree, unpacking, ignore)
    return tree


def _read(path: Path, folder: Folder, unpacking: Unpacking, ignore: list[str]) -> None:
    try:
        entries = sorted(os.scandir(path), key=lambda entry: entry.name)
    except OSError as error:
        folder.refuse(f"it could not be read ({error.strerror})")
        return
    for entry in entries:
        if is_junk([entry.name], ignore):
            continue
        try:
            (name,) = safe_parts(entry.name.replace("\\", "_"))
            status = entry.stat(follow_symlinks=False)
            if stat.S_ISDIR(status.st_mode):
                if len(folder.trail) >= MAX_FOLDERS:
                    raise Unsafe(f"over {MAX_FOLDERS} folders in one another")
                _read(Path(entry), folder.inside(name, _time(status)), unpacking, ignore)
            elif not stat.S_ISREG(status.st_mode):
                raise Unsafe("it is a link or a device, not a file")
            else:
                unpacking.place(folder, Piece((name,), Path(entry), _time(status)))
        except Unsafe as error:
            folder.refuse(f"{error}: left out", entry.name)
        except OSError as error:
            folder.refuse(f"it could not be read ({error.strerror or error})", entry.name)


def _time(status: os.stat_result) -> datetime:
    return datetime.fromtimestamp(int(status.st_mtime), UTC)
