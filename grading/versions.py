"""What the kit and its packages are: other code may give other marks."""

import hashlib
import platform
import re
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from modulefinder import ModuleFinder
from pathlib import Path

import candidate_kernel
import grading
import helpers

PACKAGES = ("greenlet", "ipykernel", "ipython", "matplotlib", "msgpack", "nbclient", "nbgrader",
            "numpy", "pandas", "scipy", "torch", "tqdm")  # fmt: skip

OWN = ("candidate_kernel", "grading", "helpers")
# Where the execution of a Job begins: a worker, and the programs that it starts by their names.
EXECUTION = (
    "grading.execution.worker", "grading.candidate.provisioner", "grading.examiner.__main__",
    "grading.examiner.fork_main", "grading.reference",
)  # fmt: skip
# What else decides what a submission gets back: how it is read, recorded and shown.
RECORD = (
    *EXECUTION, "grading.intake.preparation", "grading.record.recorder", "grading.record.steps",
    "grading.record.exporter", "grading.record.marks_by_hand",
    "grading.people.penalties", "grading.feedback.publish", "grading.feedback.exporter",
)  # fmt: skip


@lru_cache(maxsize=1)
def code_parts() -> dict[str, str]:
    """What notebooks are graded by, part by part: digests of code, versions in plain text."""
    return {
        "the kit's code": _digest(deciding_files(EXECUTION)),
        "helpers": _digest(_files(helpers)),
        "python": platform.python_version(),
        **package_versions(),
    }


def code_digest() -> str:
    """SHA-256 over the code that decides outcomes and the versions of what notebooks compute
    with."""
    return digest_of(code_parts())


def record_digest() -> str:
    """SHA-256 over the code and versions that decide what a submission gets back."""
    return digest_of(code_parts() | {"the kit's code": _digest(deciding_files(RECORD))})


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


def python_series(text: str) -> tuple[int, int]:
    """The first two numbers of a version of Python; (0, 0) for what is no version."""
    found = re.match(r"(\d{1,3})\.(\d{1,3})(?:\D|$)", text)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def add(digest, data: bytes) -> None:
    """Add data and its length, so that moving bytes from one part to the next changes the sum."""
    digest.update(len(data).to_bytes(8, "big"))
    digest.update(data)


@lru_cache(maxsize=2)
def deciding_files(modules: tuple[str, ...]) -> list[Path]:
    """The files of some modules of `grading`, of all that they import, and of `candidate_kernel`.

    A change in any other file can't change what these modules do.
    """
    folder = Path(grading.__file__).parent
    finder = _OwnModules([str(folder.parent)])
    for name in modules:
        finder.import_hook(name)
    files = {Path(module.__file__) for module in finder.modules.values() if module.__file__}
    return sorted({file for file in files if folder in file.parents} | {*_files(candidate_kernel)})


class _OwnModules(ModuleFinder):
    """Looks into the kit's own modules only: where the kit is installed, all others lie beside."""

    def find_module(self, name, path, parent=None):
        if path is None and name not in OWN:
            raise ImportError(name)  # as for a module that is not there, which is passed over
        return super().find_module(name, path, parent)


def _files(package) -> list[Path]:
    return sorted(Path(package.__file__).parent.rglob("*.py"))


def _digest(paths: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        add(digest, path.read_bytes())
    return digest.hexdigest()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:  # a course need not use all of them
        return "none"
