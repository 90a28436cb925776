"""Whether an assignment may be graded: as it was released, by rules that its masters keep."""

from __future__ import annotations

import nbformat

from grading.course import Course, CourseError
from grading.masters.rules import check_masters


def require_built(course: Course, assignment: str) -> None:
    """Raise CourseError unless the gradebook and release/ hold the masters as they are now."""
    paths = course.master_paths(assignment)
    again = f"run 'python -m grading build {assignment}' first."
    with course.gradebook() as gradebook:
        for path in paths:
            if not (course.release / assignment / path.name).is_file():
                raise CourseError(f"{path.name} of {assignment} has not been released: {again}")
            master = nbformat.read(path, as_version=4)
            built = {
                cell.name: cell.source
                for entry in gradebook.assignments
                if entry.name == assignment
                for notebook in entry.notebooks
                if notebook.name == path.stem
                for cell in notebook.source_cells
                if cell.locked
            }
            for cell in master.cells:
                meta = cell.metadata.get("nbgrader")
                if meta and meta.locked and built.get(meta.grade_id) != cell.source:
                    raise CourseError(
                        f"{path.name}, cell {meta.grade_id}: it is not as it was released; {again}"
                    )
    if problems := check_masters(paths, course.config):
        raise CourseError(f"{problems[0]}\nMend it, then {again}")
