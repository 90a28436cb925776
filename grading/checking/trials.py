"""What has to run to know whether an assignment's marking can be trusted."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from enum import StrEnum

from nbformat import NotebookNode
from nbgrader.utils import is_grade, is_locked, is_solution

from grading.checking.mutants import Mutant, mutants
from grading.course import CourseError
from grading.execution.job import Job
from grading.intake.preparation import Preparation, has_training
from grading.masters.answers import answer, solved
from grading.masters.cells import OPTIONAL
from grading.source import names, parses

SEED = "seed_"
# With a mutant that hangs: so many seconds, or so many times what the master's slowest check takes.
PATIENCE, TIMES = {"call_seconds": 20, "check_seconds": 60}, 4


class Kind(StrEnum):
    """What a trial is about."""

    MASTER = "the master"
    THREADS = "the master with two threads"
    SEED = "the master with another seed"
    UNTOUCHED = "the untouched release"
    BLANK = "one exercise left blank"
    MUTANT = "one fault in a solution"


@dataclass(frozen=True)
class Trial:
    """One notebook to run.

    label: the exercise that is blank or has the fault; the seed. mutant: the fault. partial: it
    stops before a training.
    """

    kind: Kind
    notebook: str
    job: Job
    label: str = ""
    mutant: Mutant | None = None
    partial: bool = False


@dataclass(frozen=True)
class Masters:
    """The masters of an assignment, and the trainings that their own answers are known to give."""

    preparation: Preparation
    notebooks: dict[str, NotebookNode]
    trainings: dict[str, dict[str, bytes]]

    def job(self, name: str, notebook: NotebookNode, **fields) -> Job:
        return self.preparation.trial_job(name, notebook, trainings=self.trainings[name], **fields)


def trials_of_masters(masters: Masters, quick: bool) -> Iterator[Trial]:
    """Whole masters, those that take longest first. quick: nothing trains that is not known."""
    makers = (_masters,) if quick else (_threads, _seeds, _masters)
    for make in makers:
        for name in masters.notebooks:
            yield from make(masters, name)


def trials_of_tests(masters: Masters, quick: bool, slowest: dict[str, float]) -> Iterator[Trial]:
    """Faults, blanks and the untouched release. slowest: seconds of each master's slowest check."""
    for name in masters.notebooks:
        yield from _mutants(masters, name, quick, slowest[name])
    for make in (_blanks, _untouched):
        for name in masters.notebooks:
            yield from make(masters, name)


def require_seeds(name: str, master: NotebookNode) -> None:
    """Raise CourseError for seeds in a notebook's metadata that would change nothing."""
    asked = master.metadata.get("check", {}).get("seeds")
    if asked is None:
        return
    sources = [cell.source for cell in master.cells if cell.cell_type == "code"]
    text, values = asked.get("in", ""), asked.get("values", [])
    if SEED not in text or not values or not any(text in source for source in sources):
        raise CourseError(
            f"{name}: check.seeds in its metadata changes nothing: 'in' is a text of a code cell "
            f"with {SEED} in it, 'values' what stands there instead; it is {dict(asked)}."
        )


def _masters(masters: Masters, name: str) -> Iterator[Trial]:
    yield Trial(Kind.MASTER, name, masters.job(name, _solved(masters, name), measures=True))
    # As faults are tried: what a figure's cell does beside must not matter later on.
    bare = _needed(_solved(masters, name), "", _figures(masters.notebooks[name]))
    yield Trial(Kind.MASTER, name, masters.job(name, bare), "without its figures")


def _threads(masters: Masters, name: str) -> Iterator[Trial]:
    job = masters.job(name, _solved(masters, name), measures=True, threads=2)
    yield Trial(Kind.THREADS, name, replace(job, trainings={}))


