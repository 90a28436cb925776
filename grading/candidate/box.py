"""The box that a student's kernel runs in: what it sees, where it may write, how it is started."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import grading
from grading.candidate import seccomp
from grading.candidate.kit import copy_kit, let_others_read, shared_kit
from grading.model.limits import Limits

INSTALL = "sudo apt-get install bubblewrap"
SYSTEM = ("/usr", "/etc/alternatives", "/etc/fonts", "/etc/ld.so.cache", "/etc/localtime")
HARDWARE = "/sys/devices/system/cpu"  # torch and NumPy choose their code by it
LEGACY = ("/bin", "/sbin", "/lib", "/lib32", "/lib64")
HOME, WORK = "/home/student", "/home/student/work"
CONNECTION = "/connection.json"
OPEN_FILES = 1024  # each may hold memory that no process is charged for, as a socket does
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")


@lru_cache(maxsize=1)
def why_no_box() -> str:
    """Why bubblewrap can't make a box on this machine; empty when it can."""
    if sys.platform != "linux":
        return f"bubblewrap needs Linux, this is {sys.platform}"
    if shutil.which("bwrap") is None:
        return f"bubblewrap is not installed ({INSTALL})"
    command = ["bwrap", *_namespaces(), *_system(), "true"]
    tried = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if tried.returncode == 0:
        return ""
    return f"bubblewrap can't make a box here: {tried.stderr.strip() or tried.returncode}"


def _namespaces() -> list[str]:
    options = ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts"]
    options += ["--unshare-cgroup-try", "--die-with-parent", "--new-session", "--clearenv"]
    if os.geteuid() == 0:
        # With a user namespace, root's processes would stay root's and escape the limit on
        # processes; setpriv drops to a user of their own instead.
        for capability in ("CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP"):
            options += ["--cap-add", capability]
        return options
    return [*options, "--unshare-user", "--disable-userns"]


def _system() -> list[str]:
    """What every program needs, read-only."""
    options = ["--proc", "/proc", "--dev", "/dev"]
    for path in SYSTEM:
        if os.path.exists(path):
            options += [*_parents(path), "--ro-bind", path, path]
    for path in LEGACY:
        if os.path.islink(path):
            options += ["--symlink", os.readlink(path), path]
        elif os.path.isdir(path):
            options += ["--ro-bind", path, path]
    return options


def _parents(path: str) -> list[str]:
    """Folders above a mount point, which bubblewrap would else make for root alone."""
    above = [str(parent) for parent in reversed(Path(path).parents)][1:]
    return [word for folder in above for word in ("--perms", "0755", "--dir", folder)]


