"""A box that bubblewrap holds open for a process that was forked elsewhere and joins it.

Bubblewrap makes the box as always, around a program that does nothing but answer when it runs;
`candidate_kernel.joining` does the rest, in the process that joins.
"""

import os
import sys
from base64 import b64encode
from pathlib import Path

import grading.processes.fork_servers
from candidate_kernel import joining
from grading.candidate import seccomp
from grading.processes.fork_servers import ColdStart

PROGRAM = ["cat"]  # it echoes what it is sent, and ends when the grader closes its input or ends
BOX_SECONDS = 60  # for bubblewrap to make a box


def why_cold() -> str:
    """Why no box can be joined on this machine; empty when it can be tried."""
    if reason := grading.processes.fork_servers.why_cold():
        return reason
    program = os.stat(os.path.realpath(sys.executable))
    if os.geteuid() != 0 and program.st_uid == os.geteuid():
        # Out of its box a fork still reaches /proc/self/exe, which its owner could change.
        return f"{sys.executable} belongs to the user who grades"
    return ""


def namespaces(bubblewrap: int) -> list[int]:
    """Descriptors of a box's namespaces, as `joining.enter` takes them; the caller closes them.

    bubblewrap: the process that has made the box around PROGRAM, which runs. Raises ColdStart when
    they can't be had.
    """
    try:
        return joining.namespaces(_only_child(_only_child(bubblewrap)))
    except (OSError, ValueError) as error:
        raise ColdStart(f"the box can't be joined: {error}") from error


def dropped(user: int) -> dict:
    """What a process that joins a box gives up, for the request to its fork server.

    user: the id that it runs as from then on; an ordinary user's box has changed that already.
    """
    program = seccomp.program()
    return {
        "user": user if os.geteuid() == 0 else None,
        "filter": b64encode(program).decode() if program else "",
    }


def _only_child(process: int) -> int:
    return int(Path(f"/proc/{process}/task/{process}/children").read_text())
