"""What students get of lab 3 is what is committed, and nothing that is not theirs."""

import ast
import re

import nbformat
import pytest
import tiny
from lab3 import LAB
from nbclient import NotebookClient
from nbgrader.utils import is_grade, is_solution, is_task

from grading.masters.handout import describe
from grading.source import parse

MARKS = {"1_rnn": 85, "2_lstm": 35, "3_lstm_pytorch": 10, "4_airline": 28}
COMMITTED = tiny.REPOSITORY / "release" / LAB
REGION = re.compile(r"### BEGIN (\w+[\w ]*)\n(.*?)### END \1", re.DOTALL)


def released():
    return {path.stem: nbformat.read(path, as_version=4) for path in COMMITTED.glob("*.ipynb")}


def files(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not {".tally", ".ipynb_checkpoints"}.intersection(path.parts)
    }


def test_the_committed_release_is_what_the_masters_give(lab):
    describe(lab.assignment(LAB))  # what `build` adds for the hand-in
    assert files(COMMITTED) == files(lab.release / LAB)


def test_no_line_of_a_solution_hidden_test_or_mark_scheme_is_released():
    text = "".join(cell.source for notebook in released().values() for cell in notebook.cells)
    assert "### BEGIN" not in text and "grading.reference" not in text
    masters = (tiny.REPOSITORY / "source" / LAB).glob("*.ipynb")
    sources = [c.source for path in masters for c in nbformat.read(path, as_version=4).cells]
    shown = "\n".join(REGION.sub("", source) for source in sources)
    regions = [region for source in sources for _, region in REGION.findall(source)]
    secret = {line.strip() for region in regions for line in region.splitlines()}
    secret = {line for line in secret if len(line) > 12 and line not in shown}
    assert len(secret) > 300
    assert [line for line in secret if line in text] == []


@pytest.mark.parametrize("name", MARKS)
def test_every_blank_says_so_and_every_cell_still_parses(name):
    cells = released()[name].cells
    for cell in cells:
        if cell.cell_type == "code":
            assert isinstance(parse(cell.source), ast.Module)
            assert cell.outputs == []
        if is_solution(cell):
            assert "Falta completar «" in cell.source


def test_each_written_question_is_followed_by_a_plain_cell_for_the_answer():
    for notebook in released().values():
        for question, answer in zip(notebook.cells, notebook.cells[1:], strict=False):
            if is_task(question):
                assert answer.cell_type == "markdown" and "nbgrader" not in answer.metadata


def test_ids_are_words():
    for notebook in released().values():
        for cell in notebook.cells:
            if "nbgrader" in cell.metadata:
                assert re.fullmatch(
                    r"(rnn|lstm|torch|air)(-[a-z0-9]+)+", cell.metadata.nbgrader.grade_id
                )
                assert cell.id == cell.metadata.nbgrader.grade_id


@pytest.mark.parametrize(("name", "marks"), MARKS.items())
def test_run_all_on_an_untouched_notebook_goes_to_the_end(lab, name, marks):
    notebook = released()[name]
    # As JupyterLab does: an error in a cell without the tag raises-exception stops the run.
    resources = {"metadata": {"path": str(lab.release / LAB)}}
    NotebookClient(notebook, timeout=60, allow_errors=False, resources=resources).execute()
    (tally,) = (cell for cell in notebook.cells if cell.id.endswith("-tally"))
    said = tally.outputs[-1].data["text/plain"]
    assert f"0 / {marks} marks (0.0%)" in said
    checks = [cell for cell in notebook.cells if is_grade(cell)]
    of_this_notebook = said.partition("todo el laboratorio")[0]
    assert of_this_notebook.count("✘") == len(checks)
    for check in checks:  # whatever a check needs, it says which exercise it waits for
        assert "Falta completar «" in check.outputs[0].data["text/plain"], check.id


def test_the_airline_data_is_whole():
    rows = (COMMITTED / "data" / "airline-passengers.csv").read_text().split()
    assert rows[0].replace('"', "") == "Month,Passengers"
    assert len(rows) == 145 and rows[1].endswith(",112") and rows[-1].endswith(",432")
