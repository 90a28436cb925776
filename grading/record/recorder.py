"""Record: nbgrader's autograde for one submission after another, each whole or not at all."""

from __future__ import annotations

import sqlite3

from sqlalchemy.exc import DBAPIError

from grading.course import Assignment
from grading.gradebook.ledger import (
    SubmissionLedger,
    engine_of,
    in_words,
    make_ready,
    transaction,
    used_by_nbgrader,
)
from grading.model.notes import Note
from grading.model.outcome import Outcome
from grading.record.conversion import RecordFailed, Recording, whole

__all__ = ["RecordFailed", "Recorder"]


class Recorder:
    """Writes outcomes to the gradebook and to autograded/, one submission at a time.

    A context manager, for one thread: nbgrader changes the working folder. An SQLite gradebook is
    copied to gradebook.db.TIME.bak before the first submission; backing up another database is for
    those who run it.
    """

    def __init__(self, assignment: Assignment):
        self._assignment = assignment
        self._engine, self._is_ready = engine_of(assignment.course), False

    def __enter__(self) -> Recorder:
        return self

    def __exit__(self, *raised) -> None:
        self._engine.dispose()

    def record(
        self,
        submission: str,
        outcomes: dict[str, Outcome] | None = None,
        notes: dict[str, list[Note]] | None = None,
        handed_in: str = "",
    ) -> None:
        """Record one submission with nbgrader's autograde.

        outcomes: of its notebooks, by name; without them as the stock command does it, see
        `SubmissionExporter`. notes: by name, what is to be told about how they were read.
        handed_in: a digest of its files (`HandedIn.digest`), from which the outcomes came.
        Marks and comments given by hand stay. Raises RecordFailed, and changes nothing, when that
        can't be done. A gradebook that another program has locked is waited for as long as the
        timeout in `c.CourseDirectory.db_url` says.
        """
        handed_over = {"outcomes": outcomes or {}, "notes": notes or {}, "handed_in": handed_in}
        try:
            if not self._is_ready:
                make_ready(self._engine)
                self._is_ready = True
            # The notebooks are in place before the marks are: what a marker reads is never older
            # than the answer that the gradebook takes a mark for.
            with (
                transaction(self._engine) as connection,
                used_by_nbgrader(SubmissionLedger(connection)),
                whole(Recording, self._assignment, submission, **handed_over) as autograde,
            ):
                autograde()
        except (DBAPIError, sqlite3.Error) as error:
            raise RecordFailed(in_words(error)) from error
