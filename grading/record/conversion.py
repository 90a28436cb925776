"""nbgrader's converters for one student: what they write is put in place whole, or not at all."""

from __future__ import annotations

import glob
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from nbgrader.converters import Autograde, GenerateFeedback
from nbgrader.converters.base import BaseConverter
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.exc import DBAPIError

from grading.course import Course
from grading.gradebook.ledger import in_words
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
    """nbgrader's autograde."""

    step = "autograded"


class Publishing(_Telling, GenerateFeedback):
    """nbgrader's generate_feedback."""

    step = "feedback"


@contextmanager
def whole(
    kind: type[_Telling], course: Course, assignment: str, student: str
) -> Iterator[Callable[[], None]]:
    """Give the function that runs a converter; at the end of the block put in place what it wrote.

    Raises RecordFailed, and leaves what was there, when the converter fails. KeyboardInterrupt
    goes through.
    """
    if glob.escape(student) != student:
        raise RecordFailed("rename the folder: nbgrader takes no * ? or [ in it")
    try:
        (course.root / FOLDER).mkdir(exist_ok=True)
        with scratch_folder(course.root / FOLDER) as own:
            yield _converting(kind, course, assignment, student, own)
            _put_in_place(
                own / student / assignment, course.root / kind.step / student / assignment
            )
    except OSError as error:
        raise RecordFailed(f"{kind.step}/{student}/{assignment}: {error}") from error


def _converting(
    kind: type[_Telling], course: Course, assignment: str, student: str, folder: Path
) -> Callable[[], None]:
    """The function that runs a converter, which writes into `folder`."""
    directory = CourseDirectory(
        config=course.config,
        log=SILENT,
        assignment_id=assignment,
        student_id=student,
        **{f"{kind.step}_directory": str(folder)},
    )
    converter = kind(coursedir=directory, config=course.config, log=SILENT)

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
