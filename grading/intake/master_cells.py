"""The cells of a master, as far as the cells of submissions are compared with them."""

from collections import Counter
from copy import copy
from functools import lru_cache

from nbformat import NotebookNode
from nbgrader.utils import is_solution, is_task
from traitlets.config import Config

from grading.masters.cells import code_stub, is_stub, text_stub
from grading.masters.clearing import Clearing
from grading.source import names


class MasterCells:
    """The cells of one master.

    master: the notebook. config: the course's, for the text that students get.

    cells: in order. by_id, by_grade_id: the same. place: id → number in that order. released:
    id → text as students get it. pictures: id → attachments that they get. scaffolding: id → that
    text without the stub. answers: the ids of cells where an answer is expected. own_names: id of a
    code answer → names that no other cell of the master binds; where some of them are read in other
    cells, only these.
    """

    def __init__(self, master: NotebookNode, config: Config):
        clear = Clearing(config)
        stub = code_stub(config)
        self.cells = master.cells
        self.by_id = {cell.id: cell for cell in self.cells}
        self.by_grade_id = {
            c.metadata.nbgrader.grade_id: c for c in self.cells if "nbgrader" in c.metadata
        }
        self.place = {cell.id: number for number, cell in enumerate(self.cells)}
        cleared = {cell.id: clear(cell) for cell in self.cells}
        self.released = {cell_id: cell.source for cell_id, cell in cleared.items()}
        self.pictures = {cell_id: cell.get("attachments") for cell_id, cell in cleared.items()}
        self.scaffolding = {
            cell_id: "\n".join(line for line in text.splitlines() if not is_stub(line, stub))
            for cell_id, text in self.released.items()
        }
        prompt = text_stub(config)
        self.answers = {
            cell.id
            for above, cell in zip([None, *self.cells], self.cells, strict=False)
            if is_solution(cell)
            or (is_students(cell) and self.released[cell.id].strip() == prompt.strip())
            or (is_students(cell) and above is not None and is_task(above))
        }
        self.own_names = self._own_names()

    def without_names(self) -> "MasterCells":
        """The same cells for a submission that is too long to be read as Python."""
        same = copy(self)
        same.own_names = {}
        return same

    def _own_names(self) -> dict[str, frozenset[str]]:
        used = {c.id: names_of(c.source) for c in self.cells if c.cell_type == "code"}
        times = Counter(name for bound, _ in used.values() for name in bound)
        own = {}
        for cell in self.cells:
            if not is_solution(cell) or cell.cell_type != "code":
                continue
            alone = {name for name in used[cell.id][0] if times[name] == 1}
            read = set().union(*(reads for key, (_, reads) in used.items() if key != cell.id))
            own[cell.id] = frozenset(alone & read or alone)
        return own


@lru_cache(maxsize=4096)
def names_of(source: str) -> tuple[frozenset[str], frozenset[str]]:
    """Names that a cell binds at its top level, and that it reads; none where it is no Python."""
    try:
        bound, read = names(source)
        return frozenset(bound), frozenset(read)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset(), frozenset()


def is_students(cell: NotebookNode) -> bool:
    """Whether the text of this cell of a master is the student's: a solution or an answer cell."""
    return is_solution(cell) or "nbgrader" not in cell.metadata
