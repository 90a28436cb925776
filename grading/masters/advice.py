"""What `build` tells about masters that it releases: how they were read, and what may surprise."""

import ast
import re
from collections.abc import Iterator

from nbformat import NotebookNode
from nbgrader.utils import is_solution
from traitlets.config import Config

from grading.course import Assignment
from grading.masters.cells import is_test, named_cells, runs_in_kernel
from grading.masters.clearing import Clearing
from grading.masters.reading import Reading, reading_of
from grading.regions import solutions
from grading.source import magics, names, parses, require_python, statements, walk

# What stands for a delimiter in its writer's eyes, and is none: students get what is below it.
NEARLY = re.compile(r"#\W*(?:BEGIN|END)\W+(?:SOLUTIONS|HIDDENT? ?TESTS?|MARK ?SCHEMES)\b.*")

# The names of functions that fail where a value is not the right one.
ASSERTING = re.compile(
    r"(?:^|_)(?:assert|check|verif|comprob|test|raises|expect|fail)", re.IGNORECASE
)


def advice(assignment: Assignment) -> list[str]:
    """What there is to know about the masters of an assignment, a sentence each.

    Raises CourseError as `read_master` does.
    """
    config, sentences = assignment.course.config, []
    for path in assignment.master_paths():
        reading = reading_of(path, config)
        told = [*_about_the_file(reading), *_about_cells(reading.notebook, config)]
        sentences += [f"{path.stem}{where}: {what}" for where, what in told]
    return sentences


Told = Iterator[tuple[str, str]]  # ", cell NAME" or nothing, and what is to be told


def _about_the_file(reading: Reading) -> Told:
    if reading.changes:
        yield (
            "",
            f"read as a notebook of today; the file has {', '.join(reading.changes)}. The file "
            "was left as it is.",
        )
    if reading.respelt:
        found = dict.fromkeys(text for texts in reading.respelt.values() for text in texts)
        yield (
            f", cell {', '.join(reading.respelt)}",
            f"the delimiters {', '.join(map(repr, found))} were read as those of the course.",
        )


def _about_cells(notebook: NotebookNode, config: Config) -> Told:
    clear, region, unreadable = Clearing(config), solutions(config), []
    whole = [
        name
        for name, cell in named_cells(notebook)
        if is_solution(cell) and cell.cell_type == "code" and region.begin not in cell.source
    ]
    if whole:
        yield (
            f", cell {', '.join(whole)}",
            f"without {region.begin} the whole cell is the solution: students get the stub in "
            "its place.",
        )
    for name, cell in named_cells(notebook):
        where, cleared = f", cell {name}", clear(cell)
        if found := NEARLY.search(cleared.source):
            yield (
                where,
                f"{found[0].strip()!r} is no delimiter of the course: students get what stands "
                "below it.",
            )
        if cell.cell_type == "code":
            answered = region.without_delimiters(cell.source)
            if not parses(answered):
                unreadable.append((name, _why(answered)))
            elif not parses(cleared.source):
                yield (
                    where,
                    "what students get of it is not valid Python until they change it: "
                    f"{_why(cleared.source)}.",
                )
            if is_test(cell) and not runs_in_kernel(cell):
                yield from ((where, what) for what in _about_test(cell))
    if unreadable:
        yield (
            f", cell {', '.join(name for name, _ in unreadable)}",
            f"not valid Python as it stands: {'; '.join(dict.fromkeys(w for _, w in unreadable))}.",
        )
    yield from _bound_by_tests(notebook)


def _why(source: str) -> str:
    try:
        require_python(source)
    except SyntaxError as error:
        return f"line {error.lineno}: {error.msg}"
    return ""


def _about_test(cell: NotebookNode) -> Iterator[str]:
    if found := magics(cell.source):
        yield (
            f"{', '.join(map(repr, found))}: no IPython runs it when it is graded: magics are left "
            "out, and what %time or %%time would run is run without them."
        )
    if not has_assertion(cell.source) and cell.metadata.nbgrader.points:
        yield "it asserts nothing, so that any code which runs to the end gets its points."


def has_assertion(source: str) -> bool:
    """Whether a test can fail by what it finds, or gives a number of marks: it asserts or raises
    something, calls what has such a name, or ends in a value."""
    nodes = list(walk(source))
    if any(isinstance(node, ast.Assert | ast.Raise) for node in nodes):
        return True
    if any(ASSERTING.search(_called(node)) for node in nodes):
        return True
    *_, last = [None, *statements(source)]
    return isinstance(last, ast.Expr) and _called(last.value) != "print"


def _called(node: ast.AST) -> str:
    """The name of the function that a node calls; empty where it calls none."""
    called = node.func if isinstance(node, ast.Call) else None
    return getattr(called, "attr", getattr(called, "id", ""))


def _bound_by_tests(notebook: NotebookNode) -> Told:
    """Names that only a test has bound before a cell of the student's kernel reads them."""
    leaked: dict[str, str] = {}
    readers: dict[tuple[str, str], list[str]] = {}
    for name, cell in named_cells(notebook):
        if cell.cell_type != "code" or not statements(cell.source) or not parses(cell.source):
            continue
        bound, read = names(cell.source)
        if is_test(cell):
            leaked |= dict.fromkeys(bound, name)
            continue
        for variable in sorted((read - bound) & leaked.keys()):
            readers.setdefault((leaked[variable], variable), []).append(name)
        leaked = {variable: test for variable, test in leaked.items() if variable not in bound}
    for (test, variable), cells in readers.items():
        yield (
            f", cell {test}",
            f"it binds {variable!r}, which {_listed(cells)} reads. A test is not run in the "
            "student's kernel when it is graded: bind the name in a cell that students are given.",
        )


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} (as {len(names) - 1} more)"
