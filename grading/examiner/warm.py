"""A warm process of examiners: python -m grading.examiner.warm, see `inside.warm`.

It holds the examiner's code and the masters' libraries, nothing of a submission.
"""

from __future__ import annotations

import os

from grading.candidate.inside import warm
from grading.examiner import __main__ as examiner


def main() -> None:
    control, statements = warm.begin()
    warm.load(statements)
    request = warm.serve(control)
    if request is None:
        return
    _, (status, stream, log) = request
    os.setsid()
    for number, descriptor in ((0, stream), (1, stream), (2, log)):
        os.dup2(descriptor, number)
    os.close(stream)
    os.close(log)
    warm.draw_anew()
    warm.announce(status)
    examiner.main()


if __name__ == "__main__":
    main()
