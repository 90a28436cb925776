"""Why a notebook, a cell or a check was stopped: in words for students and for instructors."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from grading.model.limits import Limits
from grading.model.outcome import Status
from grading.text import printable
from grading.words import say

if TYPE_CHECKING:  # to import it costs a second
    from nbformat import NotebookNode

LONGEST = 20_000  # of a text that a cell that stopped is known by


class Stop(Enum):
    """A reason to stop: its status, and the instructor's sentence; the student's is in
    `grading.words`.

    The sentences name limits of `grading.model.limits.Limits`, {seconds}, a cell's own time, and
    {lacking}, what a test has not found.
    """

    CELL_TIME = (
        Status.TIMED_OUT,
        "ran over its {seconds:g} s and was interrupted; is there a loop without end?",
    )
    NOTEBOOK_TIME = (
        Status.TIMED_OUT,
        "the notebook's {notebook_seconds} s were over; what followed did not run",
    )
    CALL_TIME = (
        Status.TIMED_OUT,
        "a call took more than {call_seconds} s and was interrupted",
    )
    CHECK_TIME = (
        Status.TIMED_OUT,
        "the check took more than {check_seconds} s and was stopped",
    )
    OUTPUT = (
        Status.OVER_LIMIT,
        "showed more than {output_mb} MB, or the notebook four times as much, and was interrupted",
    )
    MEMORY = (
        Status.OVER_LIMIT,
        "used more than {memory_mb} MB of memory; later tests did not run",
    )
    FILES = (
        Status.OVER_LIMIT,
        "made more than {files} files; later tests did not run",
    )
    UNINTERRUPTED = (
        Status.TIMED_OUT,
        "could not be interrupted; later tests did not run",
    )
    DIED = (
        Status.STUDENT_ERROR,
        "ended the kernel; later tests did not run",
    )
    TEST_LACKS = (
        Status.TEST_NOT_RUN,
        "{lacking}; the test needs it and the course has not: install it, or put it into the "
        "assignment's folder in source/, and run again",
    )
    NOT_RUN = (
        Status.STUDENT_ERROR,
        "the kernel had ended before",
    )

    @property
    def status(self) -> Status:
        return self.value[0]

    def to_student(self, limits: Limits, seconds: float = 0) -> str:
        return say(f"stop_{self.name.lower()}", seconds=seconds, **limits.as_dict())

    def to_instructor(self, limits: Limits, seconds: float = 0, lacking: str = "") -> str:
        return self.value[1].format(seconds=seconds, lacking=lacking, **limits.as_dict())


def stopped_cells(cells: list[NotebookNode]) -> list[tuple[str, str, str]]:
    """Source, class and text of the exception of each executed cell that ended with one."""
    return [
        (
            cell.source[:LONGEST],
            printable(str(output.get("ename", "")))[:LONGEST],
            printable(str(output.get("evalue", "")))[:LONGEST],
        )
        for cell in cells
        for output in cell.get("outputs", [])
        if output.output_type == "error"
    ]
