"""A warm process: it has imported what kernels need, and is forked into one new box after another.

python warm.py, with a socket as its standard input. The first message that comes is the import
statements to run, as JSON; each further one asks for a kernel: JSON, and descriptors. It holds
nothing of a master's nor of a submission's, and no thread, event loop or ZeroMQ context, which
would not live on in a fork. It ends when the other end of its socket is closed.
"""

from __future__ import annotations

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
# What is imported along with a library sooner or later.
COMPANIONS = {
    "numpy": ["numpy.ma", "numpy.random"],
    "matplotlib.pyplot": ["matplotlib.backends.backend_agg"],
}
# What comes later, from inside a function, and takes a second: it leaves its filters of warnings.
LATER = {"torch": ["torch._dynamo"]}  # by the first optimiser
LARGEST = 2**16  # bytes of a message
MOST = 32  # descriptors


def begin() -> tuple[socket.socket, list[str]]:
    """The socket that requests come from, and the import statements to begin with."""
    control = socket.socket(fileno=os.dup(0))
    _replace(os.open(os.devnull, os.O_RDONLY), 0)
    return control, json.loads(control.recv(LARGEST))


def load(statements: list[str]) -> None:
    """Run import statements; what can't be imported is the notebook's to find out."""
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
    """Fork for each request. Returns it and its descriptors in the child; None here, in the end."""
    if len(os.listdir("/proc/self/task")) > 1:
        raise SystemExit("a module has started a thread, which would be missing in a fork")
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the children
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
    """Tell the grader that this process is as it should be, by handing over a hold on it."""
    with socket.socket(fileno=status) as announcing:
        held = os.pidfd_open(os.getpid())
        socket.send_fds(announcing, [b"ready"], [held])
        os.close(held)


def draw_anew() -> None:
    """Seed the generators that a fork has inherited: no two kernels draw the same numbers."""
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
    # All of this package that a kernel needs: the folder that it lies in can't be seen in the box.
    from candidate_kernel import boot, bridge, joining  # noqa: F401

    sys.path.remove(folder)
    _load_kernel(statements)
    request = serve(control)
    if request is None:
        shutil.rmtree(os.path.dirname(folder), ignore_errors=True)  # the grader is gone
        return
    settings, (status, *passed) = request
    _become_kernel(boot, joining, settings, status, passed)


def _load_kernel(statements: list[str]) -> None:
    """Import what kernels do by themselves, and what notebooks do, as if this were a kernel."""
    for module in KERNEL:
        importlib.import_module(module)
    # pandas asks whether it is in a notebook, for the widths of its tables.
    builtins.get_ipython = lambda: SimpleNamespace(kernel=None)
    load(statements)
    del builtins.get_ipython


def _become_kernel(boot, joining, settings: dict, status: int, passed: list[int]) -> None:
    """Enter the box, give up every privilege, and run the kernel as `boot` does."""
    count = len(settings["ports"])
    sockets, namespaces = passed[:count], passed[count:]
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
