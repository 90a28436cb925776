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
    _sweep()
    folder = tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-")
    try:
        yield Path(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sweep() -> None:
    for path in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        owner = OWNED.match(path.name)
        if owner and not psutil.pid_exists(int(owner[1])):
            shutil.rmtree(path, ignore_errors=True)
