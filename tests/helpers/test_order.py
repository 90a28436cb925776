"""A name that does not exist yet: what is said of it leads back to the blank that it waits for."""

import pytest
from IPython.core.interactiveshell import ExecutionInfo, ExecutionResult

from helpers import _order


def ran(source, error=None, cell_id=None):
    """What IPython tells of a cell that was run."""
    info = ExecutionInfo(source, True, False, True, cell_id)
    result = ExecutionResult(info)
    result.error_in_exec = error
    _order._note(result)


def unknown(name):
    return NameError(f"name '{name}' is not defined", name=name)


BLANK = NotImplementedError("Falta completar «Ejercicio 1: vocabulario»")


@pytest.fixture(autouse=True)
def nothing_was_run(monkeypatch):
    monkeypatch.setattr(_order, "_stopped", {})


def test_a_name_whose_cell_was_not_run_asks_to_run_the_cells_in_order():
    assert _order.why_missing("f").startswith("«f» no existe todavía: ejecuten en orden")


def test_a_name_whose_cell_stopped_at_a_blank_names_the_exercise():
    ran("words, size = count(data)", BLANK)
    for name in ("words", "size"):
        assert _order.why_missing(name) == (
            f"«{name}» no existe todavía, porque la celda que lo define se detuvo: "
            "Falta completar «Ejercicio 1: vocabulario»."
        )


def test_a_name_that_a_blank_asks_for_names_the_exercise():
    ran(
        "# Elijan lb   (1 línea)\nraise NotImplementedError('Falta completar «Ejercicio 1»')", BLANK
    )
    assert "Falta completar «Ejercicio 1: vocabulario»" in _order.why_missing("lb")


def test_a_chain_of_names_leads_back_to_the_blank():
    ran("words = count(data)", BLANK)
    ran("inputs = encode(words)", unknown("words"))
    ran("outputs = forward(inputs)", unknown("inputs"))
    assert "Falta completar «Ejercicio 1: vocabulario»" in _order.why_missing("outputs")


def test_a_ring_of_names_ends():
    ran("a = b", unknown("b"))
    ran("b = a", unknown("a"))
    assert "«a» no existe todavía" in _order.why_missing("a")


def test_a_cell_that_was_run_again_and_went_to_its_end_is_no_reason_any_more():
    ran("words = count(data)", BLANK, cell_id="1")
    ran("words = count(other)", cell_id="1")
    assert "ejecuten en orden" in _order.why_missing("words")


REASONS = [
    ("x = 1 / 0", ZeroDivisionError("division by zero"), "x", "ZeroDivisionError: division"),
    ("def f(:\n    return 1", SyntaxError("invalid syntax"), "f", "SyntaxError: invalid"),
    ("class Net(nn.Module):\n    x", unknown("nn"), "Net", "NameError: name 'nn'"),
    (
        "for k in run():\n    pass\nlast = k",
        KeyboardInterrupt(),
        "last",
        "tardó demasiado o se interrumpió",
    ),
    ("if ready == 1:\n    y = 2", ValueError(), "ready", "ejecuten en orden"),
    ("def f():\n    inner = 1", ValueError(), "inner", "ejecuten en orden"),
]


@pytest.mark.parametrize(("source", "error", "name", "said"), REASONS)
def test_what_stopped_a_cell_is_said_of_the_names_that_it_binds(source, error, name, said):
    ran(source, error)
    assert said in _order.why_missing(name)


def test_the_hint_is_shown_below_a_cell_only_where_the_front_end_names_it(capsys):
    ran("f()", unknown("f"))
    assert capsys.readouterr().out == ""
    ran("f()", unknown("f"), cell_id="1")
    assert "«f» no existe todavía" in capsys.readouterr().out
