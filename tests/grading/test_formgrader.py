"""The formgrader of a real Jupyter server takes the same path as the command line."""

import json
import shutil
import urllib.request
from html.parser import HTMLParser

import nbformat
import pytest
import tiny
from jupyter_process import jupyter_server
from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell
from tiny import hand_in, solved

from grading.batch.run import run


@pytest.fixture
def server(built, tmp_path_factory):
    """The address of the formgrader in the course folder."""
    with jupyter_server(built.root, tmp_path_factory.mktemp("jupyter")) as address:
        yield f"{address}/formgrader"


def call(address, method="GET"):
    with urllib.request.urlopen(urllib.request.Request(address, method=method)) as reply:
        return json.load(reply)


SCRIPTS = """\
from IPython.display import HTML, SVG, Javascript, Markdown
page = '<' + 'script>alert({0})<' + '/script><img src="x" onerror="alert({0})">'
display(HTML(page.format(1)), Markdown(page.format(2)), Javascript('ale' + 'rt(3)'))
display(SVG('<svg xmlns="http://www.w3.org/2000/svg" onload="ale' + 'rt(4)"></svg>'))
display({'image/png': '">' + page.format(5), 'text/latex': page.format(6)}, raw=True)
display({'image/png': 'no', 'application/vnd.jupyter.widget-view+json': page}, raw=True)"""


class Tags(HTMLParser):
    """The scripts of a page and its attributes that run."""

    def __init__(self, page):
        super().__init__()
        self.found, self.script = [], False
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.script = tag == "script"
        self.found += [
            (name, value)
            for name, value in attributes
            if (name.startswith("on") and "alert" in (value or "")) or name == "srcdoc"
        ]

    def handle_endtag(self, tag):
        self.script = False

    def handle_data(self, data):
        if self.script and "alert" in data:
            self.found.append(data)


def test_nothing_of_a_submission_runs_in_a_graders_browser(built, server):
    notebook = solved("1_square")
    answer = "Porque $x^2 \\ge 0$.<script>alert(7)</script><img src=x onerror=alert(8)>"
    cells = {cell.id: cell for cell in notebook.cells}
    cells["square-answer"].source = answer
    raw = "<script>alert(9)</script>"
    notebook.cells += [new_code_cell(SCRIPTS), new_raw_cell(raw), new_markdown_cell(raw)]
    notebook.cells.append(new_markdown_cell("<iframe srcdoc='<script>alert(0)</script>'></iframe>"))
    hand_in(built, "ana", square=nbformat.writes(notebook).encode())
    assert call(f"{server}/api/submission/{tiny.ASSIGNMENT}/ana/autograde", "POST")["success"]
    (found,) = call(f"{server}/api/submitted_notebooks/{tiny.ASSIGNMENT}/1_square")
    page = urllib.request.urlopen(f"{server}/submissions/{found['id']}/").read().decode()
    assert Tags(page).found == []
    assert "<math" in page and "Porque" in page and "alert(9)" in page  # there to read
    assert "prueben con negativos" in page  # graders see the hidden tests


def test_its_button_gives_the_marks_that_run_gives(built, server):
    wrong = solved("1_square")
    wrong.cells[2].source = "def square(x):\n    return 2 * x"
    students = {
        "ana": {},
        "bea": {"square": nbformat.writes(wrong).encode()},
        "cai": {"name": b"{"},
    }
    for student, files in students.items():
        hand_in(built, student, **files)
        call(f"{server}/api/submission/{tiny.ASSIGNMENT}/{student}/autograde", "POST")
    pressed = scores(built)
    assert set(pressed.values()) == {None, 0, 3, 4, 5}  # a question that nobody has marked
    shutil.rmtree(built.autograded)
    shutil.rmtree(built.root / ".outcomes")
    list(run(built.assignment(tiny.ASSIGNMENT)))
    assert scores(built) == pressed


def scores(course):
    with course.gradebook() as gradebook:
        return {
            (submission.student.id, notebook.name, grade.cell.name): grade.auto_score
            for submission in gradebook.assignment_submissions(tiny.ASSIGNMENT)
            for notebook in submission.notebooks
            for grade in notebook.grades
        }


def test_its_buttons_grade_and_write_feedback_and_its_page_opens(built, server):
    hand_in(built, "ana")
    assert call(f"{server}/api/submission/{tiny.ASSIGNMENT}/ana/autograde", "POST")["success"]
    assert call(f"{server}/api/assignment/{tiny.ASSIGNMENT}/ana/generate_feedback", "POST")[
        "success"
    ]
    (found,) = call(f"{server}/api/submitted_notebooks/{tiny.ASSIGNMENT}/1_square")
    assert (found["student"], found["score"], found["needs_manual_grade"]) == ("ana", 8, True)
    page = urllib.request.urlopen(f"{server}/submissions/{found['id']}/").read().decode()
    assert "Dos factores del mismo signo" in page  # graders see the mark scheme
    feedback = (built.feedback / "ana" / tiny.ASSIGNMENT / "1_square.html").read_text()
    assert "Dos factores del mismo signo" not in feedback
