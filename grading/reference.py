"""The master's own functions, for hidden tests to compare with.

Import it inside hidden regions only: students do not have this package.
"""

import ast
import json
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from types import ModuleType

import numpy as np

from grading.course import find_root
from grading.regions import NBGRADERS_HIDDEN_TESTS
from grading.source import parse, statements

__all__ = ["close", "reference"]

KEPT = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)


def reference(notebook: str, root: Path | None = None) -> ModuleType:
    """The imports, functions and classes of a master notebook; none of its trainings or variables.

    The functions of its hidden tests too, such as those that several tests share: at the left
    margin or in a block of marks, unless the notebook's other cells have something of that name.

    notebook: "ASSIGNMENT/NAME", as in "lab3/1_rnn".
    root: the course folder; by default the one that the working folder belongs to.
    Raises FileNotFoundError when there is no such master.
    """
    path = (root or find_root()) / "source" / f"{notebook}.ipynb"
    return _load(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=16)
def _load(path: Path, changed: int) -> ModuleType:
    """Run the definitions of one master; `changed` makes an edited master load again."""
    module = ModuleType(f"reference_{path.stem}", f"Definitions of the master {path.name}")
    shared: list[ast.FunctionDef] = []
    # Read as JSON: this runs inside kernels, where importing nbformat and nbgrader costs a second.
    for cell in json.loads(path.read_text("utf-8"))["cells"]:
        if cell["cell_type"] != "code":
            continue
        source = "".join(cell["source"])
        if cell["metadata"].get("nbgrader", {}).get("grade"):
            shared += _of_hidden_tests(source)
        else:
            _define([node for node in parse(source).body if isinstance(node, KEPT)], module)
    known = set(vars(module))
    for function in shared:
        if function.name not in known:
            # One that needs what its test has bound, for a default say, is for that test alone.
            with suppress(NameError):
                _define([function], module)
    return module


def _of_hidden_tests(source: str) -> list[ast.FunctionDef]:
    """The functions of a test cell that students do not see, but for those inside of others."""
    hidden = NBGRADERS_HIDDEN_TESTS.lines(source)
    body = statements(source)
    blocks = [body, *(node.body for node in body if isinstance(node, ast.With))]
    nodes = [node for block in blocks for node in block]
    return [n for n in nodes if isinstance(n, ast.FunctionDef) and n.lineno in hidden]


def _define(nodes: list[ast.stmt], module: ModuleType) -> None:
    # A file name of its own: a traceback must not be able to quote the master's lines.
    tree = ast.Module(nodes, type_ignores=[])
    exec(compile(tree, f"<{module.__name__}>", "exec"), vars(module))


def close(got, want, rtol: float = 1e-5, atol: float = 1e-7) -> bool:
    """Whether two results agree in shape and value; never raises.

    Numbers, arrays, tensors, strings, dicts and sequences of them, compared item by item. Lists of
    equal arrays equal the stacked array, and float32 equals float64 within the tolerance. `rtol` is
    relative to the largest magnitude of `want`, so that rounding of small entries next to large
    ones does not count.
    """
    try:
        return _close(_plain(got), _plain(want), rtol, atol)
    except Exception:  # whatever a student returns is an answer, right or wrong, never our crash
        return False


def _close(got, want, rtol: float, atol: float) -> bool:
    if isinstance(want, dict):
        return (
            isinstance(got, dict)
            and got.keys() == want.keys()
            and all(close(got[key], want[key], rtol, atol) for key in want)
        )
    if want is None or isinstance(want, str):
        return type(got) is type(want) and got == want
    numbers = _as_numbers(want)
    if numbers is None:
        return len(got) == len(want) and all(
            close(g, w, rtol, atol) for g, w in zip(got, want, strict=True)
        )
    values = _as_numbers(got)
    if values is None:
        return False
    if numbers.ndim == 0 and values.size == 1:
        values = values.reshape(())
    if values.shape != numbers.shape:
        return False
    scale = np.max(np.abs(numbers), initial=0.0, where=np.isfinite(numbers))
    return np.allclose(values, numbers, rtol=0, atol=atol + rtol * scale, equal_nan=True)


def _plain(value):
    """Tensors as arrays; everything else as it is."""
    return value.detach().cpu().numpy() if hasattr(value, "detach") else value


def _as_numbers(value) -> np.ndarray | None:
    """`value` as one numeric array, or None when it is ragged or not numeric."""
    if isinstance(value, (list, tuple)):
        value = [_plain(item) for item in value]
    try:
        array = np.asarray(value)
    except ValueError:  # ragged
        return None
    return array if array.dtype.kind in "biufc" else None