def _seeds(masters: Masters, name: str) -> Iterator[Trial]:
    """The master with each of the seeds that its notebook's metadata asks for.

    check.seeds: {"in": the text that uses the variable seed_, "values": what stands there instead}.
    """
    asked = masters.notebooks[name].metadata.get("check", {}).get("seeds", {"values": []})
    for seed in asked["values"]:
        notebook = _solved(masters, name)
        for cell in notebook.cells:
            if cell.cell_type == "code" and not is_grade(cell):
                other = asked["in"].replace(SEED, str(seed))
                cell.source = cell.source.replace(asked["in"], other)
        yield Trial(Kind.SEED, name, masters.job(name, notebook, measures=True), str(seed))


def _mutants(masters: Masters, name: str, quick: bool, slowest: float) -> Iterator[Trial]:
    figures = _figures(masters.notebooks[name])
    patience = {limit: max(seconds, TIMES * slowest) for limit, seconds in PATIENCE.items()}
    for cell in _answers(masters.notebooks[name]):
        grade_id = cell.metadata.nbgrader.grade_id
        for mutant in mutants(grade_id, cell.source):
            answers = {grade_id: answer(mutant.source)}
            notebook = _needed(solved(masters.notebooks[name], answers), grade_id, figures)
            partial = quick and _stop_before_training(notebook)
            job = masters.job(name, notebook, until_failure=True)
            limits = {key: min(job.limits[key], round(most)) for key, most in patience.items()}
            job = replace(job, limits=job.limits | limits)
            yield Trial(Kind.MUTANT, name, job, grade_id, mutant, partial)


def _blanks(masters: Masters, name: str) -> Iterator[Trial]:
    released = masters.preparation.released(name)
    for cell in _answers(masters.notebooks[name]):
        grade_id = cell.metadata.nbgrader.grade_id
        notebook = solved(masters.notebooks[name], {grade_id: released[cell.id]})
        yield Trial(Kind.BLANK, name, masters.job(name, notebook), grade_id)


def _untouched(masters: Masters, name: str) -> Iterator[Trial]:
    notebook, released = deepcopy(masters.notebooks[name]), masters.preparation.released(name)
    for cell in notebook.cells:
        if is_solution(cell):
            cell.source = released[cell.id]
    yield Trial(Kind.UNTOUCHED, name, masters.job(name, notebook))


def _solved(masters: Masters, name: str) -> NotebookNode:
    return solved(masters.notebooks[name])


def _answers(master: NotebookNode) -> list[NotebookNode]:
    """The answers that count: nobody has to give an optional one, and no marks notice it."""
    return [
        cell
        for cell in master.cells
        if is_solution(cell)
        and cell.cell_type == "code"
        and OPTIONAL not in cell.metadata.get("tags", [])
    ]


def _needed(notebook: NotebookNode, grade_id: str, figures: set[str]) -> NotebookNode:
    """The notebook without its figures and without the checks that stand before an answer."""
    place = [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in notebook.cells]
    first = place.index(grade_id) if grade_id in place else 0
    notebook.cells = [
        cell
        for number, cell in enumerate(notebook.cells)
        if not (is_grade(cell) and number < first) and cell.id not in figures
    ]
    return notebook


def _figures(master: NotebookNode) -> set[str]:
    """Ids of the cells that only show something: what they bind no other cell needs."""
    code = [cell for cell in master.cells if cell.cell_type == "code" and parses(cell.source)]
    found = {cell.id: names(cell.source) for cell in code}
    needed = {each: read - bound for each, (bound, read) in found.items()}
    return {
        cell.id
        for cell in code
        if is_locked(cell)
        and "plt.show(" in cell.source
        and not any(found[cell.id][0] & needed[other] for other in needed if other != cell.id)
    }


def _stop_before_training(notebook: NotebookNode) -> bool:
    """Take out the first training and all that follows; whether there is one."""
    for place, cell in enumerate(notebook.cells):
        if cell.cell_type == "code" and has_training(cell.source):
            notebook.cells = notebook.cells[:place]
            return True
    return False
