"""What Jupyter's server loads: the page's addresses, below its own base URL."""

import re

from jupyter_server.utils import url_path_join

from grading.marking.handlers import ROUTES


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": __name__}]


def _load_jupyter_server_extension(server) -> None:
    """Add the page to a running server, whose root folder is in a course, or there is no page."""
    base = re.escape(server.web_app.settings["base_url"])
    server.web_app.settings["marking_root"] = server.root_dir
    routes = [(url_path_join(base, address), *rest) for address, *rest in ROUTES]
    server.web_app.add_handlers(".*$", routes)
