"""Whether an assignment may be graded: its masters keep the rules and are those released."""

from nbformat import NotebookNode
from nbgrader.api import Notebook
from nbgrader.preprocessors import IncludeHeaderFooter
from nbgrader.utils import is_grade, is_locked, is_solution, is_task

from grading.course import Assignment, CourseError, working_folder
from grading.masters.reading import read_master
from grading.masters.rules import broken_rules


def require_built(assignment: Assignment) -> None:
    """Raise CourseError unless the gradebook and release/ hold the masters as they are now."""
    paths = assignment.master_paths()
    again = f"run 'python -m grading build {assignment}' first."
    if problems := broken_rules(paths, assignment.course.config):
        raise CourseError(f"{problems[0]}\nMend it, then {again}")
    with assignment.course.gradebook() as gradebook:
        released = {
            notebook.name: notebook
            for entry in gradebook.assignments
            if entry.name == assignment.name
            for notebook in entry.notebooks
        }
        for path in paths:
            if not (assignment.release / path.name).is_file():
                raise CourseError(f"{path.name} of {assignment} has not been released: {again}")
            master = read_master(path, assignment.course.config)
            with working_folder(assignment.course.root):  # nbgrader adds these at release
                IncludeHeaderFooter(config=assignment.course.config).preprocess(master, {})
            now = _cells(master)
            then = _released(released[path.stem]) if path.stem in released else {}
            for name in {**now, **then}:
                if now.get(name) != then.get(name):
                    raise CourseError(
                        f"{path.name}, cell {name}: it is not as it was released; {again}"
                    )
        for name in sorted(released.keys() - {path.stem for path in paths}):
            raise CourseError(f"{name}.ipynb of {assignment} was released and is gone; {again}")


def _cells(master: NotebookNode) -> dict[str, tuple]:
    """The marks of each graded cell and the text of each locked one, as in the gradebook."""
    return {
        cell.metadata.nbgrader.grade_id: (
            float(cell.metadata.nbgrader.points) if is_grade(cell) or is_task(cell) else None,
            cell.source if is_locked(cell) else "",
        )
        for cell in master.cells
        if is_grade(cell) or is_solution(cell) or is_locked(cell) or is_task(cell)
    }


def _released(notebook: Notebook) -> dict[str, tuple]:
    marks = {cell.name: cell.max_score for cell in [*notebook.grade_cells, *notebook.task_cells]}
    return {
        cell.name: (marks.get(cell.name), cell.source if cell.locked else "")
        for cell in notebook.source_cells
    }
