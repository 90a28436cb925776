"""What a kernel sees of the kit: the packages `helpers` and `candidate_kernel`."""

import atexit
import compileall
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from py_compile import PycInvalidationMode

import candidate_kernel
import helpers
from grading.processes.scratch import make_folder, remove_folder

# Process id and name → a folder that its boxes share; a forked process makes its own.
_shared: dict[tuple[int, str], Path] = {}


def copy_kit(folder: Path) -> None:
    """Copy the packages into `folder`, which must not hold them yet."""
    skip = shutil.ignore_patterns("__pycache__")
    for package in (helpers, candidate_kernel):
        source = Path(package.__file__).parent
        shutil.copytree(source, folder / source.name, ignore=skip)


def shared_kit() -> Path:
    """The kit of all the boxes that this process makes, compiled; they see it read-only."""
    return shared_folder("kit", _compiled_kit)


def _compiled_kit(folder: Path) -> None:
    copy_kit(folder)
    compileall.compile_dir(folder, quiet=2, invalidation_mode=PycInvalidationMode.UNCHECKED_HASH)


def shared_folder(name: str, write: Callable[[Path], None]) -> Path:
    """A folder of that name for all the boxes that this process makes, written once.

    write: makes the folder that it is given. The folder that it stands in is removed when this
    process ends, by it or, if it is killed, by its caretaker and the fork servers that it has
    started.
    """
    key = os.getpid(), name
    if key not in _shared:
        folder = make_folder()
        write(folder / name)
        if os.geteuid() == 0:
            folder.chmod(0o755)
            let_others_read(folder, (name,))
        _shared[key] = folder / name
        atexit.register(_remove, key)
    return _shared[key]


def _remove(key: tuple[int, str]) -> None:
    if os.getpid() == key[0]:
        remove_folder(_shared.pop(key).parent)


def let_others_read(folder: Path, names: tuple[str, ...]) -> None:
    """Let every user read the files and folders `names` in `folder`, as the user of a box must.

    Under a strict umask only root could.
    """
    for name in names:
        for path in (folder / name, *(folder / name).rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)
