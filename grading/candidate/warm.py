"""Kernels that start warm: forked from a process that has imported their libraries, into a box."""

from __future__ import annotations

import fcntl
import os
import sys
from base64 import b64encode

import grading.warm
from grading.candidate.box import Box, environment
from grading.candidate.kit import shared_kit
from grading.warm import ColdStart, WarmProcess, WarmProcesses

HOLDER = ["cat"]  # all that bubblewrap runs in such a box: it ends when the grader does
GET_USER_NAMESPACE = 0xB701  # NS_GET_USERNS, see ioctl_ns(2)
KINDS = ("mnt", "net", "ipc", "uts", "cgroup", "pid")


class _KernelMaker(WarmProcess):
    """A warm process that has nothing but the kit that kernels see."""

    def __init__(self, imports: tuple[str, ...]):
        kit = shared_kit()
        command = [sys.executable, "-s", "-P", f"{kit}/inside/warm.py"]
        # The kernel sets this one before any cell runs; matplotlib looks when it is imported.
        backend = {"MPLBACKEND": "module://matplotlib_inline.backend_inline"}
        variables = environment(str(kit.parent / "home"))
        super().__init__(command, {**variables, **backend}, imports)


_makers = WarmProcesses(_KernelMaker)


def why_cold() -> str:
    """Why no kernel can start warm on this machine; empty when it can be tried."""
    if reason := grading.warm.why_cold():
        return reason
    program = os.stat(os.path.realpath(sys.executable))
    if os.geteuid() != 0 and program.st_uid == os.geteuid():
        # Out of its box a fork still reaches /proc/self/exe, which its owner could change.
        return f"{sys.executable} belongs to the user who grades"
    return ""


def start_in(box: Box, holder: int, settings: dict, sockets: dict[int, int]) -> int:
    """Start a kernel in a box that `holder`, a process of it, keeps open; returns its pidfd.

    sockets: port → descriptor. Raises ColdStart when that can't be done here.
    """
    namespaces = _namespaces(holder)
    request = {
        **settings,
        "ports": [str(port) for port in sockets],
        "environment": {**box.environment(), "JPY_PARENT_PID": "1"},
        "user": box.user if os.geteuid() == 0 else None,
        "filter": b64encode(box.filter).decode() if box.filter else "",
    }
    try:
        return _makers.fork(box.warm, request, [*sockets.values(), *namespaces])
    finally:
        for each in namespaces:
            os.close(each)


def _namespaces(holder: int) -> list[int]:
    """Descriptors of the namespaces to join, in the order in which one gives leave for the next."""
    try:
        found = [_opened(holder, kind) for kind in KINDS]
        if os.geteuid() == 0:
            return found
        # Bubblewrap leaves its program in a second user namespace, which can't make a third.
        outer = fcntl.ioctl(found[0], GET_USER_NAMESPACE)
        inner = _opened(holder, "user")
    except OSError as error:
        raise ColdStart(f"the box can't be joined: {error}") from error
    if os.fstat(outer).st_ino == os.fstat(inner).st_ino:
        os.close(inner)
        return [outer, *found]
    return [outer, *found, inner]


def _opened(process: int, kind: str) -> int:
    return os.open(f"/proc/{process}/ns/{kind}", os.O_RDONLY)
