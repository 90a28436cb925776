"""The files beside a notebook: the master's own, and what of a student's may come along."""

import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator
from fnmatch import fnmatch
from importlib.machinery import all_suffixes
from pathlib import Path, PurePosixPath

from grading.model.limits import Limits
from grading.text import composed, printable

NOTEBOOKS = "*.ipynb"
SAME = "its name, but for how its accents are stored, is the same"
# What code has in it that runs, reads or imports a notebook.
NAMES_NOTEBOOKS = re.compile(r"ipynb|nbformat|nbimporter|importnb")
MAX_FOLDERS = 30  # in one another; programs that call themselves for each end at a thousand


def master_files(folder: Path, ignore: list[str]) -> dict[str, bytes]:
    """Path, composed → content of every file of a master's folder but notebooks and what `ignore`
    names."""
    paths, _ = _walk(folder, [*ignore, NOTEBOOKS])
    paths = _composed(paths, {})
    return {name: path.read_bytes() for name, path in paths.items()}


def names_notebooks(cells: Iterable[str], files: dict[str, bytes]) -> bool:
    """Whether the code of a notebook (`cells`) or of the modules among `files` uses notebooks."""
    modules = (raw.decode("utf-8", "replace") for name, raw in files.items() if name[-3:] == ".py")
    return any(NAMES_NOTEBOOKS.search(source) for source in (*cells, *modules))


def submitted_files(
    folder: Path,
    ignore: list[str],
    limits: Limits,
    read: Callable[[Path], bytes],
    notebooks: bool = False,
) -> tuple[dict[str, bytes], dict[str, str]]:
    """The regular files of a submission, path → content, and the others, path → why left out.

    The paths of the first are composed. Of files whose names differ in nothing else one is taken.
    Nothing is followed out of the folder: no link, no device, no pipe. read: gives a file's bytes.
    notebooks: whether those that were handed in come along, after all other files.
    """
    paths, refused = _walk(folder, ignore if notebooks else [*ignore, NOTEBOOKS])
    paths = _composed(paths, refused)
    files, left = {}, limits.disk_mb * 2**20 // 2  # the other half is for what the notebook writes
    for name, path in sorted(paths.items(), key=lambda item: fnmatch(item[0], NOTEBOOKS)):
        size = path.lstat().st_size
        if size > limits.file_mb * 2**20:
            refused[name] = f"left out: over {limits.file_mb} MB"
        elif size > left:
            refused[name] = f"left out: all files together are over {limits.disk_mb // 2} MB"
        elif len(files) >= limits.files:
            refused[name] = f"left out: more than {limits.files} files"
        else:
            files[name] = read(path)
            left -= size
    return files, refused


def notebook_path(folder: Path, name: str) -> Path:
    """The file of a notebook in a submission's folder, whichever way its accents are stored.

    The file of exactly that name comes first. It need not exist.
    """
    exact = folder / f"{name}.ipynb"
    if os.path.lexists(exact) or composed(name).isascii():
        return exact
    alike = (
        path for path in sorted(folder.glob(NOTEBOOKS)) if composed(path.stem) == composed(name)
    )
    return next(alike, exact)


def twice(folder: Path, name: str) -> dict[str, str]:
    """Notebooks that are named as `name` is but for how accents are stored, and why left out."""
    taken = notebook_path(folder, name)
    return {
        path.name: f"left out: {SAME} as that of another {composed(path.name)}"
        for path in folder.glob(NOTEBOOKS)
        if path != taken and composed(path.stem) == composed(name)
    }


def clashes(names: set[str], provided: set[str]) -> set[str]:
    """Of a submission's paths those that would stand in the way of the master's files.

    They have a file where the master has a folder, or the reverse, or Python would import them in
    place of a module of the master's: a folder plots/ comes before plots.py.
    """
    folders = {str(above) for name in provided for above in PurePosixPath(name).parents}
    modules = {module for name in provided for module in _modules(name)}
    return {
        name
        for name in names
        if name in folders
        or not provided.isdisjoint(map(str, PurePosixPath(name).parents))
        or (name not in provided and not modules.isdisjoint(_modules(name)[:1]))
    }


