"""Folders for one run each, which leave nothing behind however the run ends.

The process that makes a folder holds a lock on a file in it until it ends, by which others know
that the folder is in use. A process id would not tell them: containers and machines that share a
temporary folder give the same ids to other processes.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from filelock import FileLock

PREFIX = "grading-"
LOCK = ".in-use"
# The program that removes a process's folders when that has ended, however it ended. The locks of a
# process that ends are free a moment after its pipe is closed; a folder whose lock stays taken
# belongs to another process with the same id.
CARETAKER = """
import fcntl, glob, os, shutil, sys, time
sys.stdin.read()
for _ in range(50):
    for folder in glob.glob(sys.argv[1]):
        try:
            lock = os.open(os.path.join(folder, sys.argv[2]), os.O_RDWR | os.O_CREAT)
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            continue
        shutil.rmtree(folder, ignore_errors=True)
    if not glob.glob(sys.argv[1]):
        break
    time.sleep(0.1)
"""

_locks: dict[Path, FileLock] = {}  # by the folders that this process has made
_making = threading.Lock()
_caretakers: dict[int, subprocess.Popen] = {}  # by process: a fork has one of its own


@contextmanager
def scratch_folder(parent: Path | None = None) -> Iterator[Path]:
    """A new folder for the length of the block; those of processes that were killed are removed.

    parent: where it is made, by default in the system's temporary folder.
    """
    sweep(parent)
    folder = make_folder(parent)
    try:
        yield folder
    finally:
        remove_folder(folder)


def make_folder(parent: Path | None = None) -> Path:
    """Make a scratch folder that is in use until `remove_folder` or the end of this process."""
    _have_a_caretaker()
    while True:
        with _making:
            folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=parent))
            lock = FileLock(folder / LOCK, thread_local=False)
            try:
                lock.acquire()
            except (FileNotFoundError, FileExistsError):  # a sweep was first and has removed it
                continue
            folder.chmod(0o700)  # where a sweep came still sooner, the lock has made it anew
            _locks[folder] = lock
            return folder


def remove_folder(folder: Path) -> None:
    """Remove a folder that this process has made."""
    shutil.rmtree(folder, ignore_errors=True)
    _locks.pop(folder).release()


def sweep(parent: Path | None = None) -> None:
    """Remove the scratch folders that no process uses any more; `parent` as in `scratch_folder`."""
    for folder in Path(parent or tempfile.gettempdir()).glob(f"{PREFIX}[0-9]*-*"):
        if folder in _locks:
            continue
        try:
            with FileLock(folder / LOCK).acquire(blocking=False):
                shutil.rmtree(folder, ignore_errors=True)
        except OSError:  # it is in use, another user's, no folder, or removed by another sweep
            continue


def abandon() -> NoReturn:
    """End this process whatever its threads are doing; its scratch folders are removed after it."""
    _making.acquire()  # no thread makes another folder from here on
    os._exit(1)


def _have_a_caretaker() -> None:
    """Start, once in each process, another one that removes its folders when it has ended.

    What runs in a box sees none of these folders, so nothing else could. The caretaker's standard
    input ends with this process, which alone holds the other end.
    """
    owner = os.getpid()
    if owner in _caretakers or sys.platform == "win32":
        return
    folders = os.path.join(tempfile.gettempdir(), f"{PREFIX}{owner}-*")
    _caretakers[owner] = subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", CARETAKER, folders, LOCK],
        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
