"""What has to run to know whether an assignment's marking can be trusted."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from enum import StrEnum

from nbformat import NotebookNode
from nbgrader.utils import is_grade, is_locked, is_solution

from grading.checking.mutants import Mutant, mutants
from grading.execution.job import Job
from grading.intake.preparation import Preparation, has_training
from grading.masters.answers import answer, solved
from grading.masters.cells import OPTIONAL

SEED = "seed_"
PATIENCE = {"call_seconds": 20, "check_seconds": 60}  # with a mutant that hangs


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


def trials(masters: Masters, quick: bool) -> Iterator[Trial]:
    """Every trial of an assignment, those that take longest first.

    quick: nothing trains, other than what is known already.
    """
    names = list(masters.notebooks)
    makers = (_masters, _mutants, _blanks, _untouched)
    if not quick:
        makers = (_threads, _seeds, *makers)
    for make in makers:
        for name in names:
            yield from make(masters, name, quick)


def _masters(masters: Masters, name: str, quick: bool) -> Iterator[Trial]:
    yield Trial(Kind.MASTER, name, masters.job(name, _solved(masters, name), measures=True))
    # As faults are tried: what a figure's cell does beside must not matter later on.
    bare = _needed(_solved(masters, name), "")
    yield Trial(Kind.MASTER, name, masters.job(name, bare), "without its figures")


def _threads(masters: Masters, name: str, quick: bool) -> Iterator[Trial]:
    job = masters.job(name, _solved(masters, name), measures=True, threads=2)
    yield Trial(Kind.THREADS, name, replace(job, trainings={}))


def _seeds(masters: Masters, name: str, quick: bool) -> Iterator[Trial]:
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


def _mutants(masters: Masters, name: str, quick: bool) -> Iterator[Trial]:
    for cell in _answers(masters.notebooks[name]):
        grade_id = cell.metadata.nbgrader.grade_id
        for mutant in mutants(grade_id, cell.source):
            answers = {grade_id: answer(mutant.source)}
            notebook = _needed(solved(masters.notebooks[name], answers), grade_id)
            partial = quick and _stop_before_training(notebook)
            job = masters.job(name, notebook, until_failure=True)
            job = replace(job, limits=job.limits | PATIENCE)
            yield Trial(Kind.MUTANT, name, job, grade_id, mutant, partial)


def _blanks(masters: Masters, name: str, quick: bool) -> Iterator[Trial]:
    released = masters.preparation.released(name)
    for cell in _answers(masters.notebooks[name]):
        grade_id = cell.metadata.nbgrader.grade_id
        notebook = solved(masters.notebooks[name], {grade_id: released[cell.id]})
        yield Trial(Kind.BLANK, name, masters.job(name, notebook), grade_id)


def _untouched(masters: Masters, name: str, quick: bool) -> Iterator[Trial]:
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


def _needed(notebook: NotebookNode, grade_id: str) -> NotebookNode:
    """The notebook without its figures and without the checks that stand before an answer."""
    place = [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in notebook.cells]
    first = place.index(grade_id) if grade_id in place else 0
    notebook.cells = [
        cell
        for number, cell in enumerate(notebook.cells)
        if not (is_grade(cell) and number < first) and not _is_figure(cell)
    ]
    return notebook


def _is_figure(cell: NotebookNode) -> bool:
    return cell.cell_type == "code" and is_locked(cell) and "plt.show(" in cell.source


def _stop_before_training(notebook: NotebookNode) -> bool:
    """Take out the first training and all that follows; whether there is one."""
    for place, cell in enumerate(notebook.cells):
        if cell.cell_type == "code" and has_training(cell.source):
            notebook.cells = notebook.cells[:place]
            return True
    return False
