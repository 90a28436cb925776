"""What to say below a cell that stopped for a name that does not exist: most often a cell above
was not run.

Python says it in English, and not what to do. Only where the front end tells which cell it is, as
JupyterLab does: the cells of a notebook that is graded show what they show.
"""

import sys

from helpers import _render
from helpers._hints import missing_name
from helpers.messages import message


def explain_missing_names():
    """From now on say, below each cell of this kernel that stops so, what to do about it."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is not None and _explain not in shell.events.callbacks["post_run_cell"]:
        shell.events.register("post_run_cell", _explain)


def _explain(result):
    name = missing_name(result.error_in_exec)
    if name and getattr(result.info, "cell_id", None):
        text = message("name_error", name=name)
        _render.show(_render.verdict(message("out_of_order"), _render.AMBER, text))
