"""What a master's tests can't have where they run: found in seconds, before anything is released.

A test runs in the examiner, where nothing of a notebook has run but what the test imports. What is
missing there would cost every hand-in the marks of a cell, or fail a hidden test for everybody.
"""

import ast
import posixpath
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import packages_distributions
from textwrap import indent

import msgpack
import nbformat
from nbformat import NotebookNode

from grading.candidate.box import why_no_box
from grading.candidate.sandbox import Sandbox
from grading.course import Assignment
from grading.examiner.imports import bound_names, import_statements
from grading.examiner.lacking import is_named_once
from grading.examiner.messages import Test
from grading.examiner.places import place_statements
from grading.examiner.process import CheckTooLong, Examiner, ExaminerLost
from grading.execution.paper import write_paper
from grading.intake.preparation import Preparation
from grading.masters.cells import is_test, named_cells, provided_code, runs_in_kernel
from grading.masters.reading import read_masters
from grading.masters.rules import broken_rules
from grading.model.limits import Limits
from grading.processes.event_loop import run_to_the_end
from grading.processes.scratch import scratch_folder
from grading.source import names, parses, statements, walk

IMPORT = (
    "a test needs '{code}', which fails where tests run, so every hand-in would end as 'a test "
    "could not run': {reason}. Install it here, or put the module into source/{assignment}/"
)
REFERENCE = (
    "a hidden test needs {code}, which fails, so nobody would pass: {reason}. Of a master it runs "
    "the imports, functions and classes alone: let these need nothing else"
)
NO_FILE = (
    "a test reads {name!r}, which is not in source/{assignment}/ and which no cell names, so "
    "that no submission writes it: put it there, or name it in the text or code of the exercise"
)
HIDDEN = (
    "{path} of source/{assignment}/ has the name of an installed module, which grading would "
    "import in its place: rename it"
)
READS = re.compile(r"open|load|loadtxt|genfromtxt|imread|read_\w+")
WRITING = ("w", "a", "x", "wb", "ab", "xb", "w+", "wt")
PATH = re.compile(r"[\w ./-]*\w\.[A-Za-z]\w{0,4}")


class _Nobody:
    """In place of a submission: there is no name that a test may ask for."""

    async def ask(self, question: bytes, seconds: float) -> bytes:
        return msgpack.packb({"missing": True})


@dataclass(frozen=True)
class _Need:
    """What tests of a notebook need: code to try, who needs it, and what to say where it fails."""

    where: str
    code: str
    shown: str
    rule: str


def what_tests_lack(assignment: Assignment) -> list[str]:
    """Sentences on all that the tests of an assignment need and can't have where they run.

    None are looked for where a master breaks a rule, which `build` then says, nor on a machine
    where nothing can be graded. Raises CourseError when there is no such assignment.
    """
    config = assignment.course.config
    if broken_rules(assignment.master_paths(), config):
        return []
    if Sandbox(config=config).required and why_no_box():
        return []
    masters = read_masters(assignment)
    preparation = Preparation(assignment)
    jobs = [preparation.trial_job(name, master) for name, master in masters.items()]
    job = jobs[0]
    for other in jobs:
        job.masters.update(other.masters)
    needs = [need for name, master in masters.items() for need in _needs(name, master)]
    failed: dict[str, str] = {}
    with scratch_folder() as folder:
        examiner = Examiner(write_paper(job, folder, _places(masters)), Limits(**job.limits))
        run_to_the_end(lambda: _try(examiner, dict.fromkeys(need.code for need in needs), failed))
    lacking = [
        f"{need.where}: "
        + need.rule.format(code=need.shown, reason=failed[need.code], assignment=assignment)
        for need in needs
        if need.code in failed
    ]
    files = set(job.master_files)
    for name, master in masters.items():
        lacking += [
            f"{name}, cell {cell}: " + NO_FILE.format(name=path, assignment=assignment)
            for cell, test in _tests(master)
            for path in _read_files(test.source)
            if not _is_among(path, files) and is_named_once(path, test.source, _others(master))
        ]
    sources = [cell.source for master in masters.values() for cell in master.cells]
    return lacking + [
        HIDDEN.format(path=path, assignment=assignment) for path in _hidden(files, sources)
    ]


