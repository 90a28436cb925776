"""Warm starts of kernels: a fork server that has imported their libraries is forked into a box."""

from __future__ import annotations

import os
import sys
from base64 import b64encode

import grading.processes.fork_servers
from candidate_kernel import joining
from grading.candidate.box import HOME, Box, environment
from grading.candidate.kit import shared_kit
from grading.processes.fork_servers import ColdStart, ForkServer, ForkServers

# All that bubblewrap itself runs in such a box. It ends when its standard input does, and that is
# the grader's.
HOLDER = ["cat"]


class _KernelForkServer(ForkServer):
    """It runs `candidate_kernel.fork_server` and holds nothing that a kernel may not see."""

    def __init__(self, imports: tuple[str, ...]):
        kit = shared_kit()
        command = [sys.executable, "-s", "-P", f"{kit}/candidate_kernel/fork_server.py"]
        # A kernel sets this variable before any cell runs; matplotlib reads it when it is imported.
        backend = {"MPLBACKEND": "module://matplotlib_inline.backend_inline"}
        variables = environment(str(kit.parent / "home"))
        super().__init__(command, {**variables, **backend}, imports)


_fork_servers = ForkServers(_KernelForkServer)


def why_cold() -> str:
    """Why kernels can't start warm on this machine; empty when it can be tried."""
    if reason := grading.processes.fork_servers.why_cold():
        return reason
    program = os.stat(os.path.realpath(sys.executable))
    if os.geteuid() != 0 and program.st_uid == os.geteuid():
        # A forked kernel reaches its program outside of the box, as /proc/self/exe; were the
        # program its own user's, the kernel could change it.
        return f"{sys.executable} belongs to the user who grades"
    return ""


def start_in(box: Box, holder: int, settings: dict, sockets: dict[int, int]) -> int:
    """Start a kernel in a box that is there already; returns the kernel's pidfd.

    holder: the id of a process in the box. settings: what `boot` reads, but for its sockets.
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
        return _fork_servers.fork(box.warm, request, [*sockets.values(), *namespaces])
    finally:
        for each in namespaces:
            os.close(each)
