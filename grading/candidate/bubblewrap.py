"""What every box of the kit has in common: its namespaces, its file system, its user, its limits.

The options are those of bwrap(1), the limits those of setrlimit(2).
"""

import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from grading.candidate.kit import let_others_read
from grading.model.limits import Limits

SYSTEM = ("/usr", "/etc/alternatives", "/etc/fonts", "/etc/ld.so.cache", "/etc/localtime")
HARDWARE = "/sys/devices/system/cpu"  # torch and NumPy choose their code by it
LEGACY = ("/bin", "/sbin", "/lib", "/lib32", "/lib64")
OPEN_FILES = 1024  # each may hold memory that no process is charged for, as a socket does
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")


@dataclass(frozen=True)
class Room:
    """What one program finds in its box.

    name: of the machine that it believes to be on. user: the id that it runs as. home: its home
    folder; the last part is its user's name. variables: all that its environment holds. shown: what
    it sees read-only besides the system and the interpreter, path outside → path inside. hidden:
    folders in those that are empty for it. megabytes: what fits in its home, in /tmp and in
    /dev/shm, each; it can write nowhere else.
    """

    name: str
    user: int
    home: str
    variables: dict[str, str]
    megabytes: int
    shown: dict[str, str] = field(default_factory=dict)
    hidden: Iterable[str] = ()

    def command(self) -> list[str]:
        """The command that makes the box, up to the program that runs in it."""
        options = [*namespaces(), "--hostname", self.name]
        if os.geteuid() != 0:
            options += ["--uid", str(self.user), "--gid", str(self.user)]
        for name, value in self.variables.items():
            options += ["--setenv", name, value]
        options += system()
        if os.path.isdir(HARDWARE):
            options += _read_only(HARDWARE, HARDWARE)
        # Before the interpreter, which may lie inside one of them.
        for path in ("/tmp", "/dev/shm", self.home):
            options += [*_parents(path), "--perms", "1777"]
            options += ["--size", str(self.megabytes * 2**20), "--tmpfs", path]
        for path in interpreter():
            options += _read_only(path, path)
        for outside, inside in self.shown.items():
            options += _read_only(outside, inside)
        for path in self.hidden:
            options += ["--tmpfs", path]
        # An ordinary user's box owns /dev, in memory that nothing limits.
        options += ["--remount-ro", "/dev", "--remount-ro", "/", "--chdir", self.home]
        return ["bwrap", *options, *_drop(self.user)]


def namespaces() -> list[str]:
    """Everything that the system can part from the host is parted."""
    options = ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts"]
    options += ["--unshare-cgroup-try", "--die-with-parent", "--new-session", "--clearenv"]
    if os.geteuid() == 0:
        # With a user namespace, root's processes would stay root's and escape the limit on
        # processes; setpriv drops to a user of their own instead.
        for capability in ("CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP"):
            options += ["--cap-add", capability]
        return options
    return [*options, "--unshare-user", "--disable-userns"]


def system() -> list[str]:
    """What every program needs, read-only."""
    options = ["--proc", "/proc", "--dev", "/dev"]
    for path in SYSTEM:
        if os.path.exists(path):
            options += _read_only(path, path)
    for path in LEGACY:
        if os.path.islink(path):
            options += ["--symlink", os.readlink(path), path]
        elif os.path.isdir(path):
            options += ["--ro-bind", path, path]
    return options


def write_users(folder: Path, user: int, home: str) -> dict[str, str]:
    """Write the passwd and group files of a box into `folder`; returns what `Room.shown` needs."""
    folder.mkdir(parents=True, exist_ok=True)
    name = Path(home).name
    (folder / "passwd").write_text(f"{name}:x:{user}:{user}::{home}:/bin/sh\n")
    (folder / "group").write_text(f"{name}:x:{user}:\n")
    if os.geteuid() == 0:
        let_others_read(folder.parent, (folder.name,))
    return {str(folder / file): f"/etc/{file}" for file in ("passwd", "group")}


def limits(allowed: Limits, confined: bool) -> dict[str, int]:
    """The limits of the system on each process in a box, by their names in `resource`."""
    by_name = {
        "RLIMIT_AS": allowed.memory_mb * 2**20,
        # Computing for longer than a notebook may take is stopped by the clock outside.
        "RLIMIT_CPU": allowed.notebook_seconds + 60,
        "RLIMIT_FSIZE": allowed.file_mb * 2**20,
        "RLIMIT_NPROC": allowed.processes,
        "RLIMIT_NOFILE": OPEN_FILES,
        "RLIMIT_CORE": 0,
    }
    if not confined:
        del by_name["RLIMIT_NPROC"]  # it would count the grader's own processes too
    return by_name


def environment(home: str, threads: int = 1) -> dict[str, str]:
    """The variables of a Python whose home folder is `home` and whose libraries use `threads`.

    Equal hashes make equal orders in every run.
    """
    return {
        "HOME": home,
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), "/usr/bin", "/bin"]),
        "LANG": "C.UTF-8",
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "IPYTHONDIR": f"{home}/.ipython",
        **dict.fromkeys(THREADS, str(threads)),
    }


def interpreter() -> list[str]:
    """The environment and its base Python, outermost first, without what /usr holds already."""
    folders = {sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix}
    folders.add(str(Path(os.path.realpath(sys.executable)).parent.parent))
    return sorted(path for path in folders if not is_inside(path, ("/usr",)))


def is_inside(path: str, folders: Iterable[str]) -> bool:
    """Whether a path is one of some folders or lies below one."""
    return any(path == folder or path.startswith(f"{folder}/") for folder in folders)


def _read_only(outside: str, inside: str) -> list[str]:
    return [*_parents(inside), "--ro-bind", outside, inside]


def _parents(path: str) -> list[str]:
    """Folders above a mount point, which bubblewrap would else make for root alone."""
    above = [str(parent) for parent in reversed(Path(path).parents)][1:]
    return [word for folder in above for word in ("--perms", "0755", "--dir", folder)]


def _drop(user: int) -> list[str]:
    """The program that gives up root for a user id, where the grader is root."""
    if os.geteuid() != 0:
        return []
    return ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups",
            "--inh-caps=-all", "--bounding-set=-all", "--no-new-privs"]  # fmt: skip
