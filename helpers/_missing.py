"""What is still missing from a notebook of the lab, as far as its saved file tells."""

import re
from collections import Counter

from helpers import _saved, _tally
from helpers.messages import message

SHOWN = 8  # how many cells one warning names


def warnings(name, cells, lab, folder):
    """What is missing from a notebook, as sentences for students.

    name: without .ipynb. cells: its list of `Cell`. lab: the description of the lab, see
    `helpers.hand_in`. folder: the one that the notebook lies in.
    """
    titles = lab["notebooks"][name]
    asked, questions = (lab.get(part, {}).get(name, {}) for part in ("asked", "questions"))
    exercises = {grade_id: each["exercise"] for grade_id, each in asked.items()}
    called = titles | exercises | {grade_id: each["title"] for grade_id, each in questions.items()}
    count = Counter(cell.grade_id for cell in cells)

    def sentence(key, graded):
        if graded:
            yield message(key, notebook=name, cells=_listed(called[each] for each in graded))

    yield from sentence("deleted", [each for each in titles if not count[each]])
    yield from sentence("split", [each for each in titles if count[each] > 1])
    yield from _open_blanks(name, cells, asked, called)
    unanswered = [id_ for id_, each in questions.items() if _is_unanswered(cells, id_, each)]
    yield from sentence("unanswered", unanswered)
    if _tally.load(name, float("inf"), folder) is None:
        yield message("not_run_yet", notebook=name)
    elif _tally.is_stale(name, folder):
        yield message("hand_in_stale", notebook=name)


def given(text):
    """The words of a text, by which an answer is told from what was given, in one line."""
    return " ".join(re.findall(r"\w+", text.lower()))


def _open_blanks(name, cells, asked, called):
    """The warning on the blanks that are open, if there are any, by exercise."""
    found, count = {}, 0
    for cell in cells:
        if not cell.is_answer or cell.grade_id not in called:
            continue
        comments = asked.get(cell.grade_id, {}).get("blanks", {})
        names = list(_blanks_of(cell.source, comments))
        count += len(names)
        if names:
            found.setdefault(called[cell.grade_id], []).extend(filter(None, names))
    if found:
        listed = [
            message("quoted", text=exercise)
            + (f" ({', '.join(dict.fromkeys(names))})" if names else "")
            for exercise, names in found.items()
        ]
        cells = "; ".join(listed[:SHOWN]) + ("; …" if listed[SHOWN:] else "")
        yield message("blanks", notebook=name, count=count, cells=cells)


def _blanks_of(source, comments):
    """What each open blank of a cell asks for; "" for one that no comment describes.

    comments: the text of a comment above a blank → what that blank asks for.
    """
    above = ""
    for line in source.splitlines():
        if _saved.OPEN.match(line):
            yield above
            above = ""
        elif line.lstrip().startswith("#"):
            above = comments.get(line.strip("# \t"), above)


def _is_unanswered(cells, grade_id, question):
    """Whether neither a question's cell nor those below it, down to the next graded cell, hold
    other words than the ones that were given; False where the question itself is missing.
    """
    reading, found = False, False
    for cell in cells:
        reading = cell.grade_id == grade_id or (reading and not cell.grade_id)
        found = found or reading
        if reading and given(cell.source) not in ("", *question["given"]):
            return False
    return found


def _listed(titles):
    """The first titles in one line, and an ellipsis for the others."""
    titles = list(titles)
    quoted = (message("quoted", text=title) for title in titles[:SHOWN])
    return "; ".join(quoted) + ("; …" if titles[SHOWN:] else "")
