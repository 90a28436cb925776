"""Which code of the kit decides an outcome: for other code a class need not run again."""

import ast

import grading
from grading.versions import AROUND, code_files

KEPT = {"grading.batch.store", "grading.batch.summary"}  # how outcomes lie on disk


def deciding():
    return code_files(grading, AROUND)


def test_what_executes_examines_and_records_counts_and_pages_do_not():
    root = grading.__path__[0]
    names = {path.relative_to(root).as_posix() for path in deciding()}
    assert {"execution/execute.py", "candidate/inside/wire.py", "record/rendering.py",
            "examiner/tests.py", "intake/restoration.py", "source.py"} <= names  # fmt: skip
    assert not any(name.startswith(("pages/", "feedback/", "batch/")) for name in names)


def test_code_that_counts_uses_none_that_does_not():
    for path in deciding():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            module = getattr(node, "module", None) if isinstance(node, ast.ImportFrom) else None
            if module and module.startswith("grading.") and module not in KEPT:
                assert module.split(".")[1] not in AROUND, (path, module)
