"""Warm starts of kernels: a fork server that has imported their libraries is forked into a box."""

import sys

from grading.candidate import fonts
from grading.candidate.box import HOME, Box
from grading.candidate.bubblewrap import environment
from grading.candidate.holder import dropped
from grading.candidate.kit import shared_kit
from grading.processes.fork_servers import ForkServer, ForkServers


class _KernelForkServer(ForkServer):
    """It runs `candidate_kernel.fork_server` and holds nothing that a kernel may not see."""

    def __init__(self, imports: tuple[str, ...]):
        kit = shared_kit()
        command = [sys.executable, "-s", "-P", f"{kit}/candidate_kernel/fork_server.py"]
        # A kernel sets this variable before any cell runs; matplotlib reads it when it is imported.
        backend = {"MPLBACKEND": "module://matplotlib_inline.backend_inline"}
        variables = environment(str(kit.parent / "home"))
        listed = fonts.shared_fonts() if fonts.may_draw(imports) else None
        if listed is not None:
            variables[fonts.VARIABLE] = str(listed)
        super().__init__(command, {**variables, **backend}, imports)


_fork_servers = ForkServers(_KernelForkServer)


def start_in(box: Box, namespaces: list[int], settings: dict, sockets: dict[int, int]) -> int:
    """Start a kernel in a box that is held open; returns its pidfd.

    namespaces: descriptors of the box's, see `grading.candidate.holder.held_open`. sockets: port →
    descriptor. Raises ColdStart when that can't be done here.
    """
    request = {
        **settings,
        **dropped(box.user),
        "ports": [str(port) for port in sockets],
        "environment": {**box.environment(), "JPY_PARENT_PID": "1", "PWD": HOME},
    }
    return _fork_servers.fork(box.warm, request, [*sockets.values(), *namespaces])
