"""From what was handed in to a Job: read it, put the master's cells back, gather the files."""

import ast
import hashlib
import json
import re
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from pathlib import Path

from nbformat import NotebookNode

from grading.candidate.sandbox import Sandbox, require_sandbox
from grading.course import Assignment, Course
from grading.intake.files import (
    clashes,
    master_files,
    names_notebooks,
    notebook_path,
    submitted_files,
    twice,
)
from grading.intake.handed_in import HandedIn
from grading.intake.identity import assigned_ids
from grading.intake.reading import SECRET, STAMP, read_with_notes
from grading.intake.restoration import Restoration
from grading.masters.answers import solved
from grading.masters.cells import code_stub, forget_notes, provided_code
from grading.masters.pictures import kept_back
from grading.masters.reading import read_masters
from grading.masters.settings import identity_of, language_of
from grading.model.job import Job
from grading.model.limits import Limits
from grading.model.notes import Note
from grading.model.outcome import Status
from grading.processes.fork_servers import imports_of
from grading.regions import hidden_tests, solutions
from grading.source import walk
from grading.versions import add
from grading.words import using
from helpers.hand_in import README

REFERENCE = re.compile(r"reference\(\s*[\"']([^\"']+)/([^\"'/]+)[\"']")


@dataclass(frozen=True)
class Prepared:
    """One notebook of a submission, ready to run.

    notes: what is to be told about how it was read. ids: what its identity cell says.
    """

    job: Job
    notes: list[Note]
    ids: list[str]


class Preparation:
    """Makes the Jobs of one assignment; what they share is read once.

    Raises CourseError when there is no such assignment, or no sandbox and no leave to do without.
    """

    def __init__(self, assignment: Assignment):
        self._assignment = assignment
        self._language, self._identity = language_of(assignment), identity_of(assignment)
        self._ignore = list(assignment.course.config.CourseDirectory.ignore)
        self._limits = Limits(config=assignment.course.config)
        self._confined = require_sandbox(assignment.course.config)
        self._warm = Sandbox(config=assignment.course.config).warm
        self._masters = read_masters(assignment)
        for master in self._masters.values():
            for cell in master.cells:
                forget_notes(cell)  # they decide no mark
        # One list for all notebooks, so that one warm process does for all of them.
        self._imports = list(imports_of(provided_code(self._masters.values())))
        with using(self._language):
            self._stub = code_stub(assignment.course.config)
            self._restorations = {
                name: Restoration(master, assignment.course.config)
                for name, master in self._masters.items()
            }

    @cached_property
    def _provided(self) -> dict[str, bytes]:
        files = master_files(self._assignment.source, self._ignore)
        released = {name: each.released for name, each in self._restorations.items()}
        for path in kept_back(self._masters, released, files):
            del files[path]
        return files

    @property
    def names(self) -> list[str]:
        """The assignment's notebooks, in order."""
        return list(self._masters)

    def prepare(self, handed_in: HandedIn, name: str) -> Prepared:
        """One notebook of a submission; one that can't be read has every blank open.

        Raises OSError when a file beside it can't be read.
        """
        folder = handed_in.folder
        with using(self._language):
            notebook, notes = read_with_notes(notebook_path(folder, name), handed_in.read)
            restoration, more = self._restorations[name], []
            if any(note.status is Status.UNREADABLE for note in notes):
                restored = restoration.without_answers(notebook)
            else:
                restored, more = restoration.restore_with_notes(notebook)
        gather = partial(submitted_files, folder, self._ignore, self._limits, handed_in.read)
        files, refused = gather()
        code = (cell.source for cell in restored.cells if cell.cell_type == "code")
        # Only where they are used: else a change in one would run all notebooks again.
        if names_notebooks(code, files | self._provided):
            files, refused = gather(notebooks=True)
        refused |= twice(folder, name)
        # Equal notebooks are equal whenever they came.
        for path in (STAMP, SECRET, README[self._language]):
            files.pop(path, None)
        for path in clashes(files.keys(), self._provided.keys()):
            del files[path]
            refused[path] = "left out: the assignment has a file, folder or module of that name"
        job = self._job(name, restored, files=files, refused=refused)
        return Prepared(job, notes + more, assigned_ids(notebook, self._identity))

    def teaching_job(self, name: str) -> Job:
        """The Job of a master with its own answers, trusted code whose trainings a class shares."""
        notebook = solved(self._masters[name], solutions(self._assignment.course.config), {})
        return self._job(name, notebook, teaches=True)

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
            self._assignment.name,
            name,
            _in_language(_plain(notebook), self._language),
            self._needed[name],
            master_files=self._provided,
            limits=self._limits.as_dict(),
            confined=self._confined,
            language=self._language,
            stub=self._stub,
            hidden_tests=hidden_tests(self._assignment.course.config),
            warm=self._warm,
            imports=self._imports,
            **fields,
        )

    @cached_property
    def _needed(self) -> dict[str, dict[str, dict]]:
        """By notebook, the masters of its Jobs, which share them."""
        return {name: self._needed_masters(name) for name in self._masters}

    def _needed_masters(self, name: str) -> dict[str, dict]:
        """The notebook's own master and those that its tests compare with."""
        needed, waiting = {}, [name]
        while waiting:
            master = waiting.pop()
            if master in needed or master not in self._masters:
                continue
            needed[master] = _plain(self._masters[master])
            sources = "\n".join(cell.source for cell in self._masters[master].cells)
            waiting += [
                other
                for folder, other in REFERENCE.findall(sources)
                if folder == self._assignment.name
            ]
        return needed


def preparation(root: Path, assignment: str) -> Preparation:
    """The Preparation of an assignment; the last one as long as no file that it read has changed.

    Raises CourseError as `Preparation` does.
    """
    digest, source = hashlib.sha256(), root / "source" / assignment
    for path in (*Course(root).config_files, *sorted(source.rglob("*"))):
        if path.is_file():
            add(digest, path.as_posix().encode(errors="surrogateescape"))
            add(digest, path.read_bytes())
    return _preparation(root, assignment, digest.hexdigest())


@lru_cache(maxsize=1)
def _preparation(root: Path, assignment: str, digest: str) -> Preparation:
    return Preparation(Course(root).assignment(assignment))


def has_training(source: str) -> bool:
    """Whether a cell has a training loop: `for … in epochs(…)`."""
    return any(
        isinstance(node, ast.Call) and getattr(node.func, "id", "") == "epochs"
        for node in walk(source)
    )


def _in_language(notebook: dict, language: str) -> dict:
    """The same notebook, which says its language itself: its page of feedback is written later."""
    settings = notebook["metadata"].get("grading")
    own = settings if isinstance(settings, dict) else {}
    notebook["metadata"]["grading"] = {**own, "language": language}
    return notebook


def _plain(notebook: NotebookNode) -> dict:
    return json.loads(json.dumps(notebook))
