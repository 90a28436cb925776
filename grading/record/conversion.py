"""nbgrader's converters for one student: what they write is put in place whole, or not at all."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from nbgrader.converters import Autograde, GenerateFeedback
from nbgrader.converters.base import BaseConverter
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.exc import DBAPIError

from grading.course import SUBMISSION_RULE, UNFIT_SUBMISSION, Assignment
from grading.gradebook.ledger import in_words
from grading.model.notes import Note
from grading.model.outcome import Outcome
from grading.processes.scratch import scratch_folder

FOLDER = ".unfinished"
SILENT = logging.getLogger("grading.nbgrader")  # what nbgrader says of a failure is raised here
SILENT.addHandler(logging.NullHandler())
SILENT.propagate = False


class RecordFailed(Exception):
    """Why a student's marks were not recorded or not published: a sentence for the instructor."""


class _Telling(BaseConverter):
    """Keeps the error that nbgrader would write to its log only, and where it was."""

    step: str  # the folder that it writes
    error: Exception | None = None
    place = ""

    def init_assignment(self, assignment_id: str, student_id: str) -> None:
        with self._kept(""):
            super().init_assignment(assignment_id, student_id)

    def convert_single_notebook(self, notebook_filename: str) -> None:
        with self._kept(Path(notebook_filename).name):
            super().convert_single_notebook(notebook_filename)

    @contextmanager
    def _kept(self, place: str) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            self.error, self.place = error, place
            raise


class Recording(_Telling, Autograde):
    """nbgrader's autograde, for `SubmissionExporter`.

    outcomes: by notebook, what a run has found. notes: by notebook, what is to be told about
    how it was read. handed_in: a digest of what was handed in. They are empty where no run hands
    them over.
    """

    step = "autograded"
    outcomes: dict[str, Outcome] = {}
    notes: dict[str, list[Note]] = {}
    handed_in: str = ""


class Publishing(_Telling, GenerateFeedback):
    """nbgrader's generate_feedback."""

    step = "feedback"


@contextmanager
def whole(
    kind: type[_Telling], assignment: Assignment, submission: str, **handed_over
) -> Iterator[Callable[[], None]]:
    """Give the function that runs a converter; at the end of the block put in place what it wrote.

    handed_over: attributes of the converter.

    Raises RecordFailed, and leaves what was there, when the converter fails. KeyboardInterrupt
    goes through.
    """
    if UNFIT_SUBMISSION.search(submission):
        raise RecordFailed(SUBMISSION_RULE)
    root, name = assignment.course.root, assignment.name
    try:
        (root / FOLDER).mkdir(exist_ok=True)
        with scratch_folder(root / FOLDER) as own:
            yield _converting(kind, assignment, submission, own, handed_over)
            _put_in_place(own / submission / name, root / kind.step / submission / name)
    except OSError as error:
        raise RecordFailed(f"{kind.step}/{submission}/{assignment}: {error}") from error


def _converting(
    kind: type[_Telling], assignment: Assignment, submission: str, folder: Path, handed_over: dict
) -> Callable[[], None]:
    """The function that runs a converter, which writes into `folder`."""
    config = assignment.course.config
    directory = CourseDirectory(
        config=config,
        log=SILENT,
        assignment_id=assignment.name,
        student_id=submission,
        **{f"{kind.step}_directory": str(folder)},
    )
    converter = kind(coursedir=directory, config=config, log=SILENT)
    vars(converter).update(handed_over)

    def convert() -> None:
        try:
            converter.start()
        except (Exception, SystemExit) as error:
            raise RecordFailed(_reason(converter, error)) from error

    return convert


def _reason(converter: _Telling, raised: BaseException) -> str:
    """What went wrong: the error that was kept, else the one that nbgrader raised."""
    error = converter.error or raised
    if isinstance(error, DBAPIError):
        return in_words(error)
    place = f"{converter.place}: " if converter.place else ""
    return f"{place}{type(error).__name__}: {error}"


def _put_in_place(new: Path, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.exists():
        place.replace(new.with_name(f"{new.name}.old"))
    new.replace(place)
