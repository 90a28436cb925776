"""nbgrader's gradebook in one transaction: all that nbgrader's steps commit is kept, or nothing.

nbgrader's autograde opens the gradebook 17 times for a submission of four notebooks, checks its
tables each time and commits after each cell. A stop in between leaves half of a student's marks.
"""

import importlib
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from nbgrader.api import (
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    GradeCell,
    MissingEntry,
    SourceCell,
    TaskCell,
)
from sqlalchemy import Engine, Index, create_engine
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import scoped_session, sessionmaker, undefer
from sqlalchemy.pool import NullPool

from grading.course import Course
from grading.gradebook.answers import make_table, sweep
from grading.gradebook.backup import back_up

# The modules of nbgrader's whose steps open the gradebook by themselves.
OPENERS = (
    "nbgrader.converters.autograde",
    "nbgrader.converters.generate_assignment",
    "nbgrader.preprocessors.getgrades",
    "nbgrader.preprocessors.latesubmissions",
    "nbgrader.preprocessors.overwritecells",
    "nbgrader.preprocessors.saveautogrades",
    "nbgrader.preprocessors.savecells",
)

COURSE = "default_course"  # nbgrader's name where there is none
_in_use: ContextVar[Gradebook | None] = ContextVar("gradebook in use", default=None)


def engine_of(course: Course) -> Engine:
    """The gradebook's database; no connection stays open in between."""
    return create_engine(course.db_url, poolclass=NullPool)


class Ledger(Gradebook):
    """A gradebook with its tables, on a connection whose transaction the caller ends."""

    def __init__(self, connection: Connection, course_id: str = COURSE, **of_session):
        self.course_id, self.authenticator = course_id, None
        # A commit of nbgrader's ends no transaction here. Each of its steps still begins with
        # nothing loaded, as with a gradebook of its own.
        make = sessionmaker(connection, join_transaction_mode="rollback_only", **of_session)
        self.db = scoped_session(make)

    def close(self) -> None:
        self.db.remove()


class SubmissionLedger(Ledger):
    """A ledger for the steps of one submission, which ask for the same rows over and over."""

    def __init__(self, connection: Connection):
        super().__init__(connection, expire_on_commit=False)  # as no commit ends the transaction
        self._cells: dict[tuple, dict] = {}
        self._entries: dict[tuple, dict] = {}

    def close(self) -> None:
        self._entries.clear()
        super().close()

    def find_source_cell(self, name: str, notebook: str, assignment: str) -> SourceCell:
        return self._cell([SourceCell], name, notebook, assignment)

    def find_graded_cell(self, name: str, notebook: str, assignment: str) -> GradeCell | TaskCell:
        return self._cell([GradeCell, TaskCell], name, notebook, assignment)

    def _cell(self, kinds: list[type], name: str, notebook: str, assignment: str):
        """A cell of a master. All cells of the notebook are read with the first one."""
        where = kinds[0], notebook, assignment
        if where not in self._cells:
            master = self.find_notebook(notebook, assignment)
            self._cells[where] = {
                cell.name: cell
                for kind in kinds
                for cell in self.db.query(kind).filter(kind.notebook_id == master.id)
            }
        if name not in self._cells[where]:
            raise MissingEntry(f"No such cell: {assignment}/{notebook}/{name}")
        return self._cells[where][name]

    def find_grade(self, grade_cell: str, notebook: str, assignment: str, student: str) -> Grade:
        return self._entry(Grade, grade_cell, notebook, assignment, student)

    def find_comment(
        self, solution_cell: str, notebook: str, assignment: str, student: str
    ) -> Comment:
        return self._entry(Comment, solution_cell, notebook, assignment, student)

    def _entry(self, kind: type, name: str, notebook: str, assignment: str, student: str):
        """A student's grade or comment. All of the notebook's are read with the first one."""
        where = kind, notebook, assignment, student
        if where not in self._entries:
            submitted = self.find_submission_notebook(notebook, assignment, student)
            rows = self.db.query(BaseCell.name, kind).join(BaseCell, BaseCell.id == kind.cell_id)
            if kind is Grade:
                rows = rows.options(undefer(Grade.max_score))
            self._entries[where] = dict(rows.filter(kind.notebook_id == submitted.id).all())
        if name not in self._entries[where]:
            raise MissingEntry(f"No {kind.__name__}: {assignment}/{notebook}/{name} for {student}")
        return self._entries[where][name]


@contextmanager
def used_by_nbgrader(ledger: Ledger) -> Iterator[None]:
    """Let nbgrader's steps get this gradebook whenever they open one inside of the block."""
    modules = [importlib.import_module(name) for name in OPENERS]
    for module in modules:
        module.Gradebook = lambda *args, **kwargs: ledger
    token = _in_use.set(ledger)
    try:
        yield
    finally:
        _in_use.reset(token)
        for module in modules:
            module.Gradebook = Gradebook


def open_gradebook(url: str) -> Gradebook:
    """The gradebook for a step of the kit's: inside `used_by_nbgrader`, the ledger given there."""
    return _in_use.get() or Gradebook(url)


@contextmanager
def transaction(engine: Engine) -> Iterator[Connection]:
    """A connection whose changes are all made at the end of the block, or none are.

    SQLite's lock is waited for before the block begins, as long as the URL's timeout says.
    """
    with engine.connect() as connection, connection.begin():
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        yield connection


def make_ready(engine: Engine) -> None:
    """Make a backup of the gradebook, and the tables and indexes that it lacks.

    Without the indexes the cost of one student grows with the class: nbgrader sums a notebook's
    score over everybody's grades.
    """
    with Gradebook(engine.url.render_as_string(hide_password=False)):
        pass
    with transaction(engine) as connection:
        back_up(engine)
        make_table(connection)
        sweep(connection)
        for table in (Grade.__table__, Comment.__table__):
            name = f"{table.name}_by_notebook"
            indexes = {index.name: index for index in table.indexes}
            index = indexes.get(name) or Index(name, table.c.notebook_id)
            index.create(connection, checkfirst=True)


def in_words(error: DBAPIError | sqlite3.Error) -> str:
    """What a database's error means, and what to do."""
    message = str(getattr(error, "orig", error))
    if "locked" in message:
        return (
            "the gradebook is locked by another program: close what writes to it (formgrader, "
            "another run) and run again"
        )
    return f"the gradebook could not be used ({message}); mend it and run again"
