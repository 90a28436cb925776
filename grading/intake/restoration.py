"""Put the master's cells back around a student's answers."""

import re
import unicodedata
from collections import defaultdict
from copy import deepcopy
from difflib import SequenceMatcher
from itertools import count

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell
from nbgrader.utils import is_solution, is_task
from traitlets.config import Config

from grading.masters.cells import is_stub
from grading.masters.clearing import Clearing

# Below this a cell without an id is a student's own, above it is the released cell, filled in.
SIMILAR = 0.6
# What begins a line of a list, of a quotation or a heading; and a line that only draws or parts.
MARKER = re.compile(r"\s*(?:[-+*>]|#+|(?P<number>\d{1,9})[.)])(?:\s+|$)")
LINE = re.compile(r"[-=*|:`~\s]*")
# Letters compared with letters: some seconds. A thousand cells made to be alike would take hours.
MOST_COMPARED = 300_000_000


class Restoration:
    """Restores the submissions of one master.

    config: the course's configuration, for the text that students get in place of a solution.
    released: the text of each cell as students get it, by cell id.
    """

    def __init__(self, master: NotebookNode, config: Config):
        clear = Clearing(config)
        stub = config.ClearSolutions.code_stub["python"]
        self._master = master
        cleared = {cell.id: clear(cell) for cell in master.cells}
        self.released = {cell_id: cell.source for cell_id, cell in cleared.items()}
        self._pictures = {cell_id: cell.get("attachments") for cell_id, cell in cleared.items()}
        self._scaffolding = {
            cell_id: "\n".join(line for line in text.splitlines() if not is_stub(line, stub))
            for cell_id, text in self.released.items()
        }

    def restore(self, submitted: NotebookNode) -> NotebookNode:
        """The master's notebook with the student's answers in it.

        Every cell of the master stands once, in the master's order, with the master's kind and
        metadata; only the text of solution and answer cells is the student's. Cells that students
        added stay after the cell they followed, without metadata. Of several copies of an answer
        the last one that was worked on counts; the others stay before it, as cells that students
        added. Neither the submission nor the master is changed.
        """
        owners = self._owners(submitted.cells)
        answers, earlier, added = {}, defaultdict(list), defaultdict(list)
        anchor = None
        for cell, owner in zip(submitted.cells, owners, strict=True):
            if owner is None:
                added[anchor].append(cell)
                continue
            anchor, blank = owner.id, self.released[owner.id]
            if is_task(owner) and _plain(cell.source) not in map(_plain, (blank, owner.source)):
                added[anchor].append(cell)  # the answer was typed into the question
            if _is_students(owner):
                other = answers.get(anchor)
                if other is None or cell.source != blank:
                    if other is not None and other.source not in (blank, cell.source):
                        earlier[anchor].append(other)
                    answers[anchor] = cell
        numbers = count(1)

        def own(cell):
            return _added_cell(cell, f"added-{next(numbers)}")

        cells = [own(cell) for cell in added[None]]
        for cell in self._master.cells:
            kept = deepcopy(cell)
            if _is_students(cell):
                kept.source = self.released[cell.id]
                kept.pop("attachments", None)  # one of them may show the solution
                if self._pictures[cell.id]:
                    kept.attachments = deepcopy(self._pictures[cell.id])
                _take_text(kept, answers.get(cell.id, kept))
            cells += [*map(own, earlier[cell.id]), kept, *map(own, added[cell.id])]
        notebook = deepcopy(self._master)
        notebook.cells = cells
        return notebook

    def _owners(self, cells: list[NotebookNode]) -> list[NotebookNode | None]:
        """For each submitted cell the cell of the master that it is, None for one that was added.

        By its grade_id; else by its id, which survives when metadata is stripped; else by its text.
        """
        by_grade_id = {
            cell.metadata.nbgrader.grade_id: cell
            for cell in self._master.cells
            if "nbgrader" in cell.metadata
        }
        by_id = {cell.id: cell for cell in self._master.cells}
        owners = [by_grade_id.get(_grade_id(cell)) or by_id.get(cell.get("id")) for cell in cells]
        blanks = {self.released[c.id]: c for c in self._master.cells if "nbgrader" in c.metadata}
        for place, cell in enumerate(cells):
            blank = blanks.get(cell.source)
            if owners[place] is None and blank is not None and blank not in owners:
                owners[place] = blank
        for _, place, cell in self._alike(cells, owners):
            if owners[place] is None and cell not in owners:
                owners[place] = cell
        return owners

    def _alike(
        self, cells: list[NotebookNode], owners: list[NotebookNode | None]
    ) -> list[tuple[float, int, NotebookNode]]:
        """Pairs of an ownerless cell and a missing cell of the master, most alike first.

        An untouched cell is like what was released; an answered one like its scaffolding. The
        likeliest pairs are looked at first, and no more than `MOST_COMPARED` allows.
        """
        present = {owner.id for owner in owners if owner is not None}
        missing = [
            c for c in self._master.cells if c.id not in present and "nbgrader" in c.metadata
        ]
        left, likely, pairs = MOST_COMPARED, [], []
        for place, (cell, owner) in enumerate(zip(cells, owners, strict=True)):
            if owner is not None or not cell.source.strip():
                continue
            matcher = SequenceMatcher(None, autojunk=False)
            matcher.set_seq2(cell.source)
            for candidate in missing:
                texts = self.released[candidate.id], self._scaffolding[candidate.id]
                for text in dict.fromkeys(texts):
                    matcher.set_seq1(text)
                    if left <= 0 or matcher.real_quick_ratio() <= SIMILAR:
                        continue
                    left -= 4 * (len(text) + len(cell.source))
                    if (ratio := matcher.quick_ratio()) > SIMILAR:
                        likely.append((ratio, place, candidate, text))
        for _, place, candidate, text in sorted(likely, key=lambda pair: pair[0], reverse=True):
            left -= len(text) * len(cells[place].source)
            if left <= 0:
                break
            ratio = SequenceMatcher(None, text, cells[place].source, autojunk=False).ratio()
            if ratio > SIMILAR:
                pairs.append((ratio, place, candidate))
        return sorted(pairs, key=lambda pair: pair[0], reverse=True)


