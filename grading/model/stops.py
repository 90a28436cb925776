"""Why a notebook, a cell or a check was stopped: in words for students and for instructors."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from grading.model.limits import Limits
from grading.model.outcome import Status
from grading.text import printable

if TYPE_CHECKING:  # to import it costs a second
    from nbformat import NotebookNode

LONGEST = 20_000  # of a text that a cell that stopped is known by


class Stop(Enum):
    """A reason to stop: its status, the student's sentence (Spanish) and the instructor's.

    The sentences name limits of `grading.model.limits.Limits`, {seconds}, a cell's own time, and
    {lacking}, what a test has not found.
    """

    CELL_TIME = (
        Status.TIMED_OUT,
        "La celda pasó de su límite de {seconds:g} s y se detuvo.",
        "ran over its {seconds:g} s and was interrupted; is there a loop without end?",
    )
    NOTEBOOK_TIME = (
        Status.TIMED_OUT,
        "El cuaderno pasó de su límite de {notebook_seconds} s: lo que seguía no se ejecutó.",
        "the notebook's {notebook_seconds} s were over; what followed did not run",
    )
    CALL_TIME = (
        Status.TIMED_OUT,
        "El código tardó más de {call_seconds} s en responder a la comprobación.",
        "a call took more than {call_seconds} s and was interrupted",
    )
    CHECK_TIME = (
        Status.TIMED_OUT,
        "La comprobación pasó de {check_seconds} s y se detuvo.",
        "the check took more than {check_seconds} s and was stopped",
    )
    OUTPUT = (
        Status.OVER_LIMIT,
        "La celda mostró más de {output_mb} MB, o el cuaderno cuatro veces eso, y se detuvo; lo "
        "que seguía no se guardó.",
        "showed more than {output_mb} MB, or the notebook four times as much, and was interrupted",
    )
    MEMORY = (
        Status.OVER_LIMIT,
        "El cuaderno usó más de {memory_mb} MB de memoria y se detuvo aquí.",
        "used more than {memory_mb} MB of memory; later tests did not run",
    )
    FILES = (
        Status.OVER_LIMIT,
        "El cuaderno creó más de {files} archivos y se detuvo aquí.",
        "made more than {files} files; later tests did not run",
    )
    UNINTERRUPTED = (
        Status.TIMED_OUT,
        "El código no se pudo interrumpir: el cuaderno se detuvo aquí.",
        "could not be interrupted; later tests did not run",
    )
    DIED = (
        Status.STUDENT_ERROR,
        "El kernel terminó aquí: lo que seguía no se ejecutó.",
        "ended the kernel; later tests did not run",
    )
    TEST_LACKS = (
        Status.TEST_NOT_RUN,
        "Esta comprobación no se pudo ejecutar; no fue por su código. Se calificará de nuevo.",
        "{lacking}; the test needs it and the course has not: install it, or put it into the "
        "assignment's folder in source/, and run again",
    )
    NOT_RUN = (
        Status.STUDENT_ERROR,
        "La comprobación no se ejecutó: el cuaderno se detuvo antes.",
        "the kernel had ended before",
    )

    @property
    def status(self) -> Status:
        return self.value[0]

    def to_student(self, limits: Limits, seconds: float = 0) -> str:
        return self.value[1].format(seconds=seconds, **limits.as_dict())

    def to_instructor(self, limits: Limits, seconds: float = 0, lacking: str = "") -> str:
        return self.value[2].format(seconds=seconds, lacking=lacking, **limits.as_dict())


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
