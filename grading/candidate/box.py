"""The box that a student's kernel runs in: what it sees, where it may write, how it is started."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import grading
from grading.candidate import bubblewrap, fonts, seccomp
from grading.candidate.kit import copy_kit, let_others_read, shared_kit
from grading.model.limits import Limits
from helpers.messages import FIRST, VARIABLE

INSTALL = "sudo apt-get install bubblewrap"
HOME, WORK = "/home/student", "/home/student/work"
CONNECTION, FONTS = "/connection.json", "/fonts"
# pip finds at once what is installed, and gives up at once where it would need the network.
PIP = {"PIP_RETRIES": "0", "PIP_NO_INPUT": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


@lru_cache(maxsize=1)
def why_no_box() -> str:
    """Why bubblewrap can't make a box on this machine; empty when it can."""
    if sys.platform != "linux":
        return f"bubblewrap needs Linux, this is {sys.platform}"
    if shutil.which("bwrap") is None:
        return f"bubblewrap is not installed ({INSTALL})"
    command = ["bwrap", *bubblewrap.namespaces(), *bubblewrap.system(), "true"]
    tried = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if tried.returncode == 0:
        return ""
    return f"bubblewrap can't make a box here: {tried.stderr.strip() or tried.returncode}"


@dataclass(frozen=True)
class Box:
    """How to start one kernel.

    folder: a scratch folder of the grader's: kit/ (helpers and candidate_kernel; kernels that
    start warm share one), files/ (what is copied into the working folder) and etc/ (its users),
    which the box reads; sockets/, which it does not see. It writes nothing outside of its memory.
    confined: in bubblewrap; else with the limits alone.
    warm: the import statements that its kernel has run when it starts; None for a cold start.
    threads: of its numeric libraries. language: of what students read. provided: the modules that
    the course's own cells import. draws: it may load Matplotlib, so it gets the list of the fonts.
    """

    folder: Path
    limits: Limits
    confined: bool
    warm: tuple[str, ...] | None = None
    threads: int = 1
    language: str = FIRST
    provided: tuple[str, ...] = ()
    draws: bool = False

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
        for folder in ("sockets", "files"):
            (self.folder / folder).mkdir(parents=True, exist_ok=True)
        if self.confined and os.geteuid() == 0:
            let_others_read(self.folder, ("files",) if self._shares_kit else ("kit", "files"))

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
        return {
            **(inside if self.confined else outside),
            **self._fonts,
            "connection": CONNECTION if self.confined else connection_file,
            "limits": bubblewrap.limits(self.limits, self.confined),
            "provided": self.provided,
        }

    @property
    def _fonts(self) -> dict[str, str]:
        """Where the list of the fonts is and where it is copied to; empty where there is none.

        Matplotlib warns where it can't write into the folder, so each kernel has its own copy.
        """
        listed = fonts.shared_fonts() if self.draws else None
        if listed is None:
            return {}
        if self.confined:
            return {"fonts": FONTS, "plots": f"{HOME}/.config/matplotlib"}
        return {"fonts": str(listed), "plots": str(self.folder / "matplotlib")}

    def environment(self) -> dict[str, str]:
        """Every variable that the kernel has."""
        home = HOME if self.confined else str(self.folder / "work")
        own = PIP | {VARIABLE: self.language}
        if self._fonts:
            own[fonts.VARIABLE] = self._fonts["plots"]
        return bubblewrap.environment(home, self.threads) | own

    def python(self) -> list[str]:
        """Python, alone with its own packages: nothing of a user's, nothing of this folder's."""
        kit = "/kit" if self.confined else f"{self.folder}/kit"
        return [sys.executable, "-s", "-P", f"{kit}/candidate_kernel/boot.py"]

    def bubblewrap(self, connection_file: str) -> list[str]:
        """The command that makes the box, up to the program that runs in it."""
        kit = shared_kit() if self._shares_kit else self.folder / "kit"
        return bubblewrap.Room(
            name="candidate",
            user=self.user,
            home=HOME,
            variables={**self.environment(), "JPY_PARENT_PID": "1"},
            megabytes=self.limits.disk_mb,
            shown={
                **bubblewrap.write_users(self.folder / "etc", self.user, HOME),
                str(kit): "/kit",
                f"{self.folder}/files": "/files",
                connection_file: CONNECTION,
                **({str(fonts.shared_fonts()): FONTS} if self._fonts else {}),
            },
            hidden=_private(),
        ).command()

    @property
    def filter(self) -> bytes | None:
        """The system-call filter, None where there is none for this machine."""
        return seccomp.program()


def _private() -> list[str]:
    """What lies inside the interpreter's folders and is the grader's alone: the package grading."""
    package = str(Path(grading.__file__).parent)
    folders = (*bubblewrap.SYSTEM, *bubblewrap.interpreter())
    return [package] if bubblewrap.is_inside(package, folders) else []
