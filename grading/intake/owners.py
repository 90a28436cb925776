"""Which cell of the master each cell of a submission is."""

from collections import Counter
from difflib import SequenceMatcher

from nbformat import NotebookNode

from grading.intake.master_cells import MasterCells, names_of

# Below this a cell without an id is a student's own, above it is the released cell, filled in.
SIMILAR = 0.6
# Letters compared with letters: some seconds. A thousand cells made to be alike would take hours.
MOST_COMPARED = 300_000_000


class Owners:
    """Finds the owners of submitted cells: the cells of the master that they are.

    By its grade_id, or by its id, which survives when metadata is stripped; else by its text; by
    the names that it binds; by its likeness to what was released; by its place between two cells
    that are known.

    found: for each submitted cell the cell of the master, None for one that was added.
    by_place: ids of the master's cells of which only the place told what they are. knows_none: the
    notebook has text, and nothing but the places of its cells speaks for any of them.
    """

    def __init__(self, cells: list[NotebookNode], master: MasterCells):
        self._cells, self._master = cells, master
        self.found: list[NotebookNode | None] = self._by_ids()
        self.by_place: list[str] = []
        times = Counter(master.released.values())
        self._single = {key for key, text in master.released.items() if times[text] == 1}
        self._take_equal(self._single)
        self._take_named()
        self._take_alike(self._single)
        self._take_between()
        self._take_equal(master.by_id.keys())
        self._take_alike(master.by_id.keys())
        known = sum(owner is not None for owner in self.found) - len(self.by_place)
        self.knows_none = known == 0 and any(cell.source.strip() for cell in cells)

    def _by_ids(self) -> list[NotebookNode | None]:
        """The owners by grade_id and by id; an id that several cells have tells nothing."""
        by_grade_id = [self._master.by_grade_id.get(_grade_id(cell)) for cell in self._cells]
        ids = Counter(
            cell.get("id")
            for cell, owner in zip(self._cells, by_grade_id, strict=True)
            if owner is None
        )
        return [
            owner or (self._master.by_id.get(cell.get("id")) if ids[cell.get("id")] == 1 else None)
            for cell, owner in zip(self._cells, by_grade_id, strict=True)
        ]

    def _missing(self) -> list[NotebookNode]:
        present = {owner.id for owner in self.found if owner is not None}
        return [cell for cell in self._master.cells if cell.id not in present]

    def _unknown(self) -> list[tuple[int, NotebookNode]]:
        """Number and cell of those that have no owner yet, without empty ones."""
        return [
            (number, cell)
            for number, cell in enumerate(self._cells)
            if self.found[number] is None and cell.source.strip()
        ]

    def _take_equal(self, ids) -> None:
        """Give the cells whose text is a released one its owner. ids: of the owners to look at."""
        waiting: dict[str, list[NotebookNode]] = {}
        for cell in self._missing():
            if cell.id in ids:
                waiting.setdefault(self._master.released[cell.id].strip(), []).append(cell)
        for number, cell in self._unknown():
            if others := waiting.get(cell.source.strip()):
                self.found[number] = others.pop(0)

    def _take_named(self) -> None:
        """Give a missing code answer the cell that binds most of its names, the last of several."""
        bound = [(number, names_of(cell.source)[0]) for number, cell in self._unknown()]
        for cell in self._missing():
            own = self._master.own_names.get(cell.id, frozenset())
            best = [(len(own & names), number) for number, names in bound if own & names]
            if best and self.found[max(best)[1]] is None:
                self.found[max(best)[1]] = cell

    def _take_alike(self, ids) -> None:
        for _, number, cell in self._alike([c for c in self._missing() if c.id in ids]):
            if self.found[number] is None and cell not in self.found:
                self.found[number] = cell

    def _alike(self, missing: list[NotebookNode]) -> list[tuple[float, int, NotebookNode]]:
        """Pairs of a cell without an owner and a missing cell of the master, most alike first.

        An untouched cell is like what was released; an answered one like its scaffolding. The
        likeliest pairs are looked at first, and no more than `MOST_COMPARED` allows.
        """
        left, likely, pairs = MOST_COMPARED, [], []
        for number, cell in self._unknown():
            matcher = SequenceMatcher(None, autojunk=False)
            matcher.set_seq2(cell.source)
            for candidate in missing:
                texts = (
                    self._master.released[candidate.id],
                    self._master.scaffolding[candidate.id],
                )
                for text in dict.fromkeys(texts):
                    matcher.set_seq1(text)
                    if left <= 0 or matcher.real_quick_ratio() <= SIMILAR:
                        continue
                    left -= 4 * (len(text) + len(cell.source))
                    if (ratio := matcher.quick_ratio()) > SIMILAR:
                        likely.append((ratio, number, candidate, text))
        for _, number, candidate, text in sorted(likely, key=lambda pair: pair[0], reverse=True):
            left -= len(text) * len(self._cells[number].source)
            if left <= 0:
                break
            ratio = SequenceMatcher(None, text, self._cells[number].source, autojunk=False).ratio()
            if ratio > SIMILAR:
                pairs.append((ratio, number, candidate))
        return sorted(pairs, key=lambda pair: pair[0], reverse=True)

    def _take_between(self) -> None:
        """Give missing answers what stands between the same two cells of the master as they do.

        Of several cells for one answer it is the last one in code, where all of them run, and
        the longest one in text.
        """
        at = {}
        for number, owner in enumerate(self.found):
            if owner is not None:
                at.setdefault(owner.id, number)
        gaps: dict[tuple[int, int], list[NotebookNode]] = {}
        for cell in self._missing():
            if cell.id in self._master.answers:
                place = self._master.place[cell.id]
                above = [at[c.id] for c in self._master.cells[:place] if c.id in at]
                below = [at[c.id] for c in self._master.cells[place:] if c.id in at]
                gap = (above[-1] if above else -1, below[0] if below else len(self._cells))
                gaps.setdefault(gap, []).append(cell)
        for (start, end), answers in gaps.items():
            for is_code in (True, False):
                wanted = [cell for cell in answers if (cell.cell_type == "code") is is_code]
                numbers = [
                    number
                    for number, cell in self._unknown()
                    if start < number < end and (cell.cell_type == "code") is is_code
                ]
                if len(wanted) == 1 and numbers:
                    length = [len(self._cells[number].source) for number in numbers]
                    longest = numbers[length.index(max(length))]
                    numbers = [numbers[-1] if is_code else longest]
                for number, cell in zip(numbers, wanted, strict=False):
                    self.found[number] = cell
                    self.by_place.append(cell.id)


def _grade_id(cell: NotebookNode) -> str | None:
    nbgrader = cell.metadata.get("nbgrader")
    grade_id = nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None
    return grade_id if isinstance(grade_id, str) else None