def _plain(text: str) -> str:
    """A Markdown text without what editors write in another way when they tidy it.

    Emphasis stays, and so does a list whose numbers are not in order: they may be an answer.
    """
    kept, before = [], 0
    text = unicodedata.normalize("NFC", text).replace("\\", "").replace("_", "*")
    for line in text.splitlines():
        while marker := MARKER.match(line):
            number = int(marker["number"] or 1)
            if number not in (1, before + 1):
                break
            before = number if marker["number"] else before
            line = line[marker.end() :]
        kept.append("" if LINE.fullmatch(line) else "".join(line.split()))
    return "".join(kept)


def _is_students(cell: NotebookNode) -> bool:
    """Whether the text of this cell of a master is the student's: a solution or an answer cell."""
    return is_solution(cell) or "nbgrader" not in cell.metadata


def _grade_id(cell: NotebookNode) -> str | None:
    nbgrader = cell.metadata.get("nbgrader")
    grade_id = nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None
    return grade_id if isinstance(grade_id, str) else None


def _added_cell(cell: NotebookNode, cell_id: str) -> NotebookNode:
    """A student's own cell: its kind and text, without metadata or outputs.

    Its id is the same each time, so that the outcome of the notebook is found again.
    """
    make = {"code": new_code_cell, "markdown": new_markdown_cell, "raw": new_raw_cell}
    added = make[cell.cell_type](id=cell_id)
    _take_text(added, cell)
    return added


def _take_text(cell: NotebookNode, submitted: NotebookNode) -> None:
    """Give `cell` the text of a submitted cell and, in Markdown, the pictures pasted into it."""
    cell.source = submitted.source
    if cell.cell_type == "markdown" and isinstance(submitted.get("attachments"), dict):
        cell.attachments = deepcopy(submitted.attachments)
