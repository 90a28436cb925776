"""What `build` tells about masters that it releases: how they were read, and what may surprise."""

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
from grading.source import magics, names, parses, require_python, statements

# What stands for a delimiter in its writer's eyes, and is none: students get what is below it.
NEARLY = re.compile(r"#\W*(?:BEGIN|END)\W+(?:SOLUTIONS|HIDDENT? ?TESTS?|MARK ?SCHEMES)\b.*")


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
    clear, region = Clearing(config), solutions(config)
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
                yield where, f"it is not valid Python as it stands: {_why(answered)}."
            elif not parses(cleared.source):
                yield (
                    where,
                    "what students get of it is not valid Python until they change it: "
                    f"{_why(cleared.source)}.",
                )
            if is_test(cell) and not runs_in_kernel(cell):
                yield from ((where, what) for what in _about_test(cell))
    yield from _bound_by_tests(notebook)


def _why(source: str) -> str:
    try:
        require_python(source)
    except SyntaxError as error:
        return f"line {error.lineno}: {error.msg}"
    return ""


def _about_test(cell: NotebookNode) -> Iterator[str]:
    if found := magics(cell.source):
        yield f"{', '.join(map(repr, found))} is left out when it is graded: no IPython runs it."


def _bound_by_tests(notebook: NotebookNode) -> Told:
    """Names that only a test has bound before a cell of the student's kernel reads them."""
    leaked: dict[str, str] = {}
    for name, cell in named_cells(notebook):
        if cell.cell_type != "code" or not statements(cell.source) or not parses(cell.source):
            continue
        bound, read = names(cell.source)
        if is_test(cell):
            leaked |= dict.fromkeys(bound, name)
            continue
        for variable in sorted((read - bound) & leaked.keys()):
            yield (
                f", cell {leaked[variable]}",
                f"it binds {variable!r}, which {name} reads. A test is not run in the student's "
                "kernel when it is graded, so bind it in a cell that students are given.",
            )
        leaked = {variable: test for variable, test in leaked.items() if variable not in bound}
