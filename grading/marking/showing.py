"""A question and its answers as the page shows them: HTML that can only be read, and plain data."""

import html
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from nbformat import NotebookNode

from grading.course import Assignment
from grading.feedback.beside import files_in, pictures_at
from grading.feedback.exporter import code, output_html, picture_html, traceback_html
from grading.feedback.pictures import Room
from grading.feedback.prose import comment_html, prose
from grading.feedback.terminal import terminal_html
from grading.marking.answers import DRAWN, Answer, answer
from grading.marking.changed import changed_html
from grading.marking.groups import Form, grouped, words, words_of_code
from grading.marking.marks import Entry, State, counts, entries
from grading.marking.questions import Question, questions
from grading.masters.settings import in_its_language
from grading.text import printable

MISSING = "<p class='note'>The notebook of this submission could not be read.</p>"


@dataclass(frozen=True)
class View:
    """What a marker has asked for. names: whether to say whose the answers are."""

    likeness: int
    apart: Collection[str]
    names: bool


def listed(assignment: Assignment) -> list[dict]:
    """The questions of an assignment, with how many answers each has and how many wait."""
    asked = questions(assignment)
    found = counts(assignment, asked)
    return [
        {
            "notebook": each.notebook, "name": each.name, "title": each.title,
            "points": each.points, "answers": found[each.notebook, each.name][0],
            "waiting": found[each.notebook, each.name][1],
        }
        for each in asked
    ]  # fmt: skip


@in_its_language
def shown_question(assignment: Assignment, question: Question, view: View) -> dict:
    """A question, its mark scheme and its groups of answers."""
    beside = pictures_at(files_in(assignment.source))
    known = entries(assignment, question)
    answers = {name: answer(assignment, each.submission, question) for name, each in known.items()}
    as_read = words_of_code if question.is_code else words
    forms = {name: each.form if each else Form("") for name, each in answers.items()}
    groups = grouped(forms, view.likeness, view.apart, set(map(as_read, question.given)))
    # Neither the ids of students nor the order of their folders: the gradebook's ids are random.
    numbers = {name: number for number, name in enumerate(sorted(known), 1)}

    def member(name: str) -> dict:
        entry = known[name]
        own = _shown(entry.state) | {"automatic": entry.automatic}
        own |= {"id": name, "number": numbers[name], "apart": name in view.apart}
        own |= {"earlier": _earlier(entry, question.is_code)}
        return own | ({"submission": entry.submission} if view.names else {})

    return {
        "title": question.title, "points": question.points, "code": question.is_code,
        "text": prose(question.text, question.attachments, beside),
        "scheme": code(question.scheme) if question.is_code
        else prose(question.scheme, question.attachments, beside),
        "lines": [
            line._asdict() | {"html": prose(line.text, question.attachments, beside)}
            for line in question.lines
        ],
        "groups": [
            {
                "empty": group.is_empty,
                "variants": [
                    {"text": printable(_text(answers, names)), "members": list(map(member, names))}
                    for names in group.variants
                ],
            }
            for group in groups
        ],
    }  # fmt: skip


@in_its_language
def shown_states(
    assignment: Assignment, question: Question, of: Mapping[str, State | None] | None = None
) -> dict[str, dict | None]:
    """What the gradebook holds of answers, by id, with the HTML of their comments.

    of: what it holds, where that is known; otherwise it is read, of all answers to the question.
    """
    if of is None:
        of = {name: entry.state for name, entry in entries(assignment, question).items()}
    return {name: state and _shown(state) for name, state in of.items()}


def _shown(state: State) -> dict:
    return state._asdict() | {"html": comment_html(state.comment) if state.comment else ""}


@in_its_language
def shown_answers(assignment: Assignment, question: Question, names: Collection[str]) -> dict:
    """The HTML of answers, by their ids."""
    known = entries(assignment, question, names)
    found = {n: answer(assignment, known[n].submission, question) for n in names if n in known}
    return {name: printable(answer_html(each)) if each else MISSING for name, each in found.items()}


def answer_html(each: Answer) -> str:
    """An answer as HTML that runs nothing, loads nothing and has no part that is not closed."""
    room, beside = Room(), pictures_at(each.files)
    return "\n".join(
        _cell(cell, lambda source, pasted=pasted: prose(source, pasted, beside, room))
        for cell, pasted in zip(each.cells, each.attachments(), strict=True)
    )


def _cell(cell: NotebookNode, read: Callable[[str], str]) -> str:
    if cell.cell_type == "markdown":
        return read(cell.source)
    if cell.cell_type == "raw":
        return f"<pre>{html.escape(cell.source)}</pre>"
    outputs = "\n".join(_output(output) for output in cell.get("outputs", []))
    return code(cell.source) + (f'<div class="output">{outputs}</div>' if outputs else "")


def _output(output: NotebookNode) -> str:
    if output.output_type == "stream":
        return f"<pre>{terminal_html(output.text)}</pre>"
    if output.output_type == "error":
        return f"<pre>{traceback_html(output)}</pre>"
    data = output.data
    for kind in DRAWN:
        if kind in data:
            return picture_html(output, kind)
    if "text/html" in data:
        return output_html(data)
    for kind in ("text/markdown", "text/latex"):
        if kind in data:
            return prose(data[kind], {}, lambda source: None)
    return f"<pre>{terminal_html(data.get('text/plain', ''))}</pre>"


def _earlier(entry: Entry, code: bool) -> dict | None:
    """What was given to an answer before it changed, and what changed; None once it is marked."""
    text, earlier, _ = entry.kept
    if earlier is None or entry.state.mark is not None:
        return None
    changed = None if text == earlier.text else changed_html(earlier.text, text or "", code)
    return {"mark": earlier.mark, "comment": earlier.comment, "changed": changed}


def _text(answers: dict[str, Answer | None], names: list[str]) -> str:
    """What the most of some equal answers have written."""
    texts = Counter(each.text for name in names if (each := answers[name]))
    return min(texts, key=lambda text: (-texts[text], text)) if texts else ""
