"""The fork server of examiners: python -m grading.examiner.fork_main.

It works as `candidate_kernel.fork_server` does. It holds the examiner's code and the masters'
libraries, and nothing of a submission.
"""

import importlib
import os
from base64 import b64decode

from candidate_kernel import fork_server, joining
from grading.examiner import __main__ as examiner


def main() -> None:
    control, statements = fork_server.begin()
    fork_server.load(statements)
    request = fork_server.serve(control)
    if request is None:
        return
    settings, (status, stream, log, *namespaces) = request
    if namespaces:
        _enter(settings, namespaces)
    else:  # there is no sandbox
        os.setsid()
    for number, descriptor in ((0, stream), (1, stream), (2, log)):
        os.dup2(descriptor, number)
    os.close(stream)
    os.close(log)
    fork_server.draw_anew()
    fork_server.announce(status)
    examiner.main()


def _enter(settings: dict, namespaces: list[int]) -> None:
    """Enter the box and give up every privilege, see `grading.examiner.forked.fork_examiner`."""
    joining.enter(namespaces)
    for each in namespaces:
        os.close(each)
    os.environ.clear()
    os.environ.update(settings["environment"])
    importlib.invalidate_caches()
    program = settings["filter"]
    joining.drop(settings["user"], b64decode(program) if program else None)


if __name__ == "__main__":
    main()
