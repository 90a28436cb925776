"""Where the course lives: its folders, its configuration and its gradebook."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from traitlets.config import Config, PyFileConfigLoader

CONFIG_FILE = "grader_config.py"


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
        """The configuration of grader_config.py, with the course folder as nbgrader's root."""
        with working_folder(self.root):
            config = PyFileConfigLoader(CONFIG_FILE, path=str(self.root)).load_config()
        config.CourseDirectory.root = str(self.root)
        return config

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

    def assignments(self) -> list[str]:
        """Names of the assignments: the folders of source/ that hold a notebook."""
        return sorted({path.parent.name for path in self.source.glob("*/*.ipynb")})

    def master_paths(self, assignment: str) -> list[Path]:
        """The master notebooks of an assignment, in order of name.

        Raises CourseError when source/ASSIGNMENT has none.
        """
        paths = sorted((self.source / assignment).glob("*.ipynb"))
        if not paths:
            known = ", ".join(self.assignments()) or "none yet"
            raise CourseError(
                f"No assignment {assignment!r}: source/{assignment} has no notebook. "
                f"Assignments here: {known}."
            )
        return paths

    def strays(self) -> list[str]:
        """Entries of submitted/ with no folder in them: hand-ins that no assignment can find."""
        return sorted(
            path.name
            for path in self.submitted.glob("*")
            if not path.name.startswith(".")
            and not (path.is_dir() and any(inside.is_dir() for inside in path.iterdir()))
        )

    def students(self, assignment: str) -> list[str]:
        """Ids of those who handed in: the folders submitted/STUDENT/ASSIGNMENT, in order."""
        return sorted(
            path.parent.name
            for path in self.submitted.glob(f"*/{assignment}")
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
