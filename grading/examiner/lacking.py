"""Whether a test failed for something that the machine or the course lacks, and nobody else."""

import ast
import traceback
from collections.abc import Mapping
from pathlib import PurePath

from grading.examiner.files import Unpickled
from grading.examiner.student_errors import StudentError
from grading.source import walk


def what_is_lacking(
    error: Exception | None, test: str, others: list[str], refused: Mapping[str, str]
) -> str:
    """What a test needed and the course has not, in words; empty where that is not why it failed.

    error: what ended the test. test: its source. others: the sources of the master's other cells.
    refused: the files of the submission's that were not brought here, by name, with the reason. A
    file that another cell names, or that the test names more than once or makes up, is one that
    the submission was to write: its absence is a result.
    """
    if isinstance(error, Unpickled):
        return str(error)
    if isinstance(error, StudentError) or not isinstance(error, ImportError | FileNotFoundError):
        return ""
    name = PurePath(str(getattr(error, "filename", None) or "")).name
    if name in refused:
        return refused[name]
    if isinstance(error, ImportError) or _is_masters(error):
        return str(error)
    return str(error) if is_named_once(str(error.filename or ""), test, others) else ""


def is_named_once(path: str, test: str, others: list[str]) -> bool:
    """Whether a test names a file once, as a text of its own, and no other cell names it."""
    name = PurePath(path).name
    texts = [node.value for node in walk(test) if isinstance(node, ast.Constant)]
    named = [text for text in texts if isinstance(text, str) and PurePath(text).name == name]
    return bool(name) and len(named) == 1 and not any(name in other for other in others)


def _is_masters(error: Exception) -> bool:
    """Whether an error comes from a function of the master's, or a master is not there."""
    modules = [
        frame.f_globals.get("__name__") for frame, _ in traceback.walk_tb(error.__traceback__)
    ]
    return any(str(name).startswith(("reference_", "grading.reference")) for name in modules)