@dataclass(frozen=True)
class Box:
    """How to start one kernel.

    folder: a scratch folder of the grader's: kit/ (helpers and candidate_kernel; boxes of
    warm starts share one), files/ (what is copied into the working folder) and etc/, which the box
    reads; sockets/, which it does not see. The box writes nothing outside of its own memory.
    confined: in bubblewrap; else with the limits alone.
    warm: the import statements that its kernel has run when it starts; None for a cold start.
    threads: of its numeric libraries.
    """

    folder: Path
    limits: Limits
    confined: bool
    warm: tuple[str, ...] | None = None
    threads: int = 1

    @property
    def sockets(self) -> Path:
        return self.folder / "sockets"

    def prepare(self, files: dict[str, bytes]) -> None:
        """Write all that the box reads. files: path inside the working folder → content."""
        if not self._shares_kit:
            copy_kit(self.folder / "kit")
        for name, content in files.items():
            path = self.folder / "files" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        for folder in ("etc", "sockets", "files"):
            (self.folder / folder).mkdir(parents=True, exist_ok=True)
        user = self.user
        (self.folder / "etc/passwd").write_text(f"student:x:{user}:{user}::{HOME}:/bin/sh\n")
        (self.folder / "etc/group").write_text(f"student:x:{user}:\n")
        if self.confined and os.geteuid() == 0:
            names = ("files", "etc") if self._shares_kit else ("kit", "files", "etc")
            let_others_read(self.folder, names)

    @property
    def _shares_kit(self) -> bool:
        return self.confined and self.warm is not None

    @property
    def user(self) -> int:
        """A user id that no other box uses now, so that limits for each user hold for each box."""
        return os.geteuid() or 1_000_000 + os.getpid()

    def settings(self, connection_file: str) -> dict:
        """What `boot` reads: see there."""
        inside = {"kit": "/kit", "files": "/files", "work": WORK}
        outside = {name: str(self.folder / name) for name in ("kit", "files", "work")}
        # A kernel that ends its own notebook's time by computing is stopped by the clock outside.
        limits = {
            "RLIMIT_AS": self.limits.memory_mb * 2**20,
            "RLIMIT_CPU": self.limits.notebook_seconds + 60,
            "RLIMIT_FSIZE": self.limits.file_mb * 2**20,
            "RLIMIT_NPROC": self.limits.processes,
            "RLIMIT_NOFILE": OPEN_FILES,
            "RLIMIT_CORE": 0,
        }
        if not self.confined:
            del limits["RLIMIT_NPROC"]  # it would count the grader's own processes too
        return {
            **(inside if self.confined else outside),
            "connection": CONNECTION if self.confined else connection_file,
            "limits": limits,
        }

    def environment(self) -> dict[str, str]:
        """Every variable that the kernel has. Equal hashes make equal orders in every run."""
        return environment(HOME if self.confined else str(self.folder / "work"), self.threads)

    def python(self) -> list[str]:
        """Python, alone with its own packages: nothing of a user's, nothing of this folder's."""
        kit = "/kit" if self.confined else f"{self.folder}/kit"
        return [sys.executable, "-s", "-P", f"{kit}/candidate_kernel/boot.py"]

    def bubblewrap(self, connection_file: str) -> list[str]:
        """The command that makes the box, up to the program that runs in it."""
        options = [*_namespaces(), "--hostname", "candidate"]
        if os.geteuid() != 0:
            options += ["--uid", str(self.user), "--gid", str(self.user)]
        for name, value in {**self.environment(), "JPY_PARENT_PID": "1"}.items():
            options += ["--setenv", name, value]
        options += _system()
        if os.path.isdir(HARDWARE):
            options += [*_parents(HARDWARE), "--ro-bind", HARDWARE, HARDWARE]
        # Before the interpreter, which may lie inside one of them.
        for path in ("/tmp", "/dev/shm", HOME):
            options += [*_parents(path), "--perms", "1777"]
            options += ["--size", str(self.limits.disk_mb * 2**20), "--tmpfs", path]
        for path in _interpreter():
            options += [*_parents(path), "--ro-bind", path, path]
        for name in ("passwd", "group"):
            options += ["--ro-bind", f"{self.folder}/etc/{name}", f"/etc/{name}"]
        kit = shared_kit() if self._shares_kit else self.folder / "kit"
        options += ["--ro-bind", str(kit), "/kit", "--ro-bind", f"{self.folder}/files", "/files"]
        options += ["--ro-bind", connection_file, CONNECTION]
        for path in _private():
            options += ["--tmpfs", path]
        # An ordinary user's box owns /dev, in memory that nothing limits.
        options += ["--remount-ro", "/dev", "--remount-ro", "/", "--chdir", HOME]
        return ["bwrap", *options, *self._drop()]

    def _drop(self) -> list[str]:
        if os.geteuid() != 0:
            return []
        user = self.user
        return ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups",
                "--inh-caps=-all", "--bounding-set=-all", "--no-new-privs"]  # fmt: skip

    @property
    def filter(self) -> bytes | None:
        """The system-call filter, None where there is none for this machine."""
        return seccomp.program()


def environment(home: str, threads: int = 1) -> dict[str, str]:
    """The variables of a kernel whose home is `home`."""
    return {
        "HOME": home,
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), "/usr/bin", "/bin"]),
        "LANG": "C.UTF-8",
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "IPYTHONDIR": f"{home}/.ipython",
        **dict.fromkeys(THREADS, str(threads)),
    }


def _interpreter() -> list[str]:
    """The environment and its base Python, outermost first, without what /usr holds already."""
    found = {sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix}
    found.add(str(Path(os.path.realpath(sys.executable)).parent.parent))
    return sorted(path for path in found if not _inside(path, ("/usr",)))


def _private() -> list[str]:
    """What lies inside the interpreter's folders and is the grader's alone: this package."""
    package = str(Path(grading.__file__).parent)
    return [package] if _inside(package, (*SYSTEM, *_interpreter())) else []


def _inside(path: str, folders: tuple[str, ...]) -> bool:
    return any(path == folder or path.startswith(f"{folder}/") for folder in folders)
