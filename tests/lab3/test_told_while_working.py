"""Lab 3 as a student works on it: what a wrong kind of value is told, and what is not shown."""

import re

import nbformat
import pytest
import tiny
from front_ends import Session

SOURCE = tiny.REPOSITORY / "source" / "lab3"
HIDDEN = re.compile(r"^ *### BEGIN HIDDEN TESTS.*?### END HIDDEN TESTS\n?", re.M | re.S)
DELIMITERS = re.compile(r"^ *### (?:BEGIN|END) SOLUTION\n?", re.MULTILINE)


def code(name):
    """The code cells of a complete notebook, as a student has it: id → source."""
    notebook = nbformat.read(SOURCE / f"{name}.ipynb", as_version=4)
    return {
        cell.id: DELIMITERS.sub("", HIDDEN.sub("", cell.source))
        for cell in notebook.cells
        if cell.cell_type == "code"
    }


RNN = code("1_rnn")
TENSOR = "tensor de PyTorch y se pide un arreglo de NumPy"
STEPS = "(np.mean(-y * np.log(o + 1e-12)) for o, y in zip(outputs, targets))"
# What is done: the cell, its text before and after, the cells that are run then, and what the last
# of them must say.
KINDS = {
    **{
        f"{name} gives a tensor": (
            f"rnn-{name}",
            "return f * (1 - f) if derivative else f" if name == "sigmoid" else
            "return 1 - f**2 if derivative else f" if name == "tanh" else "return f",
            "return torch.tensor(f)", [f"rnn-{name}-check"], ["[0/5 marks]", name, TENSOR],
        )
        for name in ("sigmoid", "tanh", "softmax")
    },
    **{
        f"{name} is a tensor": (
            "rnn-init", "return [U, V, W, b_hidden, b_out]",
            f"{name} = torch.tensor({name})\n    return [U, V, W, b_hidden, b_out]",
            ["rnn-init-run", f"rnn-init-{check}-check"], ["[0/5 marks]", name, TENSOR],
        )
        for name, check in {
            "U": "u", "V": "v", "W": "w", "b_hidden": "bhidden", "b_out": "bout",
        }.items()
    },
    "the outputs are tensors": (
        "rnn-forward", "outputs.append(out)", "outputs.append(torch.tensor(out))",
        ["rnn-forward-run", "rnn-forward-check"],
        ["[0/5 marks]", "tensores de PyTorch"],
    ),
    "a tensor that stops a later cell": (
        "rnn-softmax", "return f", "return torch.tensor(f)",
        ["rnn-forward-run", "rnn-backward-run", "rnn-loss-check"],
        ["[0/5 marks]", "se detuvo", "en backward_pass, línea "],
    ),
    "step_losses is a generator": (
        "rnn-loss", "np.mean(-targets * np.log(outputs + 1e-12), axis=1)", STEPS,
        ["rnn-backward-run"], ["step_losses es un generador: enciérrenlo entre corchetes"],
    ),
    "step_losses is a map": (
        "rnn-loss", "np.mean(-targets * np.log(outputs + 1e-12), axis=1)",
        "map(lambda o, y: np.mean(-y * np.log(o + 1e-12)), outputs, targets)",
        ["rnn-backward-run"], ["step_losses es un generador: enciérrenlo entre corchetes"],
    ),
    "a generator that the pair adds up themselves": (
        "rnn-loss", "np.mean(-targets * np.log(outputs + 1e-12), axis=1)", f"np.sum({STEPS})",
        ["rnn-backward-run", "rnn-loss-check"],
        ["np.sum recibió un generador", "en sequence_loss, línea 9: step_losses ="],
    ),
    "step_losses is a list": (
        "rnn-loss", "np.mean(-targets * np.log(outputs + 1e-12), axis=1)", f"[*{STEPS}]",
        ["rnn-backward-run", "rnn-loss-check"], ["✓ [5 marks]"],
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    with Session(tmp_path_factory.mktemp("lab3"), "JupyterLab") as session:
        run(session, *list(RNN)[: list(RNN).index("rnn-backward-w-check")])
        yield session


def run(session, *ids):
    for id_ in ids:
        shown = session.run(RNN[id_], id_)
    return re.sub(r"\x1b\[[0-9;]*m", "", shown)


@pytest.mark.parametrize("row", KINDS.values(), ids=KINDS)
def test_what_a_wrong_kind_of_value_is_told(row, session):
    id_, before, after, ids, said = row
    assert before in RNN[id_]
    made = ["loss", "grads"] + ["outputs"] * ("rnn-forward-run" in ids)
    session.run(f"for name in {made}:\n    globals().pop(name, None)")
    session.run(RNN[id_].replace(before, after), id_)
    shown = run(session, *ids)
    run(session, id_, "rnn-init-run", "rnn-forward-run", "rnn-backward-run")
    for text in said:
        assert text in shown, shown
    assert "np.fromiter" not in shown


UNTRAINED = {
    "1_rnn": ["rnn-training-print", "rnn-predict", "rnn-curves"],
    "2_lstm": ["lstm-curves", "lstm-prediction", "lstm-memory"],
    "3_lstm_pytorch": ["torch-curves", "torch-prediction", "torch-probabilities",
                       "torch-all-tests"],
    "4_airline": ["air-results", "air-curves", "air-forecast"],
}  # fmt: skip
LOSSES = ("training_loss", "validation_loss", "loss_train", "loss_test", "epoch_rmse")


@pytest.mark.parametrize(("name", "id_"), [(n, id_) for n, ids in UNTRAINED.items() for id_ in ids])
def test_an_untrained_network_is_not_shown_as_if_it_had_learned(name, id_):
    with pytest.raises(AssertionError, match="falta entrenar"):
        exec(compile(code(name)[id_], id_, "exec"), {loss: [] for loss in LOSSES})
