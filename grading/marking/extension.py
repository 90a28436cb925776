"""What Jupyter's server loads: the page's addresses, below its own base URL, and a link to it."""

import re
from pathlib import Path

from jinja2 import ChoiceLoader, PackageLoader, PrefixLoader
from jupyter_server.utils import url_path_join

from grading.course import CourseError, find_root
from grading.marking.handlers import ROUTES


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": __name__}]


def _load_jupyter_server_extension(server) -> None:
    """Add the page to a running server, whose root folder is in a course, or there is no page."""
    base = re.escape(server.web_app.settings["base_url"])
    server.web_app.settings["marking_root"] = server.root_dir
    routes = [(url_path_join(base, address), *rest) for address, *rest in ROUTES]
    server.web_app.add_handlers(".*$", routes)
    # nbgrader's formgrader is loaded after this extension, and the loop runs once all are.
    server.io_loop.add_callback(_link_from_formgrader, server)


def _link_from_formgrader(server) -> None:
    """Show a link to the page in the formgrader, if it is there and the server is in a course.

    Our templates of the same names extend nbgrader's, which are found below `nbgrader/` then.
    """
    formgrader = server.web_app.settings.get("nbgrader_jinja2_env")
    try:
        find_root(Path(server.root_dir))
    except CourseError:
        return
    if formgrader is not None:
        ours = PackageLoader("grading.marking", "templates/formgrader")
        nbgraders = formgrader.loader
        formgrader.loader = ChoiceLoader([ours, PrefixLoader({"nbgrader": nbgraders}), nbgraders])
