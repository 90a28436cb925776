"""From what was handed in to a Job: read it, put the master's cells back, gather the files."""

from __future__ import annotations

import json
import re
from functools import cached_property

import nbformat
from nbformat import NotebookNode

from grading.candidate.sandbox import require_sandbox
from grading.course import Course
from grading.files import clashes, master_files, submitted_files
from grading.intake import read_or_notice
from grading.job import Job
from grading.limits import Limits
from grading.restoration import restore

REFERENCE = re.compile(r"reference\(\s*[\"']([^\"']+)/([^\"'/]+)[\"']")


class Preparation:
    """Makes the Jobs of one assignment; what they share is read once.

    Raises CourseError when there is no such assignment, or no sandbox and no leave to do without.
    """

    def __init__(self, course: Course, assignment: str):
        self._course, self._assignment = course, assignment
        self._ignore = list(course.config.CourseDirectory.ignore)
        self._limits = Limits(config=course.config)
        self._confined = require_sandbox(course.config)
        self._masters = {
            path.stem: nbformat.read(path, as_version=4) for path in course.master_paths(assignment)
        }

    @cached_property
    def _provided(self) -> dict[str, bytes]:
        return master_files(self._course.source / self._assignment, self._ignore)

    def job(self, student: str, name: str) -> Job:
        """The Job of one submitted notebook; of one that can't be read, with every blank open."""
        folder = self._course.submitted / student / self._assignment
        handed_in, _ = read_or_notice(folder / f"{name}.ipynb")
        restored = restore(handed_in, self._masters[name], self._course.config)
        files, refused = submitted_files(folder, self._ignore, self._limits)
        for path in clashes(files.keys(), self._provided.keys()):
            del files[path]
            refused[path] = "left out: the assignment has a file or folder of that name"
        return Job(
            self._assignment,
            name,
            _plain(restored),
            self._needed_masters(name),
            files,
            self._provided,
            refused,
            self._limits.as_dict(),
            self._confined,
            self._course.config.ClearSolutions.code_stub["python"],
        )

    def _needed_masters(self, name: str) -> dict[str, dict]:
        """The notebook's own master and those that its tests compare with."""
        needed, waiting = {}, [name]
        while waiting:
            found = waiting.pop()
            if found in needed or found not in self._masters:
                continue
            needed[found] = _plain(self._masters[found])
            sources = "\n".join(cell.source for cell in self._masters[found].cells)
            waiting += [
                other for folder, other in REFERENCE.findall(sources) if folder == self._assignment
            ]
        return needed


def _plain(notebook: NotebookNode) -> dict:
    return json.loads(json.dumps(notebook))
