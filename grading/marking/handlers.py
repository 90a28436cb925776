"""The page's addresses in Jupyter's server: who may ask, and in which form answers come."""

import asyncio
import json
from collections.abc import Callable
from functools import wraps
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler, JupyterHandler
from sqlalchemy.exc import DBAPIError
from tornado import web

from grading.course import Assignment, Course, CourseError, find_root
from grading.gradebook.ledger import in_words
from grading.marking.marks import Change, Stale, State, Unfit, save
from grading.marking.questions import Question, questions
from grading.marking.showing import View, listed, shown_answers, shown_question

# Nothing but the page's own script runs, and nothing is loaded from elsewhere. Attributes of style
# are what answers have left of theirs (grading.feedback.sanitising).
POLICY = "; ".join(
    [
        "default-src 'none'", "script-src 'self'", "style-src 'self'",
        "style-src-attr 'unsafe-inline'", "img-src data:", "connect-src 'self'",
        "base-uri 'none'", "form-action 'none'", "frame-ancestors 'self'",
    ]
)  # fmt: skip
PAGES = Environment(
    loader=PackageLoader("grading.marking"), autoescape=True, undefined=StrictUndefined
)
MOST_AT_ONCE = 5000  # answers in one request


def _guarded(method: Callable) -> Callable:
    """A method for those who are signed in and may; what it can't find or do, it says."""

    @web.authenticated
    @authorized
    @wraps(method)
    async def guarded(self, *args):
        try:
            return await method(self, *args)
        except CourseError as error:
            raise web.HTTPError(404, reason=_one_line(error)) from error
        except DBAPIError as error:
            raise web.HTTPError(503, reason=_one_line(in_words(error))) from error

    return guarded


def _one_line(message: object) -> str:
    """What may stand in the first line of an HTTP reply: no end of line, Latin letters."""
    return " ".join(str(message).split()).encode("ascii", "replace").decode()[:300]


class InCourse:
    """What all pages share: the course that the server's root folder is in."""

    auth_resource = "grading"

    def assignment(self, name: str) -> Assignment:
        """Raises CourseError outside of a course and for an assignment that it has not."""
        return next((each for each in self.course.assignments() if each.name == name), None) or (
            _missing(f"No assignment {name!r} in this course.")
        )

    @property
    def course(self) -> Course:
        return Course(find_root(Path(self.settings["marking_root"])))

    def question(self, assignment: str, notebook: str, name: str) -> tuple[Assignment, Question]:
        found = self.assignment(assignment)
        for each in questions(found):
            if (each.notebook, each.name) == (notebook, name):
                return found, each
        return _missing(f"No question {name!r} in source/{assignment}/{notebook}.ipynb.")


def _missing(message: str):
    raise CourseError(message)


class Page(InCourse, JupyterHandler):
    """The page of an assignment, or the list of assignments."""

    @property
    def content_security_policy(self) -> str:
        return POLICY

    @_guarded
    async def get(self, assignment: str = "") -> None:
        names = [each.name for each in self.course.assignments()]
        if assignment:
            self.assignment(assignment)
        template = PAGES.get_template("mark.html.j2" if assignment else "list.html.j2")
        self.set_header("Cache-Control", "no-store")
        self.finish(
            template.render(
                base=self.base_url, assignment=assignment, names=names,
                xsrf=self.xsrf_token.decode(),
            )
        )  # fmt: skip


class Static(JupyterHandler, web.StaticFileHandler):
    """The page's script and style."""

    auth_resource = "grading"

    @web.authenticated
    @authorized
    async def get(self, path: str, include_body: bool = True) -> None:
        await web.StaticFileHandler.get(self, path, include_body)

    def set_extra_headers(self, path: str) -> None:
        self.set_header("Cache-Control", "no-cache")


class Questions(InCourse, APIHandler):
    @_guarded
    async def get(self, assignment: str) -> None:
        self.finish(json.dumps(await asyncio.to_thread(listed, self.assignment(assignment))))


class OneQuestion(InCourse, APIHandler):
    @_guarded
    async def get(self, assignment: str, notebook: str, name: str) -> None:
        try:
            likeness = min(max(int(self.get_query_argument("likeness", "100")), 50), 100)
        except ValueError:
            raise web.HTTPError(400, reason="likeness is a number from 50 to 100") from None
        apart = frozenset(self.get_query_argument("apart", "").split(","))
        view = View(likeness, apart, self.get_query_argument("names", "") == "1")
        found = self.question(assignment, notebook, name)
        self.finish(json.dumps(await asyncio.to_thread(shown_question, *found, view)))


class Answers(InCourse, APIHandler):
    @_guarded
    async def get(self, assignment: str, notebook: str, name: str) -> None:
        names = self.get_query_argument("ids", "").split(",")[:MOST_AT_ONCE]
        found = self.question(assignment, notebook, name)
        self.finish(json.dumps(await asyncio.to_thread(shown_answers, *found, names)))


class Marks(InCourse, APIHandler):
    """Writes marks and comments. 409 with what is stored when that is not what the page showed."""

    @_guarded
    async def post(self, assignment: str, notebook: str, name: str) -> None:
        found = self.question(assignment, notebook, name)
        changes = _changes(self.get_json_body())
        try:
            now = await asyncio.to_thread(save, *found, changes)
        except Stale as stale:
            self.set_status(409)
            now = {n: state and state._asdict() for n, state in stale.now.items()}
            self.finish(json.dumps({"changed": now}))
        except Unfit as error:
            raise web.HTTPError(400, reason=_one_line(error)) from error
        else:
            self.finish(json.dumps({n: state._asdict() for n, state in now.items()}))


def _changes(body: object) -> dict[str, Change]:
    """The changes of a request: {id: {"seen": state, "to": state}}."""
    try:
        if not 0 < len(body) <= MOST_AT_ONCE:
            raise ValueError("none, or too many")
        return {
            name: Change(_state(change["seen"]), _state(change["to"]))
            for name, change in body.items()
        }
    except (TypeError, ValueError, LookupError, AttributeError) as error:
        raise web.HTTPError(400, reason="these are no changes of marks") from error


def _state(given: dict) -> State:
    mark, comment, waits = (given[field] for field in State._fields)
    if isinstance(mark, bool) or not isinstance(mark, int | float | None):
        raise TypeError("no mark")
    if not isinstance(comment, str | None) or not isinstance(waits, bool):
        raise TypeError("no state")
    return State(None if mark is None else float(mark), comment or None, waits)


STATIC = {"path": str(Path(__file__).parent / "static")}
QUESTION = r"/marking/([^/]+)/([^/]+)/([^/]+)"
ROUTES = [
    (r"/marking/?", Page),
    (r"/marking-static/([a-z]+\.(?:js|css))", Static, STATIC),
    (r"/marking/([^/]+)", Page),
    (r"/marking/([^/]+)/questions", Questions),
    (QUESTION, OneQuestion),
    (rf"{QUESTION}/answers", Answers),
    (rf"{QUESTION}/marks", Marks),
]
