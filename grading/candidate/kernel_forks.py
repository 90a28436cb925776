"""Kernels that start warm: forked from a process that has imported their libraries, into a box."""

from __future__ import annotations

import os
import sys
from base64 import b64encode

import grading.processes.fork_servers
from candidate_kernel import joining
from grading.candidate.box import HOME, Box, environment
from grading.candidate.kit import shared_kit
from grading.processes.fork_servers import ColdStart, ForkServer, ForkServers

HOLDER = ["cat"]  # all that bubblewrap runs in such a box: it ends when the grader does


class _KernelMaker(ForkServer):
    """A warm process that has nothing but the kit that kernels see."""

    def __init__(self, imports: tuple[str, ...]):
        kit = shared_kit()
        command = [sys.executable, "-s", "-P", f"{kit}/candidate_kernel/fork_server.py"]
        # The kernel sets this one before any cell runs; matplotlib looks when it is imported.
        backend = {"MPLBACKEND": "module://matplotlib_inline.backend_inline"}
        variables = environment(str(kit.parent / "home"))
        super().__init__(command, {**variables, **backend}, imports)


_makers = ForkServers(_KernelMaker)


def why_cold() -> str:
    """Why no kernel can start warm on this machine; empty when it can be tried."""
    if reason := grading.processes.fork_servers.why_cold():
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
    try:
        namespaces = joining.namespaces(holder)
    except OSError as error:
        raise ColdStart(f"the box can't be joined: {error}") from error
    request = {
        **settings,
        "ports": [str(port) for port in sockets],
        "environment": {**box.environment(), "JPY_PARENT_PID": "1", "PWD": HOME},
        "user": box.user if os.geteuid() == 0 else None,
        "filter": b64encode(box.filter).decode() if box.filter else "",
    }
    try:
        return _makers.fork(box.warm, request, [*sockets.values(), *namespaces])
    finally:
        for each in namespaces:
            os.close(each)
