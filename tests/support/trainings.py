"""A lab-3 notebook in this process, its training cut to one epoch: fast, and states can be seen.

Only for answers of our own, or that we have read: there is no kernel and no box around them.
"""

from __future__ import annotations

import contextlib
import io
import re
from dataclasses import dataclass
from functools import cache
from types import CodeType
from unittest.mock import patch

import nbformat
import numpy as np
import torch

from candidate_kernel import generators, wire
from candidate_kernel.state import Reader
from grading.course import Course
from grading.replay.agreement import difference
from grading.replay.moments import Moment
from grading.source import parse

LEFT_OUT = re.compile(
    r"plt\.(figure|subplots)|summarise_marks"
)  # slow, or writes beside the master


@dataclass(frozen=True, eq=False)
class Run:
    """What a notebook gave.

    states: of its training, after 0, 1, … epochs; fewer where it stopped. passed: ids of the cells
    that ran to their end, such as the tests that passed.
    """

    states: list[Moment]
    passed: frozenset[str]

    def departs(self, master: Run) -> str:
        """Where its training departs from the master's first; empty where all epochs agree."""
        if len(self.states) < len(master.states):
            return f"stopped, {len(self.states)} states"
        for done, (right, own) in enumerate(zip(master.states, self.states, strict=True)):
            most = difference(master.states[max(done - 1, 0)], right, own)
            if most.size > 1:
                return f"after epoch {done}, {most}"
        return ""


def run(
    course: Course, assignment: str, notebook: str, answers: dict[str, str], epochs: int = 1
) -> Run:
    """Execute a master with other `answers`, in the form of `styles.answers`."""
    folder = course.source / assignment
    torch.manual_seed(0)  # as in a fresh kernel: what ran before must not show
    namespace = {"__name__": "__main__"}
    states, passed = [], set()
    with (
        contextlib.chdir(folder),
        contextlib.redirect_stdout(io.StringIO()),
        np.errstate(all="ignore"),
        patch("helpers.training._kernels_follower", lambda: _follower(states, epochs)),
    ):
        for cell in nbformat.read(folder / f"{notebook}.ipynb", as_version=4).cells:
            if cell.cell_type != "code" or cell.id not in answers and LEFT_OUT.search(cell.source):
                continue
            own = {cell.id: cell.source} | answers
            for place in (f"+BEFORE {cell.id}", cell.id, f"+AFTER {cell.id}"):
                if place in own and _run(own[place], namespace):
                    passed.add(place)
    return Run(states, frozenset(passed))


def _run(source: str, namespace: dict) -> bool:
    """Whether a cell ran to its end; one that does not is passed over, as by Run All."""
    try:
        exec(_compiled(source), namespace)
    except Exception:
        return False
    return True


@cache
def _compiled(source: str) -> CodeType:
    return compile(parse(source), "cell", "exec")


def _follower(states: list[Moment], epochs: int):
    """What follows a loop for `helpers.training`, as the grader's kernel does.

    Each state of the loop is added to `states`, and the loop ends after so many epochs.
    """

    def follow(loop):
        before = {name: wire.pack(state) for name, state in generators.states().items()}

        def after(done):
            now = generators.states().items()
            moved = {name: state for name, state in now if wire.pack(state) != before[name]}
            states.append(Moment.read(wire.pack((Reader().read(loop.state), moved))))
            return loop.n if done == epochs else done

        after(0)
        return after

    return follow
