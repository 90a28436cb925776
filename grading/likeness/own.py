"""What a hand-in has of its own: answers and added cells, without what the release gave."""

import os
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import numpy as np
from nbformat import NotebookNode

from grading.course import Assignment
from grading.intake.files import notebook_path
from grading.intake.handed_in import HandedIn
from grading.intake.identity import assigned_ids
from grading.intake.master_cells import is_students
from grading.intake.reading import Unreadable, read_notebook
from grading.intake.restoration import Restoration
from grading.likeness.fingerprints import RUN, hashes
from grading.likeness.symbols import Symbol, TooLong, by_line, code, names_in, prose
from grading.masters.reading import read_masters
from grading.masters.settings import identity_of, language_of
from grading.words import using
from helpers._identity import written
from helpers._saved import Cell

KINDS = ("code", "prose")
MOST_CELLS = 300  # added to a notebook; more are a programme's, and are not compared
MOST_CHARACTERS = 500_000  # of a hand-in's own; a long one of lab 3 has 30,000


@dataclass(frozen=True)
class Piece:
    """An answer, or a cell that was added. cell: its name, or "" of an added one."""

    notebook: str
    cell: str
    kind: str
    source: str


@dataclass
class Own:
    """A hand-in, as far as it is compared.

    pieces: in the order of the notebooks. symbols: by kind, the number of its piece and the symbol.
    hashes: by kind, one for each run of symbols, in order. names: what its notebooks say about
    who handed it in. problems: what could not be compared, and why.
    """

    name: str
    pieces: list[Piece] = field(default_factory=list)
    symbols: dict[str, list[tuple[int, Symbol]]] = field(default_factory=dict)
    hashes: dict[str, np.ndarray] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)

    def finished(self) -> "Own":
        """Itself, once its symbols are there: with the hashes of them, and none for other kinds."""
        for kind in KINDS:
            row = [symbol for _, symbol in self.symbols.setdefault(kind, [])]
            self.hashes[kind] = hashes(row, RUN[kind])
        return self


class Reader:
    """Reads hand-ins of an assignment.

    given: by kind, the sorted hashes of what the release has.
    Raises CourseError when there is no such assignment, or a master can't be read.
    """

    def __init__(self, assignment: Assignment):
        self._language, self._identity = language_of(assignment), identity_of(assignment)
        self._masters = read_masters(assignment)
        with using(self._language):
            self._restorations = {
                name: Restoration(master, assignment.course.config)
                for name, master in self._masters.items()
            }
        self._students = {
            name: {cell.id: _name(cell) for cell in master.cells if is_students(cell)}
            for name, master in self._masters.items()
        }
        cells = [
            (cell.cell_type, self._restorations[name].released[cell.id])
            for name, master in self._masters.items()
            for cell in master.cells
        ]
        sources = [source for kind, source in cells if kind == "code"]
        self._names = frozenset().union(*map(names_in, sources))
        texts = [source for kind, source in cells if kind != "code"]
        self.given = {"code": self._given("code", sources), "prose": self._given("prose", texts)}
        answers = [
            self._restorations[name].released[cell.id]
            for name, master in self._masters.items()
            for cell in master.cells
            if cell.cell_type == "code" and is_students(cell)
        ]
        said = [by_line(self._symbols("code", source)) for source in answers]
        self._lines = frozenset(line for each in said for line in each.values())
        self._read = lru_cache(maxsize=4096)(self._symbols)

    @property
    def notebooks(self) -> list[str]:
        return list(self._masters)

    def _given(self, kind: str, sources: list[str]) -> np.ndarray:
        symbols = [self._symbols(kind, source) for source in sources]
        return np.unique(np.concatenate([hashes(each, RUN[kind]) for each in symbols]))

    def _symbols(self, kind: str, source: str) -> list[Symbol]:
        return code(source, self._names) if kind == "code" else prose(source)

    def read(self, name: str, folder: Path) -> Own:
        """One hand-in, whatever state it is in. What can't be read is among its problems."""
        own, handed_in = Own(name), HandedIn(folder)
        for notebook in self._masters:
            path = notebook_path(folder, notebook)
            if not os.path.lexists(path):
                continue
            try:
                self._add(own, notebook, read_notebook(path, handed_in.read))
            except Unreadable as error:
                own.problems.append(f"{notebook}: {error}")
            except Exception as error:  # whatever somebody has put into it stops nobody else
                own.problems.append(f"{notebook}: can't be looked into ({type(error).__name__})")
        self._add_symbols(own)
        return own.finished()

    def _add(self, own: Own, notebook: str, submitted: NotebookNode) -> None:
        own.names |= {*assigned_ids(submitted, self._identity), *self._signatures(submitted)}
        with using(self._language):
            restored = self._restorations[notebook].restore(submitted)
        students, released = self._students[notebook], self._restorations[notebook].released
        added = 0
        for cell in restored.cells:
            is_added = cell.id not in released
            added += is_added
            if added > MOST_CELLS:
                own.problems.append(f"{notebook}: has over {MOST_CELLS} cells of its own")
                return
            if not is_added and cell.id not in students:
                continue
            if cell.source.strip() == released.get(cell.id, "").strip() or self._says_who(cell):
                continue
            kind = "code" if cell.cell_type == "code" else "prose"
            own.pieces.append(Piece(notebook, students.get(cell.id, ""), kind, cell.source))

    def _signatures(self, notebook: NotebookNode) -> set[str]:
        cells = [Cell("", cell.cell_type, cell.source, "", False) for cell in notebook.cells]
        signatures = [each for each in self._identity if each.signature]
        return set(filter(None, written(cells, signatures).values()))

    def _says_who(self, cell: NotebookNode) -> bool:
        """Whether a cell is for ids and signatures: nobody has copied these."""
        bound = [name.name for name in self._identity if f"{name.name} =" in cell.source]
        return bool(bound) and len(bound) == len(self._identity)

    def _add_symbols(self, own: Own) -> None:
        """Give a hand-in the symbols of all its pieces of a kind in a row, so that it does not
        matter where one cell ends and the next one begins."""
        room = MOST_CHARACTERS
        for number, piece in enumerate(own.pieces):
            room -= len(piece.source)
            if room < 0:
                own.problems.append(
                    f"{piece.notebook}, cell {piece.cell or 'added'}: it and what follows is not "
                    f"compared, the hand-in has over {MOST_CHARACTERS:,} characters of its own"
                )
                return
            row = own.symbols.setdefault(piece.kind, [])
            row += ((number, symbol) for symbol in self._beyond(own, piece))

    def _beyond(self, own: Own, piece: Piece) -> list[Symbol]:
        """The symbols of a piece without those of lines that the answers were released with,
        however they are spaced, quoted and put in parentheses."""
        try:
            symbols = self._read(piece.kind, piece.source)
        except TooLong as error:
            own.problems.append(f"{piece.notebook}, cell {piece.cell or 'added'}: {error}")
            return []
        if piece.kind == "prose":
            return symbols
        lines = by_line(symbols)
        return [symbol for symbol in symbols if lines[symbol.line] not in self._lines]


def _name(cell: NotebookNode) -> str:
    return cell.metadata.get("nbgrader", {}).get("grade_id") or cell.id
