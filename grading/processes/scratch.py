"""Folders for one run each, which leave nothing behind however the run ends."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import psutil

PREFIX = "grading-"
REMOVE = """
import glob, shutil, sys
sys.stdin.read()
for folder in glob.glob(sys.argv[1]):
    shutil.rmtree(folder, ignore_errors=True)
"""
_caretakers: dict[int, subprocess.Popen] = {}  # by process; a fork has one of its own
OWNED = re.compile(rf"{PREFIX}(\d+)-")


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A new folder for the length of the block; those of graders that were killed are removed."""
    sweep()
    _have_it_removed()
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


def abandon() -> NoReturn:
    """End this process whatever its threads are doing; its folders go after it."""
    _have_it_removed()
    os._exit(1)


def _have_it_removed() -> None:
    """Start, once in each process, another one that removes its folders when it has ended.

    No other process can: what runs in a box sees none of these folders.
    """
    owner = os.getpid()
    if owner in _caretakers:
        return
    folders = os.path.join(tempfile.gettempdir(), f"{PREFIX}{owner}-*")
    # Its standard input ends with this process, the only one that holds the other end.
    _caretakers[owner] = subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", REMOVE, folders],
        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip


def _folders() -> Iterator[tuple[Path, int]]:
    for path in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        if owner := OWNED.match(path.name):
            yield path, int(owner[1])
