"""What the masters of an assignment say about it in their metadata, under `grading`.

`language` of what students read (else that of the course), and `identity`: which variables say
whose a notebook is, see `helpers._identity`.
"""

import json
from collections.abc import Callable, Iterator
from functools import wraps

from nbformat import NotebookNode
from traitlets.config import Config

from grading.course import CONFIG_FILE, Assignment, CourseError
from grading.words import FIRST, TEXTS, using
from helpers._identity import Field, fields

KNOWN = " or ".join(f'"{code}"' for code in TEXTS)


def language_of(assignment: Assignment) -> str:
    """The language of an assignment.

    Raises CourseError when its notebooks name several, or one that the kit does not speak.
    """
    said = {}
    for name, settings in _settings(assignment):
        if (language := settings.get("language")) is not None:
            if language not in TEXTS:
                raise CourseError(
                    f"source/{assignment}/{name}: its metadata say grading.language "
                    f"{language!r}, which the kit does not speak: write {KNOWN}."
                )
            said.setdefault(language, name)
    if len(said) > 1:
        which = ", ".join(f"{name} says {language!r}" for language, name in said.items())
        raise CourseError(
            f"source/{assignment}: its notebooks are in several languages by their metadata, "
            f"grading.language ({which}): an assignment is in one."
        )
    return next(iter(said), None) or course_language(assignment.course.config)


def in_its_language(function: Callable) -> Callable:
    """The same function of an assignment, its first argument, in whose language it says all."""

    @wraps(function)
    def speaking(assignment: Assignment, *args, **kwargs):
        with using(language_of(assignment)):
            return function(assignment, *args, **kwargs)

    return speaking


def course_language(config: Config) -> str:
    """The language that a configuration says. Raises CourseError when the kit does not speak it."""
    language = config.Course.get("language", FIRST)
    if language not in TEXTS:
        raise CourseError(
            f"{CONFIG_FILE}: c.Course.language is {language!r}, which the kit does not speak: "
            f"write {KNOWN}."
        )
    return language


def language_of_notebook(notebook: NotebookNode, config: Config) -> str:
    """The language that a notebook of an assignment says, else that of the course."""
    settings = notebook.metadata.get("grading")
    said = settings.get("language") if isinstance(settings, dict) else None
    return said if said in TEXTS else course_language(config)


def identity_of(assignment: Assignment) -> list[Field]:
    """What identifies the students of an assignment: what its notebooks say, each variable once.

    Raises CourseError for anything that can't be understood, or that two of them say differently.
    """
    found: dict[str, Field] = {}
    for name, settings in _settings(assignment):
        try:
            own = fields(settings.get("identity"))
        except (ValueError, TypeError) as error:
            raise CourseError(
                f"source/{assignment}/{name}: its metadata grading.identity can't be understood: "
                f"{error}."
            ) from error
        for field in own:
            if found.setdefault(field.name, field) != field:
                raise CourseError(
                    f"source/{assignment}/{name}: its metadata grading.identity say of "
                    f"{field.name} something else than those of another notebook: write the same."
                )
    return list(found.values())


def _settings(assignment: Assignment) -> Iterator[tuple[str, dict]]:
    """The file name of each master, and what its metadata say."""
    for path in assignment.master_paths():
        try:
            settings = json.loads(path.read_text("utf-8"))["metadata"].get("grading", {})
        except (OSError, ValueError, LookupError, TypeError, AttributeError):
            settings = {}  # nothing that nbformat reads, which says so with its file
        yield path.name, settings if isinstance(settings, dict) else {}
