"""The examiner's process: python -m grading.examiner, with messages on its standard streams."""

import ast
import builtins
import importlib
import os
import select
import shutil
import sys
import threading
from contextlib import suppress

from candidate_kernel.boot import limit
from grading.examiner.files import Files
from grading.examiner.imports import Imports, imported_modules
from grading.examiner.inspecting import include_students
from grading.examiner.link import Link
from grading.examiner.messages import Test
from grading.examiner.modules import WrittenModules
from grading.examiner.namespace import RemoteNamespace
from grading.examiner.places import Places
from grading.examiner.tests import Tests
from grading.reference import reference
from grading.source import walk
from helpers import _order
from helpers.messages import VARIABLE


def main() -> None:
    link = Link(sys.stdin.buffer, os.fdopen(os.dup(1), "wb"))
    # What a test prints must not come between our messages.
    sys.stdin, sys.stdout = open(os.devnull), open(os.devnull, "w", encoding="utf-8")
    os.dup2(sys.stdout.fileno(), 1)
    setup = link.read()
    if setup is None:
        return
    _end_with_the_grader()
    try:
        _judge(link, setup)
    except SystemExit:  # in the middle of a check, see `RemoteNamespace`
        pass


def _judge(link: Link, setup: dict) -> None:
    """Run test cells until the grader has no more; setup: see `grading.examiner.process`."""
    limit(setup["limits"])
    os.environ[VARIABLE] = setup["language"]
    if setup["copied"]:
        shutil.copytree(*setup["copied"])
    os.chdir(setup["work"])
    # Modules beside the masters. Installed ones come first, as in the student's box.
    sys.path.append(setup["work"])
    include_students()
    builtins.display = _show_nobody  # as a notebook has it
    imports = Imports(setup["imports"], setup["answers"])
    places = Places(setup["work"], setup["imports"], imports)
    for source in setup["tests"]:
        _warm(source, imports)
    files = Files(setup["work"], setup["room"])
    files.refuse_unpickling()
    files.make_temporary_folders_here()
    submission = RemoteNamespace(link, files)
    WrittenModules(setup["answers"], submission.module).install()
    tests = Tests(imports, submission, setup["measures"])
    while (asked := link.read()) is not None:
        test = Test(**asked)
        _order.told(test.stops)
        places.follow(test.provided)
        files.begin([*imports.others, test.visible])
        link.write({"verdict": tests.run(test, files.refused).to_message()})


def _warm(source: str, imports: Imports) -> None:
    """Load what a test will need while the student's cells run.

    What a test itself imports comes first too: a generator is only seeded where it is loaded.
    """
    with suppress(Exception):  # whatever fails here, the test itself will say so
        imports.warm(source)
    for node in walk(source):
        for module in imported_modules(node):
            with suppress(Exception):
                importlib.import_module(module)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "reference":
            with suppress(Exception):
                reference(*(argument.value for argument in node.args))


def _show_nobody(*values, **options) -> None:
    """In place of IPython's display: nobody sees what a test shows."""


def _end_with_the_grader() -> None:
    """Have this process end when the grader is gone, however that ended.

    The grader alone holds the other end of the standard input.
    """
    try:
        other_end = select.poll()
    except AttributeError:  # Windows
        return
    other_end.register(0, 0)

    def watch() -> None:
        other_end.poll()
        os._exit(1)

    threading.Thread(target=watch, name="grader", daemon=True).start()


if __name__ == "__main__":
    main()
