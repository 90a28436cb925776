"""What has to run to know whether an assignment's marking can be trusted."""

import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field, replace
from enum import StrEnum

from nbformat import NotebookNode
from nbgrader.utils import is_grade, is_locked, is_solution

from grading.checking.mutants import Mutant, mutants
from grading.course import CourseError
from grading.intake.preparation import Preparation, has_training
from grading.masters.answers import solved
from grading.masters.cells import OPTIONAL, is_marked_by_hand, is_test
from grading.model.job import Job
from grading.regions import Region

DRAWS = 30  # of each test's random inputs
MASTER = "the master's own"
SEED, SHOW = "seed_", "plt.show("
# With a mutant that hangs: so many seconds, or so many times what the master's slowest check takes.
PATIENCE, TIMES = {"call_seconds": 20, "check_seconds": 60}, 4


class Kind(StrEnum):
    """What a trial is about."""

    MASTER = "the master"
    BARE = "the master without its figures"
    THREADS = "the master with two threads"
    SEED = "the master with another seed"
    UNTOUCHED = "the untouched release"
    BLANK = "one exercise left blank"
    MUTANT = "one fault in a solution"
    DRAWS = "right answers with other random inputs"


@dataclass(frozen=True)
class Trial:
    """One notebook to run.

    label: the exercise that is blank or has the fault; the seed; whose right answers they are.
    mutant: the fault. partial: it stops before a training.
    """

    kind: Kind
    notebook: str
    job: Job
    label: str = ""
    mutant: Mutant | None = None
    partial: bool = False


@dataclass(frozen=True)
class Masters:
    """The masters of an assignment and what is known of its right answers.

    trainings: those that right answers are known to give, for each notebook. solutions: how the
    course marks what students write. variants: the instructor's other right answers, notebook →
    style → grade_id → source.
    """

    preparation: Preparation
    notebooks: dict[str, NotebookNode]
    trainings: dict[str, dict[str, bytes]]
    solutions: Region
    variants: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)

    def solved(self, name: str, answers: dict[str, str] | None = None) -> NotebookNode:
        """A master with its own answers or, by grade_id, with others."""
        return solved(self.notebooks[name], self.solutions, answers)

    def job(self, name: str, notebook: NotebookNode, **fields) -> Job:
        return self.preparation.trial_job(name, notebook, trainings=self.trainings[name], **fields)


@dataclass(frozen=True)
class Known:
    """What is known of a master once it ran. slowest: seconds that its slowest check took.
    needs_figures: without the cells that show figures it does not earn everything."""

    slowest: float
    needs_figures: bool


def trials_of_masters(masters: Masters, quick: bool) -> Iterator[Trial]:
    """Whole masters, those that take longest first. quick: nothing trains that is not known."""
    makers = (_masters,) if quick else (_threads, _seeds, _masters)
    for make in makers:
        for name in masters.notebooks:
            yield from make(masters, name)


def trials_of_tests(masters: Masters, quick: bool, known: dict[str, Known]) -> Iterator[Trial]:
    """Right answers with other random inputs, faults, blanks and the untouched release."""
    for name in masters.notebooks:
        yield from _draws(masters, name)
    for name in masters.notebooks:
        yield from _mutants(masters, name, quick, known[name])
    for make in (_blanks, _untouched):
        for name in masters.notebooks:
            yield from make(masters, name)


def _masters(masters: Masters, name: str) -> Iterator[Trial]:
    whole = masters.solved(name)
    yield Trial(Kind.MASTER, name, masters.job(name, whole, measures=True))
    yield Trial(Kind.BARE, name, masters.job(name, _without_figures(whole)))


def _threads(masters: Masters, name: str) -> Iterator[Trial]:
    job = masters.job(name, masters.solved(name), measures=True, threads=2)
    yield Trial(Kind.THREADS, name, replace(job, trainings={}))


def _seeds(masters: Masters, name: str) -> Iterator[Trial]:
    """The master with each of the seeds that its notebook's metadata asks for; see `seeds`."""
    text, values = seeds(name, masters.notebooks[name])
    for seed in values:
        notebook = masters.solved(name)
        for cell in _seeded(notebook, text):
            cell.source = cell.source.replace(text, text.replace(SEED, str(seed)))
        yield Trial(Kind.SEED, name, masters.job(name, notebook, measures=True), str(seed))


