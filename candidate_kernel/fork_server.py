"""The fork server of kernels: it imports what they need, then forks into one new box after another.

python fork_server.py, with a socket as its standard input. The first message is the import
statements to run, as JSON; each later message asks for one kernel and is JSON with descriptors. The
process holds nothing of a master or of a submission, and no thread, event loop or ZeroMQ context,
because those would not work in a fork. It ends when the other end of its socket is closed.
"""

import builtins
import contextlib
import gc
import importlib
import json
import os
import random
import shutil
import signal
import socket
import sys
import warnings
from base64 import b64decode
from types import SimpleNamespace

from IPython.core.inputtransformer2 import TransformerManager

# What a kernel imports by itself until its first cell has run.
KERNEL = """
    ipykernel.ipkernel ipykernel.kernelapp ipykernel.debugger faulthandler msgpack pdb sqlite3
    encodings.idna encodings.ascii encodings.latin_1 tornado.locks tornado.platform.asyncio
    tornado.queues IPython.core.completerlib IPython.core.debugger IPython.core.logger
    IPython.core.oinspect IPython.core.pylabtools IPython.extensions.storemagic
    IPython.utils.wildcard
""".split()
# Modules that a notebook which uses the library imports sooner or later.
COMPANIONS = {
    "numpy": ["numpy.ma", "numpy.random"],
    "matplotlib.pyplot": ["matplotlib.backends.backend_agg"],
}
# Modules that a library imports later and that take a second, as torch's first optimiser does. They
# change the filters of warnings, which `load` puts back.
LATER = {"torch": ["torch._dynamo"]}
LARGEST = 2**16  # bytes of a message
MOST = 32  # descriptors


def begin() -> tuple[socket.socket, list[str]]:
    """The socket that requests come from, and the import statements to begin with."""
    control = socket.socket(fileno=os.dup(0))
    _replace(os.open(os.devnull, os.O_RDONLY), 0)
    return control, json.loads(control.recv(LARGEST))


def load(statements: list[str]) -> None:
    """Run import statements. One that fails is left out: it will fail in the notebook."""
    for statement in statements:
        with contextlib.suppress(Exception):
            exec(statement, {})
    for library in COMPANIONS.keys() & sys.modules.keys():
        for module in COMPANIONS[library]:
            importlib.import_module(module)
    with warnings.catch_warnings():
        for library in LATER.keys() & sys.modules.keys():
            for module in LATER[library]:
                importlib.import_module(module)
    TransformerManager().transform_cell("0")  # compiles the patterns that read a cell


def serve(control: socket.socket) -> tuple[dict, list[int]] | None:
    """Fork for each request that comes.

    Returns in each child, with its request and descriptors; in this process it returns None when
    the grader has closed the socket.
    """
    if len(os.listdir("/proc/self/task")) > 1:
        raise SystemExit("a module has started a thread, which would be missing in a fork")
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the system removes children that have ended
    gc.collect()
    gc.freeze()
    while True:
        raw, passed, _, _ = socket.recv_fds(control, LARGEST, MOST)
        if not raw:
            return None
        if os.fork() == 0:
            control.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for each in passed:
                os.set_inheritable(each, False)
            return json.loads(raw), passed
        for each in passed:
            os.close(each)


def announce(status: int) -> None:
    """Tell the grader that this process is ready, by sending its pidfd over the socket `status`."""
    with socket.socket(fileno=status) as announcing:
        pidfd = os.pidfd_open(os.getpid())
        socket.send_fds(announcing, [b"ready"], [pidfd])
        os.close(pidfd)


def draw_anew() -> None:
    """Seed the inherited generators, so that no two kernels draw the same numbers."""
    numpy, torch = sys.modules.get("numpy"), sys.modules.get("torch")
    random.seed()
    if numpy is not None:
        numpy.random.seed()
    if torch is not None:
        torch.default_generator.seed()


def main() -> None:
    control, statements = begin()
    folder = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    sys.modules["grading"] = sys.modules["debugpy"] = None  # as in `boot`
    sys.path.insert(0, folder)
    # Imported before the fork, as the folder of this package can't be seen in the box.
    from candidate_kernel import beside, boot, bridge, joining  # noqa: F401

    sys.path.remove(folder)
    _load_kernel(beside, statements)
    request = serve(control)
    if request is None:
        shutil.rmtree(os.path.dirname(folder), ignore_errors=True)  # the grader has ended
        return
    settings, (status, *passed) = request
    _become_kernel(boot, joining, settings, status, passed)


def _load_kernel(beside, statements: list[str]) -> None:
    """Import what kernels and notebooks import, as if this process were a kernel."""
    for module in KERNEL:
        importlib.import_module(module)
    beside.note_loaded()
    # pandas asks whether it is in a notebook, for the widths of its tables.
    builtins.get_ipython = lambda: SimpleNamespace(kernel=None)
    load(statements)
    del builtins.get_ipython


def _become_kernel(boot, joining, settings: dict, status: int, passed: list[int]) -> None:
    """Enter the box, give up every privilege, and run the kernel as `boot` does."""
    count = len(settings["ports"])
    sockets, namespaces = passed[:count], passed[count:]
    joining.be_first_to_go()
    joining.enter(namespaces)
    for each in namespaces:
        os.close(each)
    os.environ.clear()
    os.environ.update(settings["environment"])
    settings["sockets"] = dict(zip(settings["ports"], sockets, strict=True))
    importlib.invalidate_caches()
    draw_anew()
    program = settings["filter"]
    joining.drop(settings["user"], b64decode(program) if program else None)
    announce(status)
    boot.run(settings)


def _replace(descriptor: int, number: int) -> None:
    os.dup2(descriptor, number)
    os.close(descriptor)


if __name__ == "__main__":
    main()
