"""What test and tally cells show, made from the Outcome: nothing of it comes from the submission.

nbgrader reads a test cell's marks from its outputs: an error is 0, a number as the cell's result is
that many, nothing of these is all of them. Only what is written here is there to be read.
"""

from nbformat import NotebookNode
from nbformat.v4 import new_output

from grading.model.outcome import CheckResult, Part
from grading.words import say
from helpers import _render
from helpers._tally import Score
from helpers.messages import message


def check_outputs(check: CheckResult) -> list[NotebookNode]:
    """The verdict as a card, of a test with several blocks as one for each, and the marks as
    nbgrader reads them."""
    if check.parts:
        cards = [_verdict(part) for part in check.parts]
    else:
        cards = [_verdict(check)]
    if check.passed:
        return cards
    if check.earned:
        earned = {"text/plain": f"{check.earned!r}"}
        return [*cards, new_output("execute_result", data=earned, execution_count=None)]
    line = message("short_traceback", name=check.title)
    error = new_output(
        "error", ename="CheckFailed", evalue=check.reason, traceback=[*check.traceback, line]
    )
    return [*cards, error]


def sampled_output() -> NotebookNode:
    """What stands under the bar of a training of which only some epochs were run."""
    return new_output("stream", name="stdout", text=say("sampled") + "\n")


def tally_outputs(checks: list[CheckResult]) -> list[NotebookNode]:
    """The table of a notebook's checks, as `tick.summarise_marks` shows it to students."""
    score = Score(sum(c.earned for c in checks), sum(c.points for c in checks))
    number = _render.number
    rows = [
        (_went(row), row.title, f"{number(row.earned)} / {number(row.points)}")
        for check in checks
        for row in check.parts or [check]
    ]
    header = message("column_exercise"), message("column_marks")
    part = message("tally_title_plain"), score, header, rows, [message("by_hand")]
    return [_card(_render.summary([part]))]


def _went(result: CheckResult | Part) -> bool | str | None:
    return _render.PARTLY if result.earned and not result.passed else result.passed


def _verdict(result: CheckResult | Part) -> NotebookNode:
    marks = _render.number(result.points)
    if result.passed:
        return _card(_render.verdict(message("passed", marks=marks), _render.GREEN))
    earned, colour = _render.number(result.earned), _render.RED
    title = message("failed", marks=marks)
    if result.earned:
        title, colour = message("partly", earned=earned, marks=marks), _render.AMBER
    return _card(_render.verdict(title, colour, result.reason))


def _card(card: _render.Card) -> NotebookNode:
    return new_output("display_data", data=card._repr_mimebundle_())
