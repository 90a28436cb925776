"""Fork servers, as the grader sees them: processes that are started once and forked per notebook.

Importing torch and pandas takes seconds; forking a process that has imported them takes some
milliseconds. Starting that way is called a warm start, starting from nothing a cold start.
"""

import ast
import atexit
import json
import os
import socket
import subprocess
import threading
from collections import OrderedDict
from collections.abc import Callable
from functools import lru_cache

from grading.source import walk

# Slow to import, and the same wherever they are imported. (tqdm.auto, for one, is not: it looks
# whether it is in a notebook.)
LIBRARIES = ("matplotlib", "numpy", "pandas", "scipy", "torch")
SECONDS = 120  # to import all of them on a busy machine
MOST = 3  # fork servers of each kind at once: each holds its libraries in memory


class ColdStart(Exception):
    """A warm start is not possible here; the text says why."""


class ForkServer:
    """One process that others are forked from.

    command: how to start it; its program is `candidate_kernel.fork_server` or one like it.
    environment: all its variables. imports: the import statements that it runs before any fork.
    """

    def __init__(self, command: list[str], environment: dict[str, str], imports: tuple[str, ...]):
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                command, stdin=theirs, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                env=environment, cwd="/", start_new_session=True,
            )  # fmt: skip
        self._control = ours
        ours.send(json.dumps(imports).encode())

    def fork(self, request: dict, passed: list[int]) -> int:
        """Fork it once; returns the new process's pidfd when that process says that it is ready.

        request: what the new process is told, as JSON. passed: the descriptors that it gets.
        Raises ColdStart when it does not become ready, OSError when the fork server has ended.
        """
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with ours:
            with theirs:
                socket.send_fds(
                    self._control, [json.dumps(request).encode()], [theirs.fileno(), *passed]
                )
            ours.settimeout(SECONDS)
            _, pidfds, _, _ = socket.recv_fds(ours, 16, 1)
        if not pidfds:
            raise ColdStart("the fork server could not start it")
        os.set_inheritable(pidfds[0], False)
        return pidfds[0]

    def is_alive(self) -> bool:
        return self._process.poll() is None

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        self._control.close()


class ForkServers:
    """The fork servers of one kind that this process has started, by what they have imported.

    start: starts one that runs the given import statements.
    """

    def __init__(self, start: Callable[[tuple[str, ...]], ForkServer]):
        self._start = start
        self._forget()
        os.register_at_fork(after_in_child=self._forget)
        atexit.register(self.end)

    def _forget(self) -> None:
        self._lock = threading.Lock()
        self._running: OrderedDict[tuple[str, ...], ForkServer] = OrderedDict()
        self._refused = ""

    def fork(self, imports: tuple[str, ...], request: dict, passed: list[int]) -> int:
        """Fork the server that has run `imports`; see `ForkServer.fork`.

        A server that has ended is started again, once. Where that does not help, this call and all
        later ones raise ColdStart.
        """
        with self._lock:
            for _ in range(2):
                if self._refused:
                    raise ColdStart(self._refused)
                server = self._get(imports)
                try:
                    return server.fork(request, passed)
                except (OSError, ColdStart) as error:
                    self._running.pop(imports).end()
                    why = str(error)
            self._refused = why
            raise ColdStart(why)

    def _get(self, imports: tuple[str, ...]) -> ForkServer:
        if imports not in self._running:
            if len(self._running) == MOST:
                self._running.popitem(last=False)[1].end()
            self._running[imports] = self._start(imports)
        self._running.move_to_end(imports)
        return self._running[imports]

    def end(self) -> None:
        """End all of these fork servers."""
        with self._lock:
            while self._running:
                self._running.popitem()[1].end()


def why_cold() -> str:
    """Why warm starts are not possible on this machine; empty when they can be tried."""
    return "" if hasattr(os, "pidfd_open") else "this system has no descriptors of processes"


@lru_cache(maxsize=64)
def imports_of(sources: tuple[str, ...]) -> tuple[str, ...]:
    """The import statements of cells that a fork server should run, each once and in order.

    sources: the texts of the cells.
    """
    statements = {}
    for source in sources:
        for node in walk(source):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names if _is_slow(alias.name)]
                statements.update(dict.fromkeys(f"import {name}" for name in names))
            elif isinstance(node, ast.ImportFrom) and not node.level and _is_slow(node.module):
                names = ", ".join(alias.name for alias in node.names)
                statements[f"from {node.module} import {names}"] = None
    return tuple(statements)


def _is_slow(module: str) -> bool:
    return module.partition(".")[0] in LIBRARIES
