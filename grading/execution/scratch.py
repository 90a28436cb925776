"""Folders for one run each, which leave nothing behind however the run ends."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

PREFIX = "grading-"
OWNED = re.compile(rf"{PREFIX}(\d+)-")


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A new folder for the length of the block; those of graders that were killed are removed."""
    sweep()
    folder = tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-")
    try:
        yield Path(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sweep() -> None:
    """Remove the folders of graders that were killed."""
    for path, owner in _folders():
        if not psutil.pid_exists(owner):
            shutil.rmtree(path, ignore_errors=True)


def abandon() -> None:
    """Remove this process's own folders, before it ends without leaving their blocks."""
    for path, owner in _folders():
        if owner == os.getpid():
            shutil.rmtree(path, ignore_errors=True)


def _folders() -> Iterator[tuple[Path, int]]:
    for path in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        if owner := OWNED.match(path.name):
            yield path, int(owner[1])
