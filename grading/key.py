"""What a verdict depends on, as one digest."""

from __future__ import annotations

import hashlib
from importlib.metadata import version
from pathlib import Path

import grading
import helpers
from grading.course import CONFIG_FILE, Course

PACKAGES = ("ipykernel", "matplotlib", "nbclient", "nbgrader", "numpy", "pandas", "scipy", "torch")
GENERATED = {"__pycache__", ".ipynb_checkpoints", ".tally"}


def submission_key(course: Course, assignment: str, student: str) -> str:
    """SHA-256 over all that decides a submission's marks.

    The submission's files, the master's folder, the kit's own code, the configuration and the
    versions of the packages that notebooks compute with. Same key, same marks.
    """
    digest = hashlib.sha256()
    folders = [
        course.submitted / student / assignment,
        course.source / assignment,
        Path(grading.__file__).parent,
        Path(helpers.__file__).parent,
    ]
    for folder in folders:
        for path in _files(folder):
            _add(digest, path.relative_to(folder).as_posix().encode(errors="surrogateescape"))
            _add(digest, path.read_bytes())
    _add(digest, (course.root / CONFIG_FILE).read_bytes())
    for package in PACKAGES:
        _add(digest, f"{package} {_version(package)}".encode())
    return digest.hexdigest()


def _files(folder: Path) -> list[Path]:
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file()
        and not path.is_symlink()
        and not GENERATED.intersection(path.relative_to(folder).parts)
    )


def _add(digest, data: bytes) -> None:
    """Add data and its length, so that moving bytes from one file to the next changes the key."""
    digest.update(len(data).to_bytes(8, "big"))
    digest.update(data)


def _version(package: str) -> str:
    try:
        return version(package)
    except ModuleNotFoundError:  # a course need not use all of them
        return "none"
