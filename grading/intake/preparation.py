"""From what was handed in to a Job: read it, put the master's cells back, gather the files."""

from __future__ import annotations

import ast
import hashlib
import json
import re
from functools import cached_property, lru_cache
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from grading.candidate.sandbox import Sandbox, require_sandbox
from grading.course import CONFIG_FILE, Course
from grading.intake.files import clashes, master_files, submitted_files
from grading.intake.reading import STAMP, read_or_notice
from grading.intake.restoration import Restoration
from grading.masters.answers import solved
from grading.masters.cells import forget_notes, provided_code
from grading.model.job import Job
from grading.model.limits import Limits
from grading.processes.fork_servers import imports_of
from grading.regions import hidden_tests, solutions
from grading.source import parse
from grading.versions import add

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
        self._warm = Sandbox(config=course.config).warm
        self._masters = {
            path.stem: nbformat.read(path, as_version=4) for path in course.master_paths(assignment)
        }
        for master in self._masters.values():
            for cell in master.cells:
                forget_notes(cell)  # they decide no mark
        # One list for all notebooks, so that one warm process does for all of them.
        self._imports = list(imports_of(provided_code(self._masters.values())))
        self._restorations = {
            name: Restoration(master, course.config) for name, master in self._masters.items()
        }

    @cached_property
    def _provided(self) -> dict[str, bytes]:
        return master_files(self._course.source / self._assignment, self._ignore)

    @property
    def names(self) -> list[str]:
        """The assignment's notebooks, in order."""
        return list(self._masters)

    def restored(self, handed_in: NotebookNode, name: str) -> NotebookNode:
        """The master's notebook with the student's answers in it."""
        return self._restorations[name].restore(handed_in)

    def job(self, student: str, name: str) -> Job:
        """The Job of one submitted notebook; of one that can't be read, with every blank open."""
        return self.job_and_notice(student, name)[0]

    def job_and_notice(self, student: str, name: str) -> tuple[Job, str]:
        """The Job, and why the notebook could not be read; empty when it could."""
        folder = self._course.submitted / student / self._assignment
        handed_in, notice = read_or_notice(folder / f"{name}.ipynb")
        restored = self.restored(handed_in, name)
        files, refused = submitted_files(folder, self._ignore, self._limits)
        files.pop(STAMP, None)  # equal notebooks are equal whenever they came
        for path in clashes(files.keys(), self._provided.keys()):
            del files[path]
            refused[path] = "left out: the assignment has a file or folder of that name"
        return self._job(name, restored, files=files, refused=refused), notice

    def teaching_job(self, name: str, answers: dict[str, str], known: dict[str, bytes]) -> Job:
        """The Job of a master with its own answers or others (grade_id → source), trusted code
        whose trainings the class may share. known: trainings that need not run again."""
        notebook = solved(self._masters[name], solutions(self._course.config), answers)
        return self._job(name, notebook, teaches=True, trainings=known)

    def trial_job(self, name: str, notebook: NotebookNode, **fields) -> Job:
        """The Job of a notebook that is no submission, to test the tests with."""
        return self._job(name, notebook, **fields)

    def released(self, name: str) -> dict[str, str]:
        """The text of each cell of a notebook as students get it, by cell id."""
        return self._restorations[name].released

    def trains(self, name: str) -> bool:
        """Whether a master has a training loop."""
        cells = self._masters[name].cells
        return any(cell.cell_type == "code" and has_training(cell.source) for cell in cells)

    def _job(self, name: str, notebook: NotebookNode, **fields) -> Job:
        return Job(
            self._assignment,
            name,
            _plain(notebook),
            self._needed_masters(name),
            master_files=self._provided,
            limits=self._limits.as_dict(),
            confined=self._confined,
            stub=self._course.config.ClearSolutions.code_stub["python"],
            hidden_tests=hidden_tests(self._course.config),
            warm=self._warm,
            imports=self._imports,
            **fields,
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


def preparation(root: Path, assignment: str) -> Preparation:
    """The Preparation of an assignment; the last one as long as no file that it read has changed.

    Raises CourseError as `Preparation` does.
    """
    digest, source = hashlib.sha256(), root / "source" / assignment
    for path in (root / CONFIG_FILE, *sorted(source.rglob("*"))):
        if path.is_file():
            add(digest, path.as_posix().encode(errors="surrogateescape"))
            add(digest, path.read_bytes())
    return _preparation(root, assignment, digest.hexdigest())


@lru_cache(maxsize=1)
def _preparation(root: Path, assignment: str, digest: str) -> Preparation:
    return Preparation(Course(root), assignment)


def has_training(source: str) -> bool:
    """Whether a cell has a training loop: `for … in epochs(…)`."""
    return any(
        isinstance(node, ast.Call) and getattr(node.func, "id", "") == "epochs"
        for node in ast.walk(parse(source))
    )


def _plain(notebook: NotebookNode) -> dict:
    return json.loads(json.dumps(notebook))
