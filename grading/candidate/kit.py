"""What a kernel sees of the kit: the packages `helpers` and `candidate_kernel`."""

import atexit
import compileall
import os
import shutil
from pathlib import Path
from py_compile import PycInvalidationMode

import candidate_kernel
import helpers
from grading.processes.scratch import make_folder, remove_folder

_shared: dict[int, Path] = {}  # process id → its kit; a forked process makes one of its own


def copy_kit(folder: Path) -> None:
    """Copy the packages into `folder`, which must not hold them yet."""
    skip = shutil.ignore_patterns("__pycache__")
    for package in (helpers, candidate_kernel):
        source = Path(package.__file__).parent
        shutil.copytree(source, folder / source.name, ignore=skip)


def shared_kit() -> Path:
    """The kit of all the boxes that this process makes, compiled; they see it read-only.

    The folder that it stands in is removed when this process ends, by it or, if it is killed, by
    the fork servers that it has started.
    """
    owner = os.getpid()
    if owner not in _shared:
        folder = make_folder()
        copy_kit(folder / "kit")
        compileall.compile_dir(
            folder / "kit", quiet=2, invalidation_mode=PycInvalidationMode.UNCHECKED_HASH
        )
        if os.geteuid() == 0:
            folder.chmod(0o755)
            let_others_read(folder, ("kit",))
        _shared[owner] = folder / "kit"
        atexit.register(_remove, owner)
    return _shared[owner]


def _remove(owner: int) -> None:
    if os.getpid() == owner:
        remove_folder(_shared.pop(owner).parent)


def let_others_read(folder: Path, names: tuple[str, ...]) -> None:
    """Let every user read the files and folders `names` in `folder`, as the user of a box must.

    Under a strict umask only root could.
    """
    for name in names:
        for path in (folder / name, *(folder / name).rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)
