"""What the server answers to the page: plain data, found outside of the server's event loop.

This module imports nbgrader and all that draws an answer, so `handlers` imports it with the first
request: a server whose users never open the page starts without it.
"""

from collections.abc import Callable
from functools import wraps
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from grading.course import Assignment, Course, CourseError, find_root
from grading.gradebook.ledger import in_words
from grading.marking.marks import Change, Stale, State, Unfit, save
from grading.marking.questions import Question, questions
from grading.marking.showing import View, listed, shown_answers, shown_question, shown_states

MOST_AT_ONCE = 5000  # answers in one request


class Refused(Exception):
    """A request that can't be answered. status: of HTTP. data: what is told with it."""

    def __init__(self, status: int, message: object, data: dict | None = None):
        super().__init__(str(message))
        self.status, self.data = status, data


def _reply(function: Callable) -> Callable:
    """A function whose failures are Refused, as HTTP says them."""

    @wraps(function)
    def replying(*args):
        try:
            return function(*args)
        except CourseError as error:
            raise Refused(404, error) from error
        except Unfit as error:
            raise Refused(400, error) from error
        except DBAPIError as error:
            raise Refused(503, in_words(error)) from error

    return replying


@_reply
def assignments(root: Path) -> list[str]:
    """The names of the course that a folder is in."""
    return [each.name for each in Course(find_root(root)).assignments()]


@_reply
def all_questions(root: Path, assignment: str) -> list[dict]:
    """The questions of an assignment, with how many answers each has and how many wait."""
    return listed(_assignment(root, assignment))


@_reply
def one_question(root: Path, assignment: str, notebook: str, name: str, view: dict) -> dict:
    """A question and the groups of its answers. view: the fields of View."""
    return shown_question(*_question(root, assignment, notebook, name), View(**view))


@_reply
def some_answers(root: Path, assignment: str, notebook: str, name: str, ids: list[str]) -> dict:
    """The HTML of answers, by id."""
    found = _question(root, assignment, notebook, name)
    return shown_answers(*found, ids[:MOST_AT_ONCE])


@_reply
def all_states(root: Path, assignment: str, notebook: str, name: str) -> dict:
    """What the gradebook holds of a question's answers now, and how many wait in each question."""
    found = _question(root, assignment, notebook, name)
    return {"states": shown_states(*found), "questions": listed(found[0])}


@_reply
def changed_marks(root: Path, assignment: str, notebook: str, name: str, body: object) -> dict:
    """Save changes of marks and comments: {id: {"seen": state, "to": state}}.

    Returns the states then. What is no longer as it was seen is refused with 409, all of it.
    """
    found = _question(root, assignment, notebook, name)
    changes = _changes(body)
    try:
        return shown_states(*found, save(*found, changes))
    except Stale as stale:
        raise Refused(409, stale, {"changed": shown_states(*found, stale.now)}) from stale


def _assignment(root: Path, name: str) -> Assignment:
    for each in Course(find_root(root)).assignments():
        if each.name == name:
            return each
    raise CourseError(f"No assignment {name!r} in this course.")


def _question(root: Path, assignment: str, notebook: str, name: str) -> tuple[Assignment, Question]:
    found = _assignment(root, assignment)
    for each in questions(found):
        if (each.notebook, each.name) == (notebook, name):
            return found, each
    raise CourseError(f"No question {name!r} in source/{assignment}/{notebook}.ipynb.")


def _changes(body: object) -> dict[str, Change]:
    try:
        if not 0 < len(body) <= MOST_AT_ONCE:
            raise ValueError("none, or too many")
        return {
            name: Change(_state(change["seen"]), _state(change["to"]))
            for name, change in body.items()
        }
    except (TypeError, ValueError, LookupError, AttributeError) as error:
        raise Refused(400, "these are no changes of marks") from error


def _state(given: dict) -> State:
    mark, comment, waits = (given[field] for field in State._fields)
    if isinstance(mark, bool) or not isinstance(mark, int | float | None):
        raise TypeError("no mark")
    if not isinstance(comment, str | None) or not isinstance(waits, bool):
        raise TypeError("no state")
    return State(None if mark is None else float(mark), comment or None, waits)
