"""What is to be told about a submitted notebook, beside what its execution gave."""

from dataclasses import dataclass

from grading.model.outcome import Status


@dataclass(frozen=True)
class Note:
    """One thing to tell about how a submitted notebook was read.

    to_instructor: a sentence in English, for the table and the report. to_student: a sentence in
    the language of the assignment, for the page of feedback. status: what the note makes of the
    notebook; GRADED where it changes nothing.
    """

    to_instructor: str
    to_student: str
    status: Status = Status.GRADED
