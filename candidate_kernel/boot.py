"""The first thing that runs in the box: limits, the submission's files, then the kernel.

python boot.py SETTINGS, a JSON object: kit (the folder of `helpers` and this package), files (to
copy), work (where to), connection (the kernel's connection file), sockets (port → the descriptor of
a socket that listens already), limits (RLIMIT_… → a number).
"""

import json
import os
import select
import shutil
import sys


def main() -> None:
    settings = json.loads(sys.argv[1])
    if not _abandoned():
        run(settings)


def run(settings: dict) -> None:
    """Be the kernel from here on."""
    _limit(settings["limits"])
    shutil.copytree(settings["files"], settings["work"])
    os.chdir(settings["work"])
    sys.argv = ["candidate"]
    # The student's folder comes last: what lies there can't stand in for an installed module.
    found = [path for path in sys.path if path != settings["kit"]]
    sys.path[:] = [settings["kit"], *found, settings["work"]]
    sys.modules["grading"] = None  # of use where there is no box: students do not have it
    sys.modules["debugpy"] = None  # the debugger's many modules, which every kernel loads

    import zmq
    from ipykernel.kernelapp import IPKernelApp
    from traitlets.config import Config

    from candidate_kernel.bridge import CandidateKernel

    class App(IPKernelApp):
        """Takes the grader's listening sockets: there is no folder that both sides could write."""

        def parse_command_line(self, argv=None):
            """There is none, and building the parser of all its options takes a while."""

        def _try_bind_socket(self, s, port):
            s.setsockopt(zmq.USE_FD, settings["sockets"][str(port)])
            s.setsockopt(zmq.SNDHWM, 0)  # what the grader has not read yet waits here
            return super()._try_bind_socket(s, port)

        def init_heartbeat(self):
            """Nobody listens to one."""

    app = App.instance(
        kernel_class=CandidateKernel,
        ignore_cwd=True,
        connection_file=settings["connection"],
        log_level="ERROR",
        config=Config({"HistoryManager": {"enabled": False}}),  # no database, no thread for it
    )
    app.initialize()
    app.start()


def _abandoned() -> bool:
    """Whether the grader ended before its box was tied to it: nobody holds the other end."""
    try:
        state = select.poll()
    except AttributeError:  # Windows
        return False
    state.register(0, 0)
    gone = bool(state.poll(0))
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    return gone


def _limit(limits: dict) -> None:
    """Set the limits, each no higher than the one in force. Windows has none of them."""
    try:
        import resource
    except ImportError:
        return
    for name, value in limits.items():
        kind = getattr(resource, name, None)
        if kind is None:
            continue
        _, hard = resource.getrlimit(kind)
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (value, value))


if __name__ == "__main__":
    main()
