"""What test and tally cells show, made from the Outcome: nothing of it comes from the submission.

nbgrader reads a test cell's marks from its outputs: an error is 0, none is all of them. Only what
is written here is there to be read.
"""

from nbformat import NotebookNode
from nbformat.v4 import new_output

from grading.model.outcome import CheckResult
from helpers import _render
from helpers._tally import Score
from helpers.messages import message


def check_outputs(check: CheckResult) -> list[NotebookNode]:
    """The verdict as a card and, unless it passed, as the error that nbgrader reads as 0."""
    marks = _render.number(check.points)
    if check.passed:
        return [_card(_render.verdict(message("passed", marks=marks), _render.GREEN))]
    title = message("failed", marks=marks)
    line = message("short_traceback", name=check.title)
    return [
        _card(_render.verdict(title, _render.RED, check.reason)),
        new_output(
            "error", ename="CheckFailed", evalue=check.reason, traceback=[*check.traceback, line]
        ),
    ]


def tally_outputs(checks: list[CheckResult]) -> list[NotebookNode]:
    """The table of a notebook's checks, as `tick.summarise_marks` shows it to students."""
    score = Score(sum(c.earned for c in checks), sum(c.points for c in checks))
    number = _render.number
    rows = [(c.passed, c.title, f"{number(c.earned)} / {number(c.points)}") for c in checks]
    header = message("column_exercise"), message("column_marks")
    part = message("tally_title_plain"), score, header, rows, [message("by_hand")]
    return [_card(_render.summary([part]))]


def _card(card: _render.Card) -> NotebookNode:
    return new_output("display_data", data=card._repr_mimebundle_())
