"""Take cells apart that a student has merged with cells of the master above or below them."""

from nbformat import NotebookNode

from grading.intake.master_cells import MasterCells, is_students, names_of
from grading.model.notes import Note
from grading.words import say

LONGEST = 200_000  # characters of a cell that is searched
MOST_SEARCHED = 300_000_000  # characters in all: about a second
SHORTEST = 8  # characters of a text that nobody writes by chance


def unmerged(cells: list[NotebookNode], master: MasterCells) -> tuple[list[NotebookNode], list]:
    """The same cells, each with the text of locked cells in it as several, and a note on each.

    A locked cell is looked for where it is missing, and in what stands in its place. It comes back
    as a cell with its id; what stood above and below it as cells without an id, but for the one
    that is the answer which the merged cell was.
    """
    present = {_known(cell, master) for cell in cells}
    texts = {_plain(cell.source) for cell in cells}
    wanted = {
        cell.id: text
        for cell in master.cells
        if not is_students(cell)
        and len(text := _plain(master.released[cell.id])) >= SHORTEST
        and text not in texts
    }
    left, apart, notes = MOST_SEARCHED, [], []
    for cell in cells:
        known, found = _known(cell, master), []
        text = _plain(cell.source)
        for cell_id, looked_for in wanted.items():
            if (cell_id in present and cell_id != known) or len(text) > LONGEST or left < 0:
                continue
            left -= len(text)
            if (start := f"\n{text}\n".find(f"\n{looked_for}\n")) >= 0:
                found.append((start, start + len(looked_for), cell_id))
        pieces = _pieces(cell, text, sorted(found), known, master) if found else [cell]
        if len(pieces) == 1 or not _is_a_merger(pieces, known, present, master):
            apart.append(cell)
            continue
        apart += pieces
        notes.append(_note(known))
    return apart, notes


def _is_a_merger(
    pieces: list[NotebookNode], known: str, present: set[str], master: MasterCells
) -> bool:
    """Whether the pieces of a cell are to be used: not what was added to a locked cell, unless it
    can be an answer whose own cell is missing."""
    if not known or is_students(master.by_id[known]):
        return True
    missing = [master.by_id[cell_id] for cell_id in master.answers - present]
    if master.by_id[known].cell_type != "code":
        return any(cell.cell_type != "code" for cell in missing)
    names = set().union(*(names_of(each.source)[0] for each in pieces if "id" not in each))
    return any(names & master.own_names.get(cell.id, frozenset()) for cell in missing)


def _known(cell: NotebookNode, master: MasterCells) -> str:
    """The id of the master's cell that a submitted cell says it is; empty where it says none."""
    nbgrader = cell.metadata.get("nbgrader")
    grade_id = nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None
    if isinstance(grade_id, str) and grade_id in master.by_grade_id:
        return master.by_grade_id[grade_id].id
    return cell.get("id") if cell.get("id") in master.by_id else ""


def _plain(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def _pieces(
    cell: NotebookNode, text: str, found: list, known: str, master: MasterCells
) -> list[NotebookNode]:
    """A merged cell as several. found: start, end and id of each locked cell in its text."""
    pieces, begin = [], 0
    for start, end, cell_id in [*found, (len(text), len(text), "")]:
        if start < begin and cell_id:
            continue  # it stands within the one before
        if text[begin:start].strip():
            pieces.append(_piece(cell, text[begin:start].strip("\n")))
        if cell_id:
            pieces.append(_piece(master.by_id[cell_id], text[start:end], id=cell_id))
        begin = end
    if known and is_students(master.by_id[known]):
        own = [piece for piece in pieces if "id" not in piece]
        if own:
            _theirs(own, pieces, known, master).id = known
    return pieces


def _theirs(
    own: list[NotebookNode], pieces: list[NotebookNode], known: str, master: MasterCells
) -> NotebookNode:
    """The piece that is the answer which the merged cell was: by its names, else by its place."""
    for piece in own:
        if names_of(piece.source)[0] & master.own_names.get(known, frozenset()):
            return piece
    above = [piece for piece in own if not _is_below(piece, pieces, known, master)]
    return above[0] if above else own[-1]


def _is_below(piece: NotebookNode, pieces: list, known: str, master: MasterCells) -> bool:
    """Whether a locked cell that stands above the answer in the master stands below this piece."""
    at = next(number for number, each in enumerate(pieces) if each is piece)
    later = [each.id for each in pieces[at:] if "id" in each]
    return any(master.place[cell_id] < master.place[known] for cell_id in later)


def _piece(cell: NotebookNode, source: str, **fields) -> NotebookNode:
    return NotebookNode(cell_type=cell.cell_type, source=source, metadata=NotebookNode(), **fields)


def _note(known: str) -> Note:
    return Note(
        f"cell {known or 'that was added'}: it held several cells in one and was taken apart again",
        say("merged_cell", cell=known or say("an_added_cell")),
    )
