"""Run a restored submission and say how it went."""

from __future__ import annotations

from collections.abc import Iterator

from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.preprocessors import Execute
from nbgrader.utils import is_grade, is_locked
from traitlets import Unicode

from grading.limits import cell_timeout
from grading.masters import cell_name
from grading.outcome import Status, note


class ExecuteSubmission(Execute):
    """nbgrader's Execute, for kernels that die or hang and tests that warn.

    A test that never ran earns nothing and says so; what ran before keeps its marks.
    """

    not_run_message = Unicode(
        "La comprobación no se ejecutó: el cuaderno se detuvo antes.",
        help="What students read in the tests that came after the kernel died.",
    ).tag(config=True)

    def preprocess(self, nb: NotebookNode, resources=None, km=None):
        self._finished: set[int] = set()
        try:
            nb, resources = super().preprocess(nb, resources, km)
        except DeadKernelError:
            cell = self._stop(nb)
            reason = f"the kernel ended in cell {cell}; later tests did not run"
            note(nb, Status.STUDENT_ERROR, reason)
        except CellTimeoutError:
            cell = self._stop(nb)
            reason = f"cell {cell} could not be interrupted; later tests did not run"
            note(nb, Status.TIMED_OUT, reason)
        for cell in nb.cells:
            if is_grade(cell) and cell.cell_type == "code":
                _keep_verdict_only(cell)
        self._note_errors(nb)
        return nb, resources

    def preprocess_cell(self, cell: NotebookNode, resources: dict, index: int):
        result = super().preprocess_cell(cell, resources, index)
        self._finished.add(index)
        return result

    def _stop(self, nb: NotebookNode) -> str:
        """Fail the tests that did not run; returns the name of the cell where the run ended."""
        ended = None
        for index, cell in enumerate(nb.cells):
            if cell.cell_type != "code" or index in self._finished or not cell.source.strip():
                continue
            ended = ended or cell_name(cell, index)
            if is_grade(cell):
                message = self.not_run_message
                cell.outputs.append(
                    new_output("error", ename="NotRun", evalue=message, traceback=[message])
                )
        return ended or "(the last)"

    def _note_errors(self, nb: NotebookNode) -> None:
        """Write the worst thing that happened outside the tests on the notebook.

        A blank left open is no error, nor is what follows from an earlier failure: a name that is
        missing, or a provided cell that could not do its work.
        """
        stub = self.config.ClearSolutions.code_stub["python"]
        failed_before = False
        for name, cell, output in _errors(nb):
            if output.ename == "CellTimeoutError":
                seconds = cell_timeout(cell, self.timeout)
                reason = f"cell {name} ran over its {seconds} s and was interrupted"
                note(nb, Status.TIMED_OUT, reason)
            elif not is_grade(cell):
                blank = output.ename == "NotImplementedError" and output.evalue in stub
                consequence = failed_before and (is_locked(cell) or output.ename == "NameError")
                if not blank and not consequence:
                    note(nb, Status.STUDENT_ERROR, f"cell {name}: {_one_line(output)}")
            failed_before = True


def _errors(nb: NotebookNode) -> Iterator[tuple[str, NotebookNode, NotebookNode]]:
    """Every error in the outputs of a notebook: its cell's name, the cell and the output."""
    for index, cell in enumerate(nb.cells):
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                yield cell_name(cell, index), cell, output


def _one_line(output: NotebookNode) -> str:
    first = (output.evalue.splitlines() or [""])[0][:100]
    return f"{output.ename}: {first}".rstrip(": ")


def _keep_verdict_only(cell: NotebookNode) -> None:
    """Leave in a test cell only what nbgrader should judge by: an error, or none.

    nbgrader gives 0 for any text on stderr and reads a result as partial credit.
    """
    for output in cell.outputs:
        if output.output_type == "stream":
            output.name = "stdout"
    cell.outputs = [o for o in cell.outputs if o.output_type != "execute_result"]
