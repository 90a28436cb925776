"""The fork server of examiners: python -m grading.examiner.fork_main.

It works as `candidate_kernel.fork_server` does. It holds the examiner's code and the masters'
libraries, and nothing of a submission.
"""

from __future__ import annotations

import os

from candidate_kernel import fork_server
from grading.examiner import __main__ as examiner


def main() -> None:
    control, statements = fork_server.begin()
    fork_server.load(statements)
    request = fork_server.serve(control)
    if request is None:
        return
    _, (status, stream, log) = request
    os.setsid()
    for number, descriptor in ((0, stream), (1, stream), (2, log)):
        os.dup2(descriptor, number)
    os.close(stream)
    os.close(log)
    fork_server.draw_anew()
    fork_server.announce(status)
    examiner.main()


if __name__ == "__main__":
    main()
