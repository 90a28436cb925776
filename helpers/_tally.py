"""The results of a notebook's checks, their sum, and the file that keeps it beside the notebook."""

import json
import math
import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

from helpers._saved import is_what_was_run, read_cells

FOLDER = ".tally"


@dataclass(frozen=True)
class Place:
    """Where a block of checks stands: two blocks with equal places are one, run again."""

    cell: str | None = None  # the notebook's cell id, where the front end sends it
    filename: str = ""  # in a kernel, named after the cell's text
    line: int = 0
    code: object = None  # tells apart the cells of kernels that name all of them alike


@dataclass(frozen=True)
class Result:
    """What one block of checks gave."""

    name: str | None  # None: named by its number in the tally
    marks: float
    passed: bool
    hint: str = ""

    @property
    def earned(self):
        return self.marks if self.passed else 0


@dataclass(frozen=True)
class Score:
    """Marks earned of marks available."""

    earned: float
    available: float

    @property
    def percent(self):
        return 100 * self.earned / self.available if self.available else 0.0


class Tally:
    """Results by place, in the order in which they were first run."""

    def __init__(self):
        self.clear()

    def __len__(self):
        return len(self.results)

    @property
    def results(self):
        return [result for found in self._results.values() for result in found]

    def record(self, place, result, run=None):
        """Keep `result`, in the stead of what `place`, or that cell before an edit, gave.

        `run` is the execution of the cell, any object: a loop inside one execution adds its
        results, and the next execution replaces all of them.
        """
        if run is not None:
            if run is not self._run:
                self._run, self._seen = run, set()
            if place in self._seen:
                self._results[place].append(result)
                return
            self._seen.add(place)
        for old in list(self._results):
            if _edited(old, place):
                del self._results[old]
        self._results[place] = [result]

    def clear(self):
        self._results = {}
        self._run, self._seen = None, set()

    def score(self, available=None):
        """The sum of the results; with `available`, of that many marks."""
        earned = sum(result.earned for result in self.results)
        if available is None:
            available = sum(result.marks for result in self.results)
        return Score(min(earned, available), available)


def _edited(old, new):
    """Whether `old` is a place in the cell of `new` as it was before somebody edited it."""
    if not (isinstance(old, Place) and isinstance(new, Place)) or new.cell is None:
        return False
    return old.cell == new.cell and old.filename != new.filename


def save(notebook, score, executed=None, folder=None):
    """Write the score of `notebook` into `folder`/.tally; whether that was possible.

    executed: cell id → fingerprint of the code that earned it.
    """
    target = _path(notebook, folder)
    content = {"notebook": notebook, "earned": score.earned, "available": score.available}
    content["executed"] = executed or {}
    try:
        target.parent.mkdir(exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=target.parent, suffix=".tmp")
        try:
            with os.fdopen(handle, "w", encoding="utf8") as file:
                json.dump(content, file)
            os.replace(temporary, target)
        except OSError:
            os.unlink(temporary)
            raise
    except OSError:
        return False
    return True


def load(notebook, available, folder=None):
    """The score of `notebook` out of `available` marks; None if it was not run or cannot be read.

    Whatever the file holds is taken with care: students can edit it.
    """
    earned = _content(notebook, folder).get("earned")
    if isinstance(earned, bool) or not isinstance(earned, int | float):
        return None
    if not math.isfinite(earned):
        return None
    return Score(min(max(earned, 0), available), available)


def is_stale(notebook, folder=None):
    """Whether the saved notebook holds an answer that is not the one its score was earned with.

    False where that can't be known: there is no score, or no notebook of that name.
    """
    executed = _content(notebook, folder).get("executed")
    cells = read_cells(Path(folder or ".") / f"{notebook}.ipynb")
    if not isinstance(executed, dict) or not executed or cells is None:
        return False
    return not is_what_was_run(cells, executed)


def _content(notebook, folder):
    try:
        content = json.loads(_path(notebook, folder).read_text(encoding="utf8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def _path(notebook, folder):
    name = re.sub(r"[^\w.-]", "_", notebook)
    return Path(folder or ".") / FOLDER / f"{name}.json"
