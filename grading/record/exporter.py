"""The submitted notebooks as nbgrader's autograde takes them in: read, restored and executed."""

from collections.abc import Iterator
from functools import partial
from glob import escape, glob
from pathlib import Path

import nbformat
from nbconvert.exporters import NotebookExporter
from nbgrader.coursedir import CourseDirectory
from traitlets import Bool

from grading.course import find_root
from grading.execution.execute import execute
from grading.intake.files import clashes, unfit, walk
from grading.intake.handed_in import HandedIn, largest
from grading.intake.preparation import preparation
from grading.intake.reading import read_timestamp
from grading.model.limits import Limits
from grading.model.notes import Note
from grading.model.outcome import Outcome, Status
from grading.model.store import OutcomeStore
from grading.text import composed


class GraderFailed(Exception):
    """Our failure, which must not be recorded as a mark."""


class SubmissionExporter(NotebookExporter):
    """nbconvert's notebook exporter in the place where nbgrader's autograde reads notebooks.

    Autograde reads each notebook twice: what was submitted, to sanitise it, and what it has written
    then, to mark it. The first time it gets the master's notebook with the student's answers in it;
    each time `resources["notes"]` is what is to be told about how it was read,
    `resources["handed_in"]` a digest of all that was handed in, and `resources["outcome"]` its
    Outcome. That is the one that a run has found, where it hands one
    over (`Recording.outcomes`), else the one of the store; where there is none, the notebook is
    executed here and now. So the stock command, the formgrader's button and
    `python -m grading run` give the same marks.

    A file that can't be read becomes a notebook without answers that says why, so that the
    student's other notebooks, and everybody else's, are graded all the same.
    """

    # The format is checked once after all steps, not after each of them.
    optimistic_validation = Bool(True).tag(config=True)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._outcomes: dict[tuple[str, str], tuple[Outcome, list[Note]]] = {}
        self._digests: dict[str, str] = {}  # by student
        directory = getattr(self.parent, "coursedir", None)
        if directory is not None:  # nbgrader's autograde, about to copy the files of submissions
            _leave_out_unfit(directory, Limits(parent=self.parent))
            directory.get_existing_timestamp = partial(read_timestamp, directory)
            self.parent.assignments = {
                folder: _as_released(directory, paths)
                for folder, paths in getattr(self.parent, "assignments", {}).items()
            }

    def from_filename(self, filename, resources=None, **kwargs):
        path = Path(filename)
        resources = dict(resources or {}, metadata={"name": path.stem, "path": str(path.parent)})
        where = resources["nbgrader"]
        key = where["student"], where["notebook"]
        if key not in self._outcomes:
            self._outcomes[key] = self._outcome(where)
            notebook = nbformat.from_dict(self._outcomes[key][0].notebook)
        else:
            notebook = nbformat.read(path, as_version=4)
        resources["outcome"], resources["notes"] = self._outcomes[key]
        resources["handed_in"] = self._handed_in(where["assignment"], where["student"])
        return self.from_notebook_node(notebook, resources=resources, **kwargs)

    def _handed_in(self, assignment: str, student: str) -> str:
        """A digest of the files of a submission: the run's, whose outcomes are recorded."""
        if given := getattr(self.parent, "handed_in", ""):
            return given
        if student not in self._digests:
            handed_in = HandedIn(find_root() / "submitted" / student / assignment)
            self._digests[student] = handed_in.digest(largest(Limits(parent=self.parent)))
        return self._digests[student]

    def _outcome(self, where: dict) -> tuple[Outcome, list[Note]]:
        """The outcome of a submission's notebook, and what is to be told about it."""
        name = where["notebook"]
        outcomes = getattr(self.parent, "outcomes", {})
        if name in outcomes:
            return outcomes[name], self.parent.notes[name]
        root = find_root()
        jobs = preparation(root, where["assignment"])
        handed_in = HandedIn(root / "submitted" / where["student"] / where["assignment"])
        prepared, store = jobs.prepare(handed_in, name), OutcomeStore(root)
        outcome = store.get(prepared.job.key)
        if outcome is None or not outcome.status.stands:
            outcome = execute(prepared.job)
            if outcome.status is Status.GRADER_FAILED:
                raise GraderFailed(f"{name}: {outcome.reason}")
            store.put(outcome)
        return outcome, prepared.notes


def _leave_out_unfit(directory: CourseDirectory, limits: Limits) -> None:
    """Keep nbgrader from copying what is no file: it follows links wherever they lead."""
    where = directory.student_id, directory.assignment_id
    pattern = directory.format_path(directory.submitted_directory, *where)
    folders = [Path(folder) for folder in glob(pattern)]
    left_out = [path for folder in folders for path in unfit(folder, limits)]
    master = Path(directory.format_path(directory.source_directory, ".", directory.assignment_id))
    for folder in folders:
        clashing = clashes(set(_paths(folder)), set(_paths(master)))
        left_out += [folder / name for name in clashing if (folder / name).exists()]
    directory.ignore = [*directory.ignore, *{escape(path.name) for path in left_out}]


def _as_released(directory: CourseDirectory, paths: list[str]) -> list[str]:
    """The notebooks of a submission, each once and under its master's name.

    Their accents may be stored in another way, and nbgrader would not know them. It opens none of
    them itself: `Preparation` does, and finds the file.
    """
    master = Path(directory.format_path(directory.source_directory, ".", directory.assignment_id))
    names = {composed(path.name): path.name for path in master.glob("*.ipynb")}
    found = (Path(path) for path in paths)
    return sorted(
        {str(path.with_name(names.get(composed(path.name), path.name))) for path in found}
    )


def _paths(folder: Path) -> Iterator[str]:
    """Every file below a folder, relative to it."""
    for parent, _, names, _ in walk(folder):
        yield from (Path(parent, name).relative_to(folder).as_posix() for name in names)
