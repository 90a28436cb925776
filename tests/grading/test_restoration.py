"""The master's cells stand once, in order, whatever a student did to them."""

import copy

import nbformat
import pytest
import tiny
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell

from grading.intake import owners
from grading.intake.restoration import Restoration
from grading.masters.clearing import Clearing
from grading.model.outcome import Status

ANSWER = "def square(x):\n    # Calculen y, el cuadrado de x   (1 línea)\n    return x ** 2"


@pytest.fixture(scope="module")
def config(tmp_path_factory):
    return tiny.make_course(tmp_path_factory.mktemp("course")).config


def handed_in(config):
    """The first tiny notebook with its first exercise answered, and its cells by id."""
    notebook = tiny.masters()["1_square"]
    for cell in notebook.cells:
        cell.source = Clearing(config)(cell).source
    cells = {cell.id: cell for cell in notebook.cells}
    cells["square"].source = ANSWER
    cells["square-answer"].source = "Porque sí."
    return notebook, cells


def restored(notebook, config):
    return Restoration(tiny.masters()["1_square"], config).restore(notebook)


def delete(cell_id):
    def change(notebook, cells):
        notebook.cells.remove(cells[cell_id])

    return change


def move_to_end(cell_id):
    def change(notebook, cells):
        notebook.cells.remove(cells[cell_id])
        notebook.cells.append(cells[cell_id])

    return change


def retype(notebook, cells):
    cells["square"].cell_type = "markdown"
    cells["cube-check"].cell_type = "raw"


def duplicate_test(notebook, cells):
    notebook.cells.append(copy.deepcopy(cells["square-check"]))


def strip_metadata(notebook, cells):
    for cell in notebook.cells:
        cell.metadata = {}


def strip_metadata_and_ids(notebook, cells):
    for index, cell in enumerate(notebook.cells):
        cell.metadata = {}
        cell.id = f"x{index}"


def old_schema(notebook, cells):
    cells["square"].metadata.nbgrader.schema_version = 1
    cells["cube"].metadata.nbgrader = {"grade_id": "cube", "oracle": True}


def foreign_metadata(notebook, cells):
    cells["square"].metadata["nbgrader"] = "nada"
    cells["cube-check"].metadata = {"nbgrader": {"grade_id": ["x"]}, "tags": ["skip-execution"]}


def edit_test(notebook, cells):
    cells["square-check"].source = "pass"
    cells["square-check"].metadata.nbgrader.points = 500


CHANGES = [
    delete("square-check"),
    delete("square-title"),
    move_to_end("square-check"),
    move_to_end("square"),
    retype,
    duplicate_test,
    strip_metadata,
    strip_metadata_and_ids,
    old_schema,
    foreign_metadata,
    edit_test,
]


@pytest.mark.parametrize("change", CHANGES)
def test_the_masters_cells_come_back_and_the_answer_stays(config, change):
    notebook, cells = handed_in(config)
    change(notebook, cells)
    master = tiny.masters()["1_square"]
    cells_back = {cell.id: cell for cell in restored(notebook, config).cells}
    assert [c.id for c in restored(notebook, config).cells if c.id in cells] == [
        c.id for c in master.cells
    ]
    for cell in master.cells:
        assert cells_back[cell.id].metadata == cell.metadata
        assert cells_back[cell.id].cell_type == cell.cell_type
        if cell.id not in ("square", "cube", "square-answer"):
            assert cells_back[cell.id].source == cell.source
    assert cells_back["square"].source == ANSWER


def test_no_more_cells_are_compared_than_a_limit_allows_and_the_rest_are_the_students_own(
    config, monkeypatch
):
    notebook, _ = handed_in(config)
    strip_metadata_and_ids(notebook, None)
    renamed = ANSWER.replace("square", "squared")  # the name would tell what it is
    notebook.cells.append(notebook.cells.pop(2))  # and so would its place
    notebook.cells[-1].source = renamed
    alike = [copy.deepcopy(notebook.cells[-1]) for _ in range(30)]
    for number, cell in enumerate(alike):
        cell.source += f"  # {number}"
    notebook.cells += alike
    back = {cell.id: cell.source for cell in restored(notebook, config).cells}
    assert back["square"].startswith(renamed)
    monkeypatch.setattr(owners, "MOST_COMPARED", 0)
    back = {cell.id: cell.source for cell in restored(notebook, config).cells}
    assert "Falta completar «Potencias»" in back["square"]
    assert sum(source.startswith(renamed) for source in back.values()) == 31


def test_a_deleted_answer_comes_back_blank(config):
    notebook, cells = handed_in(config)
    delete("square")(notebook, cells)
    back = {cell.id: cell for cell in restored(notebook, config).cells}
    assert "Falta completar «Potencias»" in back["square"].source


