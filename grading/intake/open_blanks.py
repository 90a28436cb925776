"""Find the answers to blanks that were left open in the other cells of a submission."""

import ast
from dataclasses import dataclass

from grading.intake.master_cells import names_of
from grading.model.notes import Note
from grading.source import parse, python
from grading.words import say


@dataclass(eq=False)
class Code:
    """A code cell of a submission on its way to be run.

    place: what it is sorted by, the number of the master's cell that it stands at, with a fraction
    for those around it. name: of the master's cell, empty for one that was added. is_fixed: whether
    the master's own text stands there anyway, so that nothing else is kept of this one.
    """

    place: float
    name: str
    source: str
    is_fixed: bool = False


def settle(
    blanks: list[Code], written: list[Code], own_names: dict[str, frozenset[str]]
) -> list[Note]:
    """Give open blanks the answers that stand in other cells. Changes the sources of both lists.

    blanks: the open ones, in order, with the released text. written: the other code, in order.
    own_names: by the name of a blank, the names that nothing else of the master binds.

    Where cells above a blank bind its names, the statements of the blank that would bind them again
    are left out. Where only cells below it do, the last one that binds most of them gives the
    statements that bind them, and what these need, because the test stands between the two.
    """
    notes = []
    for blank in blanks:
        own = own_names[blank.name]
        binds = [(code, names) for code in written if (names := names_of(code.source)[0] & own)]
        sources = [code for code, _ in binds if code.place < blank.place and not code.is_fixed]
        above = {name for code, names in binds if code in sources for name in names}
        below = [(code, names) for code, names in binds if code not in sources]
        rest = own - above
        if above:
            blank.source = _without(blank.source, above) if rest else ""
        giver = _giver(below, rest)
        if giver is not None:
            _take(blank, giver, rest)
            for code, names in below:
                if code is giver:
                    break
                code.source = _without(code.source, names)  # an earlier try, which is now later
            sources.append(giver)
        if sources:
            notes.append(_note(blank, sources))
            written.append(blank)
    return notes


def is_open(source: str, released: str) -> bool:
    """Whether a code answer is as it was released, or holds no statement at all."""
    if source.strip() == released.strip() or not source.strip():
        return True
    try:
        return not parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False


def _giver(binds: list[tuple[Code, frozenset[str]]], wanted: frozenset[str]) -> Code | None:
    """The code that binds most of the wanted names, the last one of several."""
    best = [(len(names & wanted), code) for code, names in binds if names & wanted]
    return max(reversed(best), key=lambda item: item[0])[1] if best else None


def _take(blank: Code, giver: Code, names: frozenset[str]) -> None:
    """Move the statements that bind some names, with what they need, from a cell to a blank."""
    taken, giver.source = _split(giver.source, names)
    left = "" if names <= names_of(taken)[0] else _without(blank.source, names_of(taken)[0])
    blank.source = "\n\n".join(text for text in (left, taken) if text.strip())


@dataclass
class _Statement:
    """A statement, with the comments above it. is_import: whether it only imports."""

    text: str
    bound: frozenset[str]
    read: frozenset[str]
    is_import: bool


def _split(source: str, wanted: frozenset[str]) -> tuple[str, str]:
    """The statements of a cell that bind some names, with what they need, and the other ones.

    Imports that are needed are in both.
    """
    statements, needed, taken = _statements(source), set(wanted), set()
    while more := {
        number
        for number, each in enumerate(statements)
        if number not in taken and each.bound & needed
    }:
        taken |= more
        needed |= set().union(*(statements[number].read for number in more))
    own = [each for number, each in enumerate(statements) if number in taken]
    others = [each for number, each in enumerate(statements) if number not in taken]
    if not any(not each.is_import for each in others):
        return source, ""
    left = [each for each in statements if each in others or each.is_import]
    return _joined(own), _joined(left)


def _without(source: str, names) -> str:
    """A cell without the statements that bind some names."""
    return _joined([each for each in _statements(source) if not each.bound & set(names)])


def _joined(statements: list[_Statement]) -> str:
    return "\n".join(each.text for each in statements).strip("\n")


def _statements(source: str) -> list[_Statement]:
    """The statements of a cell's top level. Those that share a line are one."""
    try:
        body, lines = parse(source).body, source.split("\n")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return [_Statement(source, *names_of(source), False)]
    found, begin = [], 0
    if len(python(source).split("\n")) < len(lines):
        return [_Statement(source, *names_of(source), False)]
    for node, below in zip(body, [*body[1:], None], strict=True):
        if below is not None and _first_line(below) <= node.end_lineno:
            continue
        end = node.end_lineno if below is not None else len(lines)
        text = "\n".join(lines[begin:end])
        is_import = isinstance(node, (ast.Import, ast.ImportFrom))
        found.append(_Statement(text, *names_of(text), is_import))
        begin = end
    return found


def _first_line(node: ast.stmt) -> int:
    return min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", []))])


def _note(blank: Code, sources: list[Code]) -> Note:
    def where(added: str) -> str:
        return ", ".join(dict.fromkeys(code.name or added for code in sources))

    return Note(
        f"cell {blank.name}: its answer stands in another cell ({where('one that was added')}) and "
        "was taken from there",
        say("answer_elsewhere", cell=blank.name, where=where(say("added_cell"))),
    )
