"""What the kit and its packages are: other code may give other marks."""

from __future__ import annotations

import hashlib
import platform
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import grading

PACKAGES = ("ipykernel", "ipython", "matplotlib", "msgpack", "nbclient", "nbgrader", "numpy",
            "pandas", "scipy", "torch", "tqdm")  # fmt: skip

# Rooms and files of the kit that decide no outcome: a class need not run again for them.
AROUND = ("batch", "checking", "cluster", "collecting", "commands", "feedback", "pages",
          "people", "reporting", "cli.py", "__main__.py")  # fmt: skip


@lru_cache(maxsize=1)
def code_parts() -> dict[str, str]:
    """What notebooks are graded by, part by part: digests of code, versions in plain text."""
    import helpers

    parts = {"the kit's code": _digest(grading, AROUND), "helpers": _digest(helpers)}
    parts["python"] = platform.python_version()
    return parts | package_versions()


def code_digest() -> str:
    """SHA-256 over the code that decides outcomes and the versions of what notebooks compute
    with."""
    return digest_of(code_parts())


def digest_of(parts: dict[str, str]) -> str:
    """SHA-256 over named parts, whatever their order."""
    digest = hashlib.sha256()
    for name in sorted(parts):
        add(digest, name.encode())
        add(digest, parts[name].encode())
    return digest.hexdigest()


def package_versions() -> dict[str, str]:
    """What is installed of PACKAGES; "none" for what is not."""
    return {package: _version(package) for package in PACKAGES}


def add(digest, data: bytes) -> None:
    """Add data and its length, so that moving bytes from one part to the next changes the sum."""
    digest.update(len(data).to_bytes(8, "big"))
    digest.update(data)


def code_files(package, without: tuple[str, ...] = ()) -> list[Path]:
    """The Python files of a package, but for some of its folders and files."""
    folder = Path(package.__file__).parent
    paths = sorted(folder.rglob("*.py"))
    return [path for path in paths if path.relative_to(folder).parts[0] not in without]


def _digest(package, without: tuple[str, ...] = ()) -> str:
    digest, folder = hashlib.sha256(), Path(package.__file__).parent
    for path in code_files(package, without):
        add(digest, path.relative_to(folder).as_posix().encode())
        add(digest, path.read_bytes())
    return digest.hexdigest()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:  # a course need not use all of them
        return "none"