def test_of_two_copies_the_one_that_was_worked_on_counts(config):
    notebook, cells = handed_in(config)
    blank = copy.deepcopy(cells["square"])
    blank.source = Restoration(tiny.masters()["1_square"], config).released["square"]
    notebook.cells.append(blank)
    back = {cell.id: cell for cell in restored(notebook, config).cells}
    assert back["square"].source == ANSWER


def test_a_copy_that_differs_is_kept_before_the_answer(config):
    notebook, cells = handed_in(config)
    scratch = copy.deepcopy(cells["square"])
    scratch.source = "square(3)"
    notebook.cells.insert(3, scratch)
    back = restored(notebook, config).cells
    sources = [cell.source for cell in back]
    assert sources.index(ANSWER) + 1 == sources.index("square(3)")
    assert back[sources.index("square(3)")].id == "square"


def test_an_answer_typed_into_the_question_is_kept_after_it(config):
    notebook, cells = handed_in(config)
    cells["square-question"].source += "\n\nPorque menos por menos es más."
    back = restored(notebook, config).cells
    place = [cell.id for cell in back].index("square-question")
    assert "menos por menos" in back[place + 1].source


def test_added_cells_stay_after_the_cell_they_followed_without_metadata(config):
    notebook, cells = handed_in(config)
    mine = new_code_cell(
        "z = 1", metadata={"tags": ["skip-execution"], "nbgrader": {"grade": True}}
    )
    notebook.cells.insert(3, mine)
    notebook.cells.insert(0, new_markdown_cell("al comienzo"))
    back = restored(notebook, config).cells
    assert back[0].source == "al comienzo"
    place = [cell.source for cell in back].index("z = 1")
    assert back[place - 1].id == "square"
    assert back[place].metadata == {}


def test_the_written_answer_is_the_students(config):
    notebook, cells = handed_in(config)
    back = {cell.id: cell for cell in restored(notebook, config).cells}
    assert back["square-answer"].source == "Porque sí."
    assert "BEGIN MARK SCHEME" in back["square-question"].source


def test_an_empty_notebook_becomes_the_blank_master(config):
    back = restored(tiny.notebook(), config)
    assert [cell.id for cell in back.cells] == [c.id for c in tiny.masters()["1_square"].cells]


OTHERS = {
    "a title alone": [new_markdown_cell("# Other course")],
    "text and code": [new_markdown_cell("# Other course"), new_code_cell("1 + 1")],
    "as many cells": [new_code_cell(f"{number} + 1") for number in range(9)],
}


@pytest.mark.parametrize("cells", OTHERS.values(), ids=OTHERS)
def test_a_notebook_with_none_of_the_masters_cells_gives_no_answer_and_is_named(config, cells):
    restoration = Restoration(tiny.masters()["1_square"], config)
    back, (note,) = restoration.restore_with_notes(tiny.notebook(*cells))
    assert note.status is Status.UNREADABLE and "ask for the right notebook" in note.to_instructor
    texts = {c.id: c.source for c in back.cells}
    for answer in ("square", "cube", "square-answer"):
        assert texts[answer] == restoration.released[answer]
    assert all(cell.source not in [c.source for c in back.cells] for cell in cells)


def test_with_one_of_the_masters_cells_the_place_tells_of_an_answer_without_an_id(config):
    notebook, cells = handed_in(config)
    strip_metadata_and_ids(notebook, cells)
    notebook.cells = [cells["square-question"], cells["square-answer"]]
    back, (note,) = Restoration(tiny.masters()["1_square"], config).restore_with_notes(notebook)
    assert note.status is Status.GRADED
    assert {c.id: c.source for c in back.cells}["square-answer"] == "Porque sí."


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_any_shuffle_deletion_or_copy_of_cells_restores_to_a_valid_master(config, data):
    notebook, _ = handed_in(config)
    pool = notebook.cells + [new_code_cell("a = 1"), new_markdown_cell("nota")]
    picked = data.draw(st.lists(st.sampled_from(range(len(pool))), max_size=15))
    notebook.cells = [copy.deepcopy(pool[index]) for index in picked]
    back = restored(notebook, config)
    nbformat.validate(back)
    ids = [c.metadata.nbgrader.grade_id for c in back.cells if "nbgrader" in c.metadata]
    master = tiny.masters()["1_square"].cells
    assert ids == [c.metadata.nbgrader.grade_id for c in master if "nbgrader" in c.metadata]


def test_the_same_submission_is_restored_to_the_same_notebook(config):
    notebook, _ = handed_in(config)
    notebook.cells[2:2] = [new_code_cell("x = 1"), new_markdown_cell("nota")]
    notebook.cells.append(new_code_cell("x = 1"))
    first = restored(notebook, config)
    assert first == restored(notebook, config)
    nbformat.validate(first)
