"""The first thing that runs in the box: limits, the submission's files, then the kernel.

python boot.py SETTINGS, a JSON object: kit (the folder of `helpers` and this package), files (the
folder to copy), work (where it is copied to), connection (the kernel's connection file), sockets
(port → the descriptor of a socket that listens already), limits (RLIMIT_… → a number), provided
(the modules that the course's own cells import); where the notebook may draw, fonts (the folder
with Matplotlib's list of them) and plots (the folder that it is copied to).
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
    """Run the kernel in this process; returns when the kernel ends."""
    limit(settings["limits"])
    shutil.copytree(settings["files"], settings["work"])
    if "fonts" in settings:
        shutil.copytree(settings["fonts"], settings["plots"])
    os.chdir(settings["work"])
    sys.argv = ["candidate"]
    # The student's folder comes last: for libraries and the kit, what lies there can't stand in for
    # an installed module. For the student's own code it comes first, see `beside`.
    found = [path for path in sys.path if path != settings["kit"]]
    sys.path[:] = [settings["kit"], *found, settings["work"]]
    sys.modules["grading"] = None  # students do not have it; without a box it could be found
    sys.modules["debugpy"] = None  # a debugger of many modules, which every kernel would load

    import zmq
    from ipykernel.kernelapp import IPKernelApp
    from traitlets.config import Config

    from candidate_kernel import at_home, beside
    from candidate_kernel.bridge import CandidateKernel

    class App(IPKernelApp):
        """Listens on sockets that the grader has opened: no folder is writable for both."""

        def parse_command_line(self, argv=None):
            """There is no command line, and building a parser of all options takes a while."""

        def _try_bind_socket(self, s, port):
            s.setsockopt(zmq.USE_FD, settings["sockets"][str(port)])
            s.setsockopt(zmq.SNDHWM, 0)  # all that the grader has not read yet waits here
            return super()._try_bind_socket(s, port)

        def init_heartbeat(self):
            """There is none: nobody listens to it."""

    app = App.instance(
        kernel_class=CandidateKernel,
        ignore_cwd=True,
        connection_file=settings["connection"],
        log_level="ERROR",
        config=Config({"HistoryManager": {"enabled": False}}),  # no database, no thread for it
    )
    app.initialize()
    beside.note_loaded()
    at_home.pass_over()
    app.kernel.beside = beside.Beside(settings["work"], app.shell.user_ns, settings["provided"])
    app.start()


def _abandoned() -> bool:
    """Whether the grader ended before bubblewrap could end this process with it.

    Then nobody has the other end of the standard input open any more.
    """
    try:
        state = select.poll()
    except AttributeError:  # Windows
        return False
    state.register(0, 0)
    gone = bool(state.poll(0))
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    return gone


def limit(limits: dict) -> None:
    """Set the limits, none higher than the one in force. Windows has no such limits."""
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
