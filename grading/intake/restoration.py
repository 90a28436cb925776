"""Put the master's cells back around a student's answers."""

import sys
from collections import defaultdict
from copy import deepcopy
from itertools import count

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell
from nbgrader.utils import is_task
from traitlets.config import Config

from grading.intake.master_cells import MasterCells, is_students
from grading.intake.open_blanks import Code, is_open, settle
from grading.intake.owners import Owners
from grading.intake.reading import refused
from grading.intake.tidied import untidied
from grading.intake.unmerging import unmerged
from grading.model.job import SAVED_BY
from grading.model.notes import Note
from grading.versions import python_series
from grading.words import say

OTHER = "none of the assignment's cells is in it: ask for the right notebook"
MOST_READ = 2_000_000  # characters of code that are read for the names in it: some seconds


class Restoration:
    """Restores the submissions of one master.

    config: the course's configuration, for the text that students get in place of a solution.
    released: the text of each cell as students get it, by cell id.
    """

    def __init__(self, master: NotebookNode, config: Config):
        self._notebook = master
        self._master = MasterCells(master, config)
        self.released = self._master.released

    def restore(self, submitted: NotebookNode) -> NotebookNode:
        """The master's notebook with the student's answers in it: see `restore_with_notes`."""
        return self.restore_with_notes(submitted)[0]

    def restore_with_notes(self, submitted: NotebookNode) -> tuple[NotebookNode, list[Note]]:
        """The master's notebook with the student's answers in it, and what is to be told about it.

        Every cell of the master stands once, in the master's order, with the master's kind and
        metadata; only the text of solution and answer cells is the student's. Cells that students
        added stay after the cell they followed, without metadata. Of several copies of an answer
        the last one that was worked on counts; the others stay before it, as cells that students
        added. The answer to a blank that was left open is looked for in the other cells. A notebook
        without any of the master's cells is another one: it gives no answer. Neither the submission
        nor the master is changed.
        """
        is_long = sum(len(cell.source) for cell in submitted.cells) > MOST_READ
        master = self._master.without_names() if is_long else self._master
        cells, notes = unmerged(submitted.cells, master)
        owners = Owners(cells, master)
        if owners.knows_none:
            words, notes = refused(OTHER, say("foreign_notebook"))
            return self.without_answers(words), notes
        if owners.by_place:
            notes.append(_by_place(owners.by_place))
        sorted_cells = _Sorted(cells, owners.found, master)
        notes += sorted_cells.settle()
        notebook = self._filled(sorted_cells)
        if version := _newer_python(submitted):
            notebook.metadata[SAVED_BY] = version
        return notebook, notes

    def without_answers(self, words: NotebookNode) -> NotebookNode:
        """The master's notebook with every blank open, after the cells of the notebook `words`."""
        return self._filled(_Sorted(words.cells, [None] * len(words.cells), self._master))

    def _filled(self, cells: "_Sorted") -> NotebookNode:
        notebook = deepcopy(self._notebook)
        notebook.cells = cells.in_order()
        return notebook


