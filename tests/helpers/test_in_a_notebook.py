"""Checks and tally in a real kernel: what a student sees, also after running a cell again."""

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

SETUP = "from helpers import tick\nfrom helpers.checkarr import check_hash"
ANSWER = "def area(side):\n    return side ** unknown"
CELLS = {
    "setup": SETUP,
    "answer": ANSWER,
    "passes": "# Suma\nwith tick.marks(5):\n    assert 1 + 1 == 2",
    "fails": '# Forma <b>\nwith tick.marks(3):\n    assert check_hash([1, 2], ((3,), 9)), "<i>&"',
    "breaks": "# Área\nwith tick.marks(2):\n    assert area(3) == 9",
    "loop": "# Partes\nfor case_k in range(3):\n    with tick.marks(1):\n        assert case_k < 2",
    "two": "# Dos a la vez" + 2 * "\nwith tick.marks(1):\n    assert True",
    "nameless": "loss = 25.5\nwith tick.marks(0):\n    assert loss < 22",
    "prestige": "with tick.prestige_mark():\n    assert False",
    "tally": "tick.summarise_marks()",
}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """The cells run once, then the checks again; outputs of the last run by cell name."""
    folder = tmp_path_factory.mktemp("notebook")
    order = [*CELLS, "passes", "loop", "two", "tally"]
    notebook = new_notebook(cells=[new_code_cell(CELLS[name]) for name in order])
    client = NotebookClient(
        notebook,
        allow_errors=True,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
    )
    client.execute()
    nbformat.validate(notebook)
    return {name: cell.outputs for name, cell in zip(order, notebook.cells, strict=True)}


def shown(outputs, kind="text/plain"):
    return "\n".join(output.data[kind] for output in outputs if "data" in output)


def test_every_output_has_a_text_and_an_html(run):
    assert "✓ [5 marks]" in shown(run["passes"])
    assert "✓ [5 marks]" in shown(run["passes"], "text/html")


def test_no_output_is_an_execute_result_that_a_grader_would_read_as_marks(run):
    kinds = {output.output_type for outputs in run.values() for output in outputs}
    assert kinds == {"display_data", "error"}


def test_a_failed_check_gives_its_hint_and_one_line_of_traceback(run):
    card, error = run["fails"]
    assert "✘ [0/3 marks]" in card.data["text/plain"]
    assert "El largo" in card.data["text/plain"]
    assert error.ename == "CheckFailed"
    assert len(error.traceback) == 1 and "\n" not in error.traceback[0]


def test_a_check_in_a_cell_without_a_comment_is_called_by_its_marks(run):
    assert run["nameless"][-1].traceback == [
        "CheckFailed: ✘ [0/0 marks]: la comprobación no pasó; la pista está arriba."
    ]


def test_a_failed_threshold_shows_the_value(run):
    assert "No se cumple «loss < 22»: loss = 25.5." in shown(run["nameless"])


def test_what_a_hint_holds_is_escaped_in_the_html(run):
    markup = shown(run["fails"], "text/html")
    assert "&lt;i&gt;&amp;" in markup and "<i>" not in markup


def test_an_error_in_the_answer_names_the_line_of_the_answer(run):
    text = shown(run["breaks"])
    assert "unknown" in text and "area, línea 2: return side ** unknown" in text
    assert "assert area" not in text


def test_a_prestige_block_that_fails_leaves_no_error(run):
    assert [output.output_type for output in run["prestige"]] == ["display_data"]


def test_exercises_are_named_after_the_first_comment_of_their_cell(run):
    text = shown(run["tally"])
    assert all(name in text for name in ("Suma", "Forma <b>", "Área", "Partes", "Dos a la vez"))


def test_a_loop_adds_its_marks_and_running_cells_again_adds_nothing(run):
    # 5 of Suma, 2 of the loop's 3, 2 of the two blocks in one cell; the rest failed.
    assert "9 / 15 marks (60.0%)" in shown(run["tally"])
    assert "<table" in shown(run["tally"], "text/html")
