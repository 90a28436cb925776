"""The examiner's process: python -m grading.examiner, with messages on its standard streams."""

from __future__ import annotations

import ast
import os
import select
import shutil
import sys
import threading

from grading.examiner.link import Link
from grading.examiner.namespace import Candidate
from grading.examiner.tests import Imports, run_check
from grading.reference import reference
from grading.regions import Region
from grading.source import parse
from helpers import _order


def main() -> None:
    link = Link(sys.stdin.buffer, os.fdopen(os.dup(1), "wb"))
    # What a test prints must not come between our messages.
    sys.stdin, sys.stdout = open(os.devnull), open(os.devnull, "w")
    os.dup2(sys.stdout.fileno(), 1)
    setup = link.read()
    if setup is None:
        return
    _leave_nothing(setup["folder"])
    try:
        _judge(link, setup)
    except SystemExit:  # in the middle of a check, see `Candidate`
        pass
    # The grader ends this process itself: one that only closed the pipe was killed.
    shutil.rmtree(setup["folder"], ignore_errors=True)


def _judge(link: Link, setup: dict) -> None:
    _limit_memory(setup["memory_mb"])
    os.chdir(setup["work"])
    imports = Imports(setup["imports"])
    for source in setup["tests"]:
        _warm(source, imports)
    candidate, hidden = Candidate(link), Region(*setup["hidden_tests"])
    while (check := link.read()) is not None:
        _order.told(check["stops"])
        source, grade_id = check["source"], check["grade_id"]
        result = run_check(source, grade_id, imports, candidate, hidden, setup["measures"])
        link.write({"result": result})


def _warm(source: str, imports: Imports) -> None:
    """Load what a test will need while the student's cells run."""
    imports.warm(source)
    for node in ast.walk(parse(source)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "reference":
            reference(*(argument.value for argument in node.args))


def _leave_nothing(folder: str) -> None:
    """When the grader is gone, however it ended, remove its scratch folder and end too.

    It alone holds the other end of the standard input.
    """
    try:
        other_end = select.poll()
    except AttributeError:  # Windows
        return
    other_end.register(0, 0)

    def watch() -> None:
        other_end.poll()
        shutil.rmtree(folder, ignore_errors=True)
        os._exit(1)

    threading.Thread(target=watch, name="grader", daemon=True).start()


def _limit_memory(megabytes: int) -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = megabytes * 2**20
    limit = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))


if __name__ == "__main__":
    main()