class _Sorted:
    """Submitted cells, by the master's cell that they belong to: its answer, earlier copies of it,
    cells that were added after it, and what was written into it though it is locked."""

    def __init__(self, cells: list[NotebookNode], owners: list, master: MasterCells):
        self._master = master
        self._answers: dict[str, NotebookNode] = {}
        self._earlier, self._added = defaultdict(list), defaultdict(list)
        self._overwritten: dict[str, NotebookNode] = {}
        anchor = None
        for cell, owner in zip(cells, owners, strict=True):
            if owner is None:
                self._added[anchor].append(cell)
                continue
            anchor, blank = owner.id, master.released[owner.id]
            if is_task(owner) and untidied(cell.source) not in map(untidied, (blank, owner.source)):
                self._added[anchor].append(cell)  # the answer was typed into the question
            if is_students(owner):
                other = self._answers.get(anchor)
                if other is None or cell.source != blank:
                    if other is not None and other.source not in (blank, cell.source):
                        self._earlier[anchor].append(other)
                    self._answers[anchor] = cell
            elif cell.cell_type == "code" and cell.source.strip() != blank.strip():
                self._overwritten[anchor] = cell

    def settle(self) -> list[Note]:
        """Give blanks that were left open their answers from other cells."""
        self._settle_texts()
        blanks, written, cells = [], [], {}
        for cell_id, own in self._master.own_names.items():
            answer = self._answers.get(cell_id)
            released = self._master.released[cell_id]
            if own and (answer is None or is_open(answer.source, released)):
                blanks.append(Code(self._master.place[cell_id], cell_id, released))
        if not blanks:
            return []
        opened = {blank.name for blank in blanks}
        for code, where, number in self._code(opened):
            written.append(code)
            cells[id(code)] = where, number
        before = {id(code): code.source for code in written}
        notes = settle(blanks, written, self._master.own_names)
        for blank in blanks:
            if blank.source != self._master.released[blank.name]:
                self._answers[blank.name] = _code_cell(blank.source)
        for code in written:
            if code.source != before.get(id(code), code.source) and not code.is_fixed:
                where, number = cells[id(code)]
                where[number] = _code_cell(code.source)
        for cells_there in self._added.values():
            cells_there[:] = [
                cell for cell in cells_there if cell.source.strip() or cell.cell_type != "code"
            ]
        return notes

    def _code(self, opened: set[str]):
        """All code of the submission that is no open blank, in order, with the list or dictionary
        that holds it and where it stands there."""
        for cell_id in (None, *self._master.place):
            place = self._master.place.get(cell_id, -1)
            for holder, at in ((self._earlier, place - 0.5), (self._added, place + 0.5)):
                for number, cell in enumerate(holder.get(cell_id, [])):
                    if cell.cell_type == "code":
                        yield Code(at, "", cell.source), holder[cell_id], number
            cell = self._answers.get(cell_id)
            if cell is not None and cell_id in self._master.own_names and cell_id not in opened:
                yield Code(place, cell_id, cell.source), self._answers, cell_id
            if cell_id in self._overwritten:
                source = self._overwritten[cell_id].source
                yield Code(place, cell_id, source, is_fixed=True), self._overwritten, cell_id

    def _settle_texts(self) -> None:
        """Give a written answer that is as it was released the longest text of those around it."""
        ids = [None, *self._master.place]
        for above, cell_id in zip(ids, ids[1:], strict=False):
            answer = self._answers.get(cell_id)
            if (
                cell_id not in self._master.answers
                or self._master.by_id[cell_id].cell_type == "code"
            ):
                continue
            if answer is None or answer.source.strip() != self._master.released[cell_id].strip():
                continue
            texts = [
                (len(cell.source), holder, cell)
                for holder in (self._added.get(above, []), self._added.get(cell_id, []))
                for cell in holder
                if cell.cell_type == "markdown"
            ]
            if texts:
                _, holder, cell = max(texts, key=lambda text: text[0])
                holder.remove(cell)
                self._answers[cell_id] = cell

    def in_order(self) -> list[NotebookNode]:
        """The master's cells with the student's answers, and the cells that they added."""
        numbers = count(1)

        def own(cell):
            return _added_cell(cell, f"added-{next(numbers)}")

        cells = [own(cell) for cell in self._added[None]]
        for cell in self._master.cells:
            kept = deepcopy(cell)
            if is_students(cell):
                kept.source = self._master.released[cell.id]
                kept.pop("attachments", None)  # one of them may show the solution
                if pictures := self._master.pictures[cell.id]:
                    kept.attachments = deepcopy(pictures)
                _take_text(kept, self._answers.get(cell.id, kept))
            cells += [*map(own, self._earlier[cell.id]), kept, *map(own, self._added[cell.id])]
        return cells


def _by_place(ids: list[str]) -> Note:
    which = ", ".join(ids)
    return Note(
        f"cells {which}: they came without ids and were recognised by their place alone",
        say("by_place", cells=which),
    )


def _newer_python(submitted: NotebookNode) -> str:
    """The version of Python that saved a notebook, where it can read more than ours; else ""."""
    language = submitted.metadata.get("language_info")
    version = language.get("version") if isinstance(language, dict) else None
    if not isinstance(version, str) or python_series(version) <= sys.version_info[:2]:
        return ""
    return ".".join(map(str, python_series(version)))


def _code_cell(source: str) -> NotebookNode:
    return NotebookNode(cell_type="code", source=source, metadata=NotebookNode())


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
