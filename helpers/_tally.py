"""The results of a notebook's checks, their sum, and the file that keeps it beside the notebook.

The file is .tally/NOTEBOOK.json: {"notebook": name, "earned": marks, "available": marks,
"executed": {a cell's id, or its fingerprint: fingerprint of the code that it ran}, "identity":
{variable: text}}.
"""

import json
import math
import os
import re
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from helpers._saved import is_what_was_run, read_cells

FOLDER = ".tally"


@dataclass(frozen=True)
class Place:
    """Where a block of checks stands: two blocks with equal places are the same, run again.

    cell: the id of the notebook's cell, None where the front end does not tell it.
    filename: the one that the code was compiled with; a kernel makes it from the cell's text.
    line: the number of the block's line.
    code: the code object, because some kernels give all cells the same filename.
    text: fingerprint of the cell that ran the block, whose edits make no other place.
    """

    cell: str | None = None
    filename: str = ""
    line: int = 0
    code: object = None
    text: str = field(default="", compare=False)


@dataclass(frozen=True)
class Result:
    """What one block of checks gave.

    name: its title; None for one that is shown by its number. hint: what was shown if it failed.
    """

    name: str | None
    marks: float
    passed: bool
    hint: str = ""

    @property
    def earned(self):
        return self.marks if self.passed else 0


@dataclass(frozen=True)
class Score:
    """The marks earned, of the marks available."""

    earned: float
    available: float

    @property
    def percent(self):
        return 100 * self.earned / self.available if self.available else 0.0


class Tally:
    """The results of blocks of checks, in the order in which they were first run."""

    def __init__(self):
        self.clear()

    def __len__(self):
        return len(self.results)

    @property
    def results(self):
        return [result for found in self._results.values() for result in found]

    def record(self, place, result, run=None):
        """Keep a result. It replaces what the same place, or its cell before an edit, gave.

        place: a `Place`, or anything that can be a key of a dictionary.
        result: a `Result`.
        run: stands for one execution of a cell, any object. The results of a loop inside one
        execution are added up; the next execution replaces all of them.
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

    def of_notebook(self, own, others):
        """The tally without what other notebooks gave that run in this kernel too.

        own, others: the fingerprints of the code cells of the notebook, and of all others of its
        lab, as they are saved. Where the front end tells no id of a cell, a result of the same name
        that stands in no saved cell is that of a cell before an edit, and is left out too.
        Returns a new `Tally`.
        """
        saved = {
            result.name
            for place, found in self._results.items()
            if _text(place) in own
            for result in found
        }
        kept = Tally()
        for place, found in self._results.items():
            if (text := _text(place)) and text not in own:
                edited = place.cell is None and any(r.name in saved - {None} for r in found)
                if text in others or edited:
                    continue
            kept._results[place] = found
        return kept

    def clear(self):
        self._results = {}
        self._run, self._seen = None, set()

    def score(self, available=None):
        """The sum of the results as a `Score`.

        available: the marks of the whole notebook; without it, those of the checks that were run.
        """
        earned = sum(result.earned for result in self.results)
        if available is None:
            available = sum(result.marks for result in self.results)
        return Score(min(earned, available), available)


def _edited(old, new):
    """Whether one place lies in the same cell as another, in a text that was edited since."""
    if not (isinstance(old, Place) and isinstance(new, Place)) or new.cell is None:
        return False
    return old.cell == new.cell and (old.filename, old.text) != (new.filename, new.text)


def _text(place):
    return getattr(place, "text", "")


def save(notebook, score, executed=None, folder=None, identity=None):
    """Write the score of a notebook into the folder .tally. Returns whether that was possible.

    notebook: its name, without .ipynb. executed: what `_saved.executed` gave: the code that earned
    the score. folder: the one that the notebook lies in; by default the current one. identity: the
    ids and signatures that the notebook's variables hold, variable → text.
    """
    content = {"notebook": notebook, "earned": score.earned, "available": score.available}
    content |= {"executed": executed or {}, "identity": identity or {}}
    return keep(notebook, content, folder)


def keep(name, content, folder=None):
    """Write a dictionary into the file `name` of the folder .tally, whole or not at all.

    Returns whether that was possible.
    """
    target = _path(name, folder)
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
    """The score that `save` wrote, of `available` marks; None where there is none to be read.

    Students can edit the file: what it holds is checked and cut to at most `available`.
    """
    earned = content_of(notebook, folder).get("earned")
    if isinstance(earned, bool) or not isinstance(earned, int | float):
        return None
    if not math.isfinite(earned):
        return None
    return Score(min(max(earned, 0), available), available)


def is_stale(notebook, folder=None):
    """Whether a saved notebook has another answer than the ones that its score was earned with.

    False where that is not known: there is no score, or no notebook of that name.
    """
    executed = kept(notebook, "executed", folder)
    cells = read_cells(Path(folder or ".") / f"{notebook}.ipynb")
    if not executed or cells is None:
        return False
    return not is_what_was_run(cells, executed)


def kept(notebook, part, folder=None):
    """A part of the file, "executed" or "identity", as a dictionary; empty where there is none.

    Students can edit the file: what is in the dictionary may be anything.
    """
    found = content_of(notebook, folder).get(part)
    return found if isinstance(found, dict) else {}


def content_of(name, folder=None):
    """What `keep` wrote, or whatever a student put there; empty where it is no dictionary."""
    try:
        content = json.loads(_path(name, folder).read_text(encoding="utf8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def _path(name, folder):
    name = re.sub(r"[^\w.-]", "_", name)
    return Path(folder or ".") / FOLDER / f"{name}.json"
