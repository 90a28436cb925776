"""The questions of an assignment that a person marks, as its masters ask them."""

from dataclasses import dataclass
from functools import lru_cache

from nbformat import NotebookNode
from nbgrader.utils import is_solution, is_task
from traitlets.config import Config

from grading.course import Assignment
from grading.marking.rubric import Line, rubric
from grading.masters.by_hand import place_of
from grading.masters.cells import is_marked_by_hand
from grading.masters.clearing import Clearing
from grading.masters.reading import read_masters
from grading.masters.settings import language_of
from grading.masters.titles import titles
from grading.regions import hidden_tests, mark_schemes, solutions
from grading.words import using


@dataclass(frozen=True)
class Question:
    """A cell whose marks a person gives.

    name: its grade_id, unique in its notebook. is_cell: whether the answer is in the cell itself;
    else it is in the cells below it. text, scheme: Markdown, or Python for the scheme of code.
    given: what stands in place of an answer. provided: the texts of the notebook that are not the
    student's.
    """

    notebook: str
    name: str
    title: str
    points: float
    is_cell: bool
    is_code: bool
    text: str
    scheme: str
    attachments: dict
    given: frozenset[str]
    provided: frozenset[str]

    @property
    def lines(self) -> list[Line]:
        """What its mark scheme gives marks for."""
        return [] if self.is_code else rubric(self.scheme)


def questions(assignment: Assignment) -> list[Question]:
    """The questions of an assignment, in order. Raises CourseError for masters that can't be read.

    They are read again once a master or the configuration has changed.
    """
    paths = [*assignment.master_paths(), *assignment.course.config_files]
    return _questions(assignment, tuple((path, path.stat().st_mtime_ns) for path in paths))


@lru_cache(maxsize=8)
def _questions(assignment: Assignment, changed: tuple) -> list[Question]:
    config = assignment.course.config
    found = []
    with using(language_of(assignment)):
        for name, master in read_masters(assignment).items():
            named = titles(master, hidden_tests(config))
            for index, cell in enumerate(master.cells):
                if is_marked_by_hand(cell):
                    found.append(_question(name, master, index, named, config))
    return found


def _question(
    notebook: str, master: NotebookNode, index: int, named: dict[str, str], config: Config
) -> Question:
    cell = master.cells[index]
    ours = cell.metadata.nbgrader
    is_code = cell.cell_type == "code"
    if is_task(cell):
        region = mark_schemes(config)
        lines = region.lines(cell.source)
        scheme = [x for n, x in enumerate(cell.source.split("\n"), 1) if n in lines]
        text, asking = Clearing(config)(cell).source, cell
    else:
        scheme = [solutions(config).without_delimiters(cell.source)]
        asking = next((c for c in reversed(master.cells[:index]) if _is_text(c)), cell)
        text = asking.source if asking is not cell else ""
    place = place_of(master, index, config)
    return Question(
        notebook, ours.grade_id, named[ours.grade_id], float(ours.get("points") or 0),
        is_solution(cell), is_code, text, "\n".join(scheme).strip(),
        asking.get("attachments", {}), place.given, place.provided,
    )  # fmt: skip


def _is_text(cell: NotebookNode) -> bool:
    return cell.cell_type == "markdown" and not is_solution(cell)
