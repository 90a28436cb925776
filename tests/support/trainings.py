"""A lab-3 notebook in this process, its training cut to a few epochs: fast, and bits can be seen.

Only for answers of our own: there is no kernel and no box around them.
"""

from __future__ import annotations

import ast
import contextlib
import io
import re
from dataclasses import dataclass
from typing import Any

import nbformat
import numpy as np
import torch
from nbgrader.utils import is_grade

from grading.course import Course
from grading.source import parse

EPOCHS = re.compile(r"^(num_epochs|n_epochs) = \d+", re.MULTILINE)
LEFT_OUT = re.compile(
    r"plt\.(figure|subplots)|summarise_marks"
)  # slow, or writes beside the master


@dataclass(frozen=True)
class Run:
    """What a notebook gave.

    bits: of all that its training changes, generators included; None when the training stopped.
    passed: ids of the test cells that passed.
    """

    bits: bytes | None
    passed: frozenset[str]


def run(
    course: Course, assignment: str, notebook: str, answers: dict[str, str], epochs: int = 3
) -> Run:
    """Execute a master with other `answers` (grade_id → source)."""
    folder = course.source / assignment
    torch.manual_seed(0)  # as in a fresh kernel: what ran before must not show
    namespace = {"__name__": "__main__"}
    bits, passed = None, set()
    with (
        contextlib.chdir(folder),
        contextlib.redirect_stdout(io.StringIO()),
        np.errstate(all="ignore"),
    ):
        for cell in nbformat.read(folder / f"{notebook}.ipynb", as_version=4).cells:
            source = EPOCHS.sub(rf"\1 = {epochs}", answers.get(cell.id, cell.source))
            if cell.cell_type != "code" or LEFT_OUT.search(source):
                continue
            try:
                exec(compile(parse(source), cell.id, "exec"), namespace)
            except Exception:  # like Run All, which goes on
                continue
            if is_grade(cell):
                passed.add(cell.id)
            if state := _declared(source):
                bits = _bits([namespace[name] for name in state]) + _generators()
    return Run(bits, frozenset(passed))


def _declared(source: str) -> list[str]:
    """The variables that a loop over `epochs(…)` declares as its state."""
    calls = [node.iter for node in ast.walk(parse(source)) if isinstance(node, ast.For)]
    return [
        keyword.value.id
        for call in calls
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "epochs"
        for keyword in call.keywords
    ]


def _bits(value: Any) -> bytes:
    """The bits of arrays, models, optimisers and containers; not the names of a model's layers."""
    if isinstance(value, torch.nn.Module):
        return _bits(list(value.state_dict().values()))
    if isinstance(value, torch.optim.Optimizer):
        return _bits(value.state_dict())
    if isinstance(value, torch.Tensor):
        return _bits(value.detach().numpy())
    if isinstance(value, np.ndarray):
        # How an array lies in memory decides the order of later sums.
        return repr((value.dtype, value.shape, value.strides)).encode() + value.tobytes()
    if isinstance(value, dict):
        return _bits(list(value.items()))
    if isinstance(value, (list, tuple)):
        return b"[" + b",".join(_bits(item) for item in value) + b"]"
    return repr(float(value) if isinstance(value, (float, np.floating)) else value).encode()


def _generators() -> bytes:
    return _bits([np.random.get_state(), torch.get_rng_state()])
