"""The page's addresses in Jupyter's server: who may ask, and in which form answers come."""

import asyncio
import json
from collections.abc import Callable
from functools import wraps
from importlib import import_module
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler, JupyterHandler
from tornado import web

from grading.course import CourseError, find_root
from grading.marking.publisher import Publisher

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


def _guarded(method: Callable) -> Callable:
    """A method for those who are signed in and may; outside of a course nothing is found."""

    @web.authenticated
    @authorized
    @wraps(method)
    async def guarded(self, *args):
        try:
            find_root(self.root)
        except CourseError as error:
            raise web.HTTPError(404, reason=_one_line(error)) from error
        return await method(self, *args)

    return guarded


def _one_line(message: object) -> str:
    """What may stand in the first line of an HTTP reply: no end of line, Latin letters."""
    return " ".join(str(message).split()).encode("ascii", "replace").decode()[:300]


class InCourse:
    """What all pages share: the course that the server's root folder is in."""

    auth_resource = "grading"

    @property
    def root(self) -> Path:
        return Path(self.settings["marking_root"])

    async def reply(self, what: str, *args) -> object:
        """What a function of grading.marking.replies returns, called in a thread.

        What it refuses is an error of HTTP, or data with such a status.
        """
        replies = await asyncio.to_thread(import_module, "grading.marking.replies")
        try:
            return await asyncio.to_thread(getattr(replies, what), self.root, *args)
        except replies.Refused as refused:
            if refused.data is None:
                raise web.HTTPError(refused.status, reason=_one_line(refused)) from refused
            self.set_status(refused.status)
            return refused.data

    async def found(self, assignment: str) -> list[str]:
        """The names of the course's assignments. Raises 404 when it has not the given one."""
        names = await self.reply("assignments")
        if assignment and assignment not in names:
            message = _one_line(f"No assignment {assignment!r} in this course.")
            raise web.HTTPError(404, reason=message)
        return names


class Page(InCourse, JupyterHandler):
    """The page of an assignment, or the list of assignments."""

    @property
    def content_security_policy(self) -> str:
        return POLICY

    @_guarded
    async def get(self, assignment: str = "") -> None:
        names = await self.found(assignment)
        template = PAGES.get_template("mark.html.j2" if assignment else "list.html.j2")
        self.set_header("Cache-Control", "no-store")
        self.finish(
            template.render(
                base=self.base_url, assignment=assignment, names=names,
                xsrf=self.xsrf_token.decode(),
            )
        )  # fmt: skip


class Static(JupyterHandler, web.StaticFileHandler):
    """The page's scripts and style."""

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
        self.finish(json.dumps(await self.reply("all_questions", assignment)))


class OneQuestion(InCourse, APIHandler):
    @_guarded
    async def get(self, *question: str) -> None:
        try:
            likeness = min(max(int(self.get_query_argument("likeness", "100")), 50), 100)
        except ValueError:
            raise web.HTTPError(400, reason="likeness is a number from 50 to 100") from None
        view = {
            "likeness": likeness,
            "apart": frozenset(self.get_query_argument("apart", "").split(",")),
            "names": self.get_query_argument("names", "") == "1",
        }
        self.finish(json.dumps(await self.reply("one_question", *question, view)))


class Answers(InCourse, APIHandler):
    @_guarded
    async def get(self, *question: str) -> None:
        ids = self.get_query_argument("ids", "").split(",")
        self.finish(json.dumps(await self.reply("some_answers", *question, ids)))


class States(InCourse, APIHandler):
    """What is stored now; 304 for a page that has it (Tornado compares If-None-Match)."""

    @_guarded
    async def get(self, *question: str) -> None:
        self.finish(json.dumps(await self.reply("all_states", *question)))


class Marks(InCourse, APIHandler):
    """Writes marks and comments. 409 with what is stored when that is not what the page showed."""

    @_guarded
    async def post(self, *question: str) -> None:
        self.finish(json.dumps(await self.reply("changed_marks", *question, self.get_json_body())))


class Publish(InCourse, APIHandler):
    """Begins to make the feedback again, and tells how that goes on."""

    @_guarded
    async def post(self, assignment: str) -> None:
        await self.found(assignment)
        Publisher.of(self.application).start(find_root(self.root), assignment)
        self.set_status(202)
        await self._tell(assignment)

    @_guarded
    async def get(self, assignment: str) -> None:
        await self.found(assignment)
        await self._tell(assignment)

    async def _tell(self, assignment: str) -> None:
        told = Publisher.of(self.application).told(find_root(self.root), assignment)
        self.finish(json.dumps(told))


STATIC = {"path": str(Path(__file__).parent / "static")}
QUESTION = r"/marking/([^/]+)/([^/]+)/([^/]+)"
ROUTES = [
    (r"/marking/?", Page),
    (r"/marking-static/([a-z]+\.(?:js|css))", Static, STATIC),
    (r"/marking/([^/]+)", Page),
    (r"/marking/([^/]+)/questions", Questions),
    (r"/marking/([^/]+)/publish", Publish),
    (QUESTION, OneQuestion),
    (rf"{QUESTION}/answers", Answers),
    (rf"{QUESTION}/states", States),
    (rf"{QUESTION}/marks", Marks),
]
