"""Where the course lives: its folders, its configuration and its gradebook."""

from __future__ import annotations

import os
import re
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from traitlets.config import Config, PyFileConfigLoader

CONFIG_FILE = "grader_config.py"
NBGRADERS_FILE = "nbgrader_config.py"
# nbgrader looks for folders by patterns, commands take what begins with a dash for an option, and
# not every system has files of all names.
UNFIT_NAME = re.compile(r"[\[\]{}*?+/\\:\"<>|\x00-\x1f\x7f]|^[-.\s]|[.\s]$")
NAME_RULE = (
    "a name holds none of [ ] { } * ? + / \\ : \" < > | and does not begin with '-', '.' or a "
    "space, nor end with '.' or a space"
)
UNFIT_SUBMISSION = re.compile(r"[*?\[]|^\s|\s$")
SUBMISSION_RULE = (
    "rename the folder: nbgrader takes no * ? or [ in it, and no space at its beginning or end"
)


class CourseError(Exception):
    """Something the instructor has to mend; the message says what and how."""


def find_root(start: Path | None = None) -> Path:
    """The nearest folder at or above `start` (default: the working folder) with a grader_config.py.

    Raises CourseError when there is none.
    """
    start = (start or Path.cwd()).resolve()
    for folder in (start, *start.parents):
        if (folder / CONFIG_FILE).is_file():
            return folder
    raise CourseError(
        f"No {CONFIG_FILE} in {start} or above it: run the command from inside the course folder."
    )


@dataclass(frozen=True)
class Course:
    """A course folder.

    root: the folder that holds grader_config.py.
    """

    root: Path

    @classmethod
    def here(cls) -> Course:
        """The course that the working folder belongs to."""
        return cls(find_root())

    @cached_property
    def config(self) -> Config:
        """The configuration, with the course folder as nbgrader's root.

        It is the one that nbgrader's own commands have there: nbgrader_config.py, which loads
        grader_config.py, or the latter alone where there is no other.
        """
        name = NBGRADERS_FILE if (self.root / NBGRADERS_FILE).is_file() else CONFIG_FILE
        with working_folder(self.root):
            config = PyFileConfigLoader(name, path=str(self.root)).load_config()
        config.CourseDirectory.root = str(self.root)
        return config

    @property
    def config_files(self) -> list[Path]:
        """The files of the course folder that the configuration is made of."""
        paths = (self.root / name for name in (CONFIG_FILE, NBGRADERS_FILE))
        return [path for path in paths if path.is_file()]

    @property
    def source(self) -> Path:
        return self.root / "source"

    @property
    def release(self) -> Path:
        return self.root / "release"

    @property
    def submitted(self) -> Path:
        return self.root / "submitted"

    @property
    def autograded(self) -> Path:
        return self.root / "autograded"

    @property
    def feedback(self) -> Path:
        return self.root / "feedback"

    @property
    def db_url(self) -> str:
        """The gradebook's, as SQLAlchemy takes it."""
        from nbgrader.coursedir import CourseDirectory

        return CourseDirectory(config=self.config).db_url

    @contextmanager
    def gradebook(self):
        """nbgrader's gradebook, open for the length of the block.

        Raises CourseError when it can't be opened.
        """
        from nbgrader.api import Gradebook
        from sqlalchemy.exc import ArgumentError, DBAPIError

        try:
            opened = Gradebook(self.db_url)
        except (DBAPIError, ArgumentError, ImportError) as error:  # its server, its URL, its driver
            reason = str(getattr(error, "orig", error)).strip()
            raise CourseError(
                f"The gradebook could not be opened ({reason}): see c.CourseDirectory.db_url in "
                f"{CONFIG_FILE}."
            ) from error
        with opened as gradebook:
            yield gradebook

    def assignment(self, name: str) -> Assignment:
        """One assignment, whether or not there is such a one."""
        return Assignment(self, name)

    def assignments(self) -> list[Assignment]:
        """The assignments: the folders of source/ that hold a notebook, in order of name."""
        names = {path.parent.name for path in self.source.glob("*/*.ipynb")}
        return [self.assignment(name) for name in sorted(names)]

    def strays(self) -> list[str]:
        """Entries of submitted/ with no folder in them: hand-ins that no assignment can find."""
        return sorted(
            path.name
            for path in self.submitted.glob("*")
            if not path.name.startswith(".")
            and not (path.is_dir() and any(inside.is_dir() for inside in path.iterdir()))
        )


@dataclass(frozen=True)
class Assignment:
    """One assignment of a course: its name, and where its files are.

    What submitted/ holds of an assignment are submissions: one folder for each student, or for each
    pair of students, who hand in together. The name of that folder identifies the submission.
    """

    course: Course
    name: str

    def __str__(self) -> str:
        return self.name

    @property
    def source(self) -> Path:
        """The folder of its masters."""
        return self.course.source / self.name

    @property
    def release(self) -> Path:
        """The folder that students start from."""
        return self.course.release / self.name

    def submitted(self, submission: str) -> Path:
        """The folder that came in."""
        return self.course.submitted / submission / self.name

    def autograded(self, submission: str) -> Path:
        """The folder of the notebooks that nbgrader has recorded."""
        return self.course.autograded / submission / self.name

    def feedback(self, submission: str) -> Path:
        """The folder of the pages that go back."""
        return self.course.feedback / submission / self.name

    def master_paths(self) -> list[Path]:
        """The master notebooks, in order of name. Raises CourseError when there is none."""
        paths = sorted(self.source.glob("*.ipynb"))
        if not paths:
            known = ", ".join(map(str, self.course.assignments())) or "none yet"
            raise CourseError(
                f"No assignment {self.name!r}: source/{self} has no notebook. "
                f"Assignments here: {known}."
            )
        return paths

    def submissions(self) -> list[str]:
        """The names of the submissions, in order."""
        return sorted(
            path.parent.name
            for path in self.course.submitted.glob(f"*/{self.name}")
            if path.is_dir() and not path.parent.name.startswith(".")
        )


@contextmanager
def working_folder(folder: Path):
    """Work in `folder` for the length of the block."""
    before = os.getcwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)