def _modules(name: str) -> list[str]:
    """What Python can import of a file: its module, as a path without an end, and the packages
    that this is in; nothing where the file is no module."""
    path = PurePosixPath(name)
    stems = [path.name.removesuffix(end) for end in all_suffixes() if path.name.endswith(end)]
    if not stems:
        return []
    stem = min(stems, key=len)
    module = path.parent if stem == "__init__" else path.parent / stem
    return [str(each) for each in (module, *module.parents)][:-1]


def walk(folder: Path) -> Iterator[tuple[str, list[str], list[str], list[str]]]:
    """As os.walk, down to a limit: folder, the folders and files in it, folders not entered."""
    for parent, folders, names in os.walk(folder):
        left = []
        if len(Path(parent).relative_to(folder).parts) >= MAX_FOLDERS:
            left, folders[:] = list(folders), []
        yield parent, folders, names, left


def unfit(folder: Path, limits: Limits) -> list[Path]:
    """Everything below `folder` that must not be copied: what is neither a folder nor a regular
    file, what is too large (a file may claim a terabyte and take no space) and what lies too deep.
    """
    left_out, left = [], limits.disk_mb * 2**20
    for parent, folders, names, deep in walk(folder):
        left_out += [Path(parent, name) for name in deep]
        paths = [Path(parent, name) for name in (*folders, *names)]
        for path in sorted(paths):
            size = path.lstat().st_size
            if _kind(path) == "a folder":
                continue
            if _kind(path) or size > min(left, limits.file_mb * 2**20):
                left_out.append(path)
            else:
                left -= size
    return left_out


def _walk(folder: Path, ignore: list[str]) -> tuple[dict[str, Path], dict[str, str]]:
    paths, refused = {}, {}
    for parent, folders, names, deep in walk(folder):
        for name in deep:
            relative = printable(Path(parent, name).relative_to(folder).as_posix())
            refused[relative] = f"left out: over {MAX_FOLDERS} folders in one another"
        linked = [name for name in folders if _kind(Path(parent, name)) != "a folder"]
        folders[:] = sorted(set(folders) - set(linked) - _ignored(folders, ignore))
        for name in sorted({*names, *linked} - _ignored([*names, *linked], ignore)):
            path = Path(parent, name)
            relative = path.relative_to(folder).as_posix()
            if kind := _kind(path):
                refused[printable(relative)] = f"left out: it is {kind}, not a file"
            elif printable(relative) != relative:
                refused[printable(relative)] = "left out: its name is not valid text"
            else:
                paths[relative] = path
    return paths, refused


def _composed(paths: dict[str, Path], refused: dict[str, str]) -> dict[str, Path]:
    """The same files under composed paths; one that comes to the same path twice is refused."""
    kept = {}
    for name in sorted(paths, key=lambda name: (name != composed(name), name)):
        if composed(name) in kept:
            refused[name] = f"left out: {SAME} as that of another {composed(name)}"
        else:
            kept[composed(name)] = paths[name]
    return dict(sorted(kept.items()))


def _ignored(names: list[str], patterns: list[str]) -> set[str]:
    return {name for name in names if any(fnmatch(name, pattern) for pattern in patterns)}


def _kind(path: Path) -> str:
    """What a path is, in words; empty for a regular file."""
    mode = path.lstat().st_mode
    if stat.S_ISREG(mode):
        return ""
    if stat.S_ISDIR(mode):
        return "a folder"
    return "a link" if stat.S_ISLNK(mode) else "a device, pipe or socket"


def read_regular(path: Path) -> bytes:
    """The content of a regular file. Raises OSError where a link stands in its place by now."""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(handle, "rb") as file:
        return file.read()
