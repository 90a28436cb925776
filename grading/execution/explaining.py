"""Notes the errors of a student's cells, each with its cause where that is where it runs."""

from dataclasses import replace

from nbformat import NotebookNode
from nbgrader.utils import is_locked

from grading.execution.causes import Error, Home, explain, explain_end, explain_output
from grading.masters.cells import cell_name, is_stub, is_test
from grading.model.causes import Explanation
from grading.model.job import SAVED_BY, Job
from grading.model.outcome import CheckResult, Incident, Outcome, Status, note_cause
from grading.model.stops import Stop
from grading.text import printable


class Explaining:
    """Explains what happens to one notebook. job, outcome: the notebook's."""

    def __init__(self, job: Job, outcome: Outcome):
        saved_by = job.notebook["metadata"].get(SAVED_BY, "")
        self._home = Home((*job.files, *job.master_files), saved_by)
        self._stub, self._outcome = job.stub, outcome

    def check(self, result: CheckResult) -> CheckResult:
        """The result of a check, whose reason says the cause too, where one is known."""
        if result.passed or not (found := explain(Error("", result.reason), self._home)):
            return result
        self._keep(found)
        return replace(result, reason=f"{result.reason}\n{found.student}")

    def ended(self, cell: NotebookNode, stop: Stop) -> str:
        """Note why a cell ended the kernel: the end of the instructor's sentence, or ""."""
        found = explain_end(cell.source) if stop is Stop.DIED else None
        return self._note(cell, found)

    def errors(self, cells: list[NotebookNode]) -> None:
        """Note errors of the student's cells, and what they print of something that failed.

        A blank left open is no error, nor is what follows from an earlier failure: a name that is
        missing, or a provided cell that could not do its work.
        """
        failed_before = False
        for index, cell in enumerate(cells):
            if is_test(cell) or cell.cell_type != "code":
                failed_before |= any(o.output_type == "error" for o in cell.get("outputs", []))
                continue
            self._printed(cell, index)
            for output in cell.outputs:
                if output.output_type == "error":
                    self._error(cell, index, output, failed_before)
                    failed_before = True

    def _error(self, cell: NotebookNode, index: int, output: NotebookNode, after: bool) -> None:
        """Note one error. after: whether an earlier cell has failed."""
        blank = output.ename == "NotImplementedError" and is_stub(output.evalue, self._stub)
        if output.ename == "Limit" or blank:
            return
        kind, text = printable(str(output.ename)), printable(str(output.evalue))
        why = self._note(cell, explain(Error(kind, text, cell.source), self._home))
        if not (after and (is_locked(cell) or kind == "NameError")):
            first = (text.splitlines() or [""])[0][:100]
            text = f"{kind}: {first}".rstrip(": ") + why
            self._outcome.note(Status.STUDENT_ERROR, cell_name(cell, index), text)

    def _printed(self, cell: NotebookNode, index: int) -> None:
        text = "".join(str(o.text) for o in cell.outputs if o.output_type == "stream")
        found = explain_output(text, cell.source) if text else None
        if found is not None:
            self._note(cell, found)
            self._outcome.incidents.append(Incident(cell_name(cell, index), found.instructor))

    def _note(self, cell: NotebookNode, found: Explanation | None) -> str:
        """Note a cause on a cell: what the instructor's sentence on it ends with."""
        if found is None:
            return ""
        note_cause(cell, found.student)
        self._keep(found)
        return f" ({found.instructor})"

    def _keep(self, found: Explanation) -> None:
        if found.library and found.library not in self._outcome.libraries:
            self._outcome.libraries.append(found.library)