async def _try(examiner: Examiner, codes: dict[str, None], failed: dict[str, str]) -> None:
    """Run each piece of code as if it were a test. failed: gets, by code, why it failed."""
    try:
        for code in codes:
            test = Test(code, "probe", "", 1, seed=0, stops=[])
            try:
                verdict = await examiner.run(test, _Nobody())
            except (ExaminerLost, CheckTooLong) as error:
                failed[code] = str(error) or "it takes too long"
                await examiner.stop()
                continue
            if not verdict.result.passed:
                failed[code] = verdict.result.reason
    finally:
        await examiner.stop()


def _tests(master: NotebookNode) -> Iterator[tuple[str, NotebookNode]]:
    """The test cells that run in the examiner, with their names."""
    for name, cell in named_cells(master):
        if is_test(cell) and not runs_in_kernel(cell):
            yield name, cell


def _places(masters: dict[str, NotebookNode]) -> NotebookNode:
    """What the masters' provided cells say of where modules are, and nothing else of them."""
    said = [
        ast.unparse(statement)
        for source in provided_code(masters.values())
        for statement in place_statements(source)
    ]
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("\n".join(said))])


def _others(master: NotebookNode) -> list[str]:
    """The text of the cells that are no tests: what they name, a submission may write."""
    return [cell.source for cell in master.cells if not is_test(cell)]


def _is_among(path: str, files: set[str]) -> bool:
    """Whether a path is that of a file, from one of the folders that a notebook may change into."""
    parts = path.split("/")
    while parts[0] == "..":
        parts.pop(0)
    return any(f"/{file}".endswith("/" + "/".join(parts)) for file in files)


def _needs(name: str, master: NotebookNode) -> Iterator[_Need]:
    """What is imported for the tests of a notebook, by them or before them."""
    tests = [test for _, test in _tests(master) if parses(test.source)]
    read = {each for test in tests for each in names(test.source)[1]}
    imported: dict[str, list[tuple[str, ast.stmt]]] = {}
    for cell_name, cell in named_cells(master):
        if cell.cell_type == "code" and not is_test(cell):
            for node in import_statements(statements(cell.source)):
                for bound in bound_names(node):
                    imported.setdefault(bound, []).append((cell_name, node))
    for bound, found in imported.items():
        if bound == "*":
            yield from (_import(name, cell_name, [node]) for cell_name, node in found)
        elif bound in read:
            yield _import(name, found[-1][0], [node for _, node in found[-2:]])
    for cell_name, test in _tests(master):
        yield from _own_needs(name, cell_name, list(walk(test.source)))


def _own_needs(name: str, cell_name: str, nodes: list[ast.AST]) -> Iterator[_Need]:
    tried = {each for node in nodes if isinstance(node, ast.Try) for each in ast.walk(node)}
    for node in nodes:
        if node in tried:
            continue
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield _import(name, cell_name, [node])
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "reference":
            if all(isinstance(argument, ast.Constant) for argument in node.args):
                call = ast.unparse(node)
                code = f"from grading.reference import reference\n{call}"
                yield _Need(f"{name}, cell {cell_name}", code, call, REFERENCE)


def _import(name: str, cell_name: str, nodes: list[ast.stmt]) -> _Need:
    """The last of some import statements of one name, or that before it: see `Imports.get`."""
    *others, last = map(ast.unparse, nodes)
    code = last
    if others:
        code = f"try:\n{indent(last, '    ')}\nexcept ImportError:\n{indent(others[-1], '    ')}"
    return _Need(f"{name}, cell {cell_name}", code, last, IMPORT)


def _read_files(source: str) -> list[str]:
    """The files that a test reads by a name that it writes out."""
    found = []
    for node in walk(source):
        match node:
            case ast.Call(func=func, args=[ast.Constant(value=str() as path), *others]):
                called = getattr(func, "attr", getattr(func, "id", ""))
                writes = any(isinstance(o, ast.Constant) and o.value in WRITING for o in others)
                if READS.fullmatch(called) and PATH.fullmatch(path) and not writes:
                    found.append(posixpath.normpath(path))
    return found


def _hidden(files: set[str], sources: list[str]) -> list[str]:
    """The modules among the files that notebooks import and that an installed one stands before."""
    installed = sys.stdlib_module_names | packages_distributions().keys()
    found = {
        path.removesuffix(".py").partition("/")[0]: path for path in sorted(files, reverse=True)
    }
    return [
        path
        for name, path in sorted(found.items())
        if path.endswith(".py")
        and name in installed
        and any(re.search(rf"^\s*(?:import|from)\s+{name}\b", text, re.M) for text in sources)
    ]