def seeds(name: str, master: NotebookNode) -> tuple[str, list]:
    """Which text of a master uses the variable seed_, and what shall stand there instead of it.

    They are in its metadata, check.seeds: {"in": text, "values": […]}. Raises CourseError for those
    that would change nothing.
    """
    asked = master.metadata.get("check")
    if asked is None:
        return "", []
    match asked:
        case {"seeds": {"in": str(text), "values": [*values]}}:
            if SEED in text and values and _seeded(master, text):
                return text, values
    written = json.dumps(asked, ensure_ascii=False)
    raise CourseError(
        f"{name}: check in its metadata changes nothing: {written}. Write "
        '{"seeds": {"in": text, "values": list}}: '
        f"a text with {SEED} in it of a code cell that is no test, and what stands there instead."
    )


def _seeded(notebook: NotebookNode, text: str) -> list[NotebookNode]:
    return [
        cell
        for cell in notebook.cells
        if cell.cell_type == "code" and not is_test(cell) and text in cell.source
    ]


def _draws(masters: Masters, name: str) -> Iterator[Trial]:
    """No input that a test draws may fail a right answer."""
    for style, answers in ({MASTER: {}} | masters.variants.get(name, {})).items():
        notebook = masters.solved(name, answers)
        yield Trial(Kind.DRAWS, name, masters.job(name, notebook, draws=DRAWS), style)


def _mutants(masters: Masters, name: str, quick: bool, known: Known) -> Iterator[Trial]:
    patience = {limit: max(seconds, TIMES * known.slowest) for limit, seconds in PATIENCE.items()}
    for cell in _answers(masters.notebooks[name]):
        grade_id = cell.metadata.nbgrader.grade_id
        for mutant in mutants(grade_id, cell.source, masters.solutions):
            answers = {grade_id: masters.solutions.without_delimiters(mutant.source)}
            notebook = _from(masters.solved(name, answers), grade_id)
            if not known.needs_figures:
                notebook = _without_figures(notebook)
            partial = quick and _stop_before_training(notebook)
            job = masters.job(name, notebook, until_failure=True)
            limits = {key: min(job.limits[key], round(most)) for key, most in patience.items()}
            job = replace(job, limits=job.limits | limits)
            yield Trial(Kind.MUTANT, name, job, grade_id, mutant, partial)


def _blanks(masters: Masters, name: str) -> Iterator[Trial]:
    released = masters.preparation.released(name)
    for cell in _answers(masters.notebooks[name]):
        grade_id = cell.metadata.nbgrader.grade_id
        notebook = masters.solved(name, {grade_id: released[cell.id]})
        yield Trial(Kind.BLANK, name, masters.job(name, notebook), grade_id)


def _untouched(masters: Masters, name: str) -> Iterator[Trial]:
    notebook, released = deepcopy(masters.notebooks[name]), masters.preparation.released(name)
    for cell in notebook.cells:
        if is_solution(cell):
            cell.source = released[cell.id]
    yield Trial(Kind.UNTOUCHED, name, masters.job(name, notebook))


def _answers(master: NotebookNode) -> list[NotebookNode]:
    """The answers that tests are there for: nobody has to give an optional one, and what a person
    marks needs no test."""
    return [
        cell
        for cell in master.cells
        if is_solution(cell)
        and cell.cell_type == "code"
        and not is_marked_by_hand(cell)
        and OPTIONAL not in cell.metadata.get("tags", [])
    ]


def _from(notebook: NotebookNode, grade_id: str) -> NotebookNode:
    """The notebook without the checks that stand before an answer."""
    place = [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in notebook.cells]
    first = place.index(grade_id)
    cells = enumerate(notebook.cells)
    notebook.cells = [cell for number, cell in cells if not (is_test(cell) and number < first)]
    return notebook


def _without_figures(notebook: NotebookNode) -> NotebookNode:
    """A copy without the provided cells that show figures, which take the longest."""
    cells = [cell for cell in notebook.cells if not _is_figure(cell)]
    return NotebookNode(notebook, cells=cells)


def _is_figure(cell: NotebookNode) -> bool:
    is_provided = cell.cell_type == "code" and is_locked(cell) and not is_grade(cell)
    return is_provided and SHOW in cell.source


def _stop_before_training(notebook: NotebookNode) -> bool:
    """Take out the first training and all that follows; whether there is one."""
    for place, cell in enumerate(notebook.cells):
        if cell.cell_type == "code" and has_training(cell.source):
            notebook.cells = notebook.cells[:place]
            return True
    return False
