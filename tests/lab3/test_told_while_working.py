"""Lab 3 as a student works on it: what a wrong kind of value is told, and what is not shown."""

import re

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pandas as pd
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
    "1_rnn": ["rnn-training-print", "rnn-predict", "rnn-state", "rnn-count-plot", "rnn-speak-run",
              "rnn-keep"],
    "2_lstm": ["lstm-prediction", "lstm-memory", "lstm-counting", "lstm-network", "lstm-speaking",
               "lstm-gradient-plot"],
    "3_lstm_pytorch": ["torch-prediction", "torch-probabilities", "torch-all-tests", "torch-count",
                       "torch-count-plot", "torch-networks"],
    "4_airline": ["air-results", "air-curves", "air-forecast", "air-span-forecasts",
                  "air-span-table", "air-span-plot"],
}  # fmt: skip
LOSSES = ("training_loss", "validation_loss", "loss_train", "loss_test", "epoch_rmse")


@pytest.mark.parametrize(("name", "id_"), [(n, id_) for n, ids in UNTRAINED.items() for id_ in ids])
def test_an_untrained_network_is_not_shown_as_if_it_had_learned(name, id_):
    with pytest.raises(AssertionError, match="falta entrenar"):
        exec(compile(code(name)[id_], id_, "exec"), {loss: [] for loss in LOSSES})


CURVES = {"1_rnn": "rnn-curves", "2_lstm": "lstm-curves", "3_lstm_pytorch": "torch-curves"}
NOT_OWN = "curvas de referencia: su red todavía no está entrenada"


@pytest.mark.parametrize("name", CURVES)
@pytest.mark.parametrize("trained", [True, False])
def test_who_could_not_train_sees_curves_of_reference_and_is_told_so(name, trained, monkeypatch):
    monkeypatch.chdir(SOURCE)
    losses = [3.0, 2.0, 1.0] if trained else []
    own = {"np": np, "pd": pd, "plt": plt, "training_loss": losses, "validation_loss": losses}
    plt.close("all")
    exec(compile(code(name)[CURVES[name]], CURVES[name], "exec"), own)
    axes = plt.gcf().axes[0]
    drawn = [line for line in axes.lines if len(line.get_xdata()) > 2]
    assert (NOT_OWN in axes.get_title().lower()) == (not trained)
    assert [len(line.get_xdata()) == 3 for line in drawn] == [trained] * 2


# What a pair writes wrong in `backward_pass`, and the variable that the check without marks names.
RNN_SLIPS = [
    ("outputs[t] - targets[t]", "targets[t] - outputs[t]", "d_o:"),
    ("W.T @ d_o + d_h_next", "W.T @ d_o", "d_h: revisen lo que llega del paso siguiente"),
    ("W.T @ d_o + d_h_next", "-W.T @ d_o + d_h_next", "d_h: revisen el término con d_o"),
    ("tanh(hidden_states[t], derivative=True) * d_h", "d_h", "d_f:"),
    ("tanh(hidden_states[t], derivative=True)", "(1 - hidden_states[t] ** 2)", "Aviso"),
]


@pytest.mark.parametrize(("right", "wrong", "named"), RNN_SLIPS)
def test_a_check_without_marks_names_the_wrong_gradient_of_the_rnn(right, wrong, named, session):
    assert RNN["rnn-backward"].count(right) == 1
    session.run(RNN["rnn-backward"].replace(right, wrong), "rnn-backward")
    try:
        assert named in run(session, "rnn-gradients-check")
        run(session, "rnn-backward-run")
        for part in "uvw":
            shown = run(session, f"rnn-backward-{part}-check")
            assert "✓" in shown or "Gradientes antes del recorte" in shown
            assert "semilla" not in shown
    finally:
        assert "✓" in run(session, "rnn-backward", "rnn-backward-run", "rnn-gradients-check")


LSTM = code("2_lstm")
# As above, in `backward` of the LSTM; the check of one step, or the one of two, names the variable.
LSTM_SLIPS = [
    ("W_v_d += dv @ h_t.T", "W_v_d += dv @ h[t].T", "step", "W_v_d"),
    ("dh * tanh_C * o[t] * (1 - o[t])", "dh * tanh_C", "step", "do"),
    ("dC_next + dh * o[t] * (1 - tanh_C**2)", "dC_next + dh * o[t]", "step", "fórmula: dC"),
    ("dC_next + dh * o[t] * (1 - tanh_C**2)", "dh * o[t] * (1 - tanh_C**2)", "steps", "dC:"),
    ("dg = dg * (1 - g[t] ** 2)", "dg = dg * (1 - g[t])", "step", "fórmula: dg"),
    ("di = di * i[t] * (1 - i[t])", "pass", "step", "fórmula: di"),
    ("df = df * f[t] * (1 - f[t])", "df = df * f[t]", "step", "fórmula: df"),
    ("C_t = C[t]", "C_t = C[t + 1]", "step", "Lean el «Aviso»"),
    ("C_prev = C[t - 1]", "C_prev = C[t]", "step", "Lean el «Aviso»"),
]


@pytest.fixture(scope="module")
def lstm_session(tmp_path_factory):
    with Session(tmp_path_factory.mktemp("lab3"), "JupyterLab") as session:
        for id_, source in LSTM.items():
            # Data are beside the notebook; a figure says nothing here.
            if id_ != "lstm-vanishing-plot":
                session.run(source, id_)
            if id_ == "lstm-backward-steps-check":
                break
        yield session


@pytest.mark.parametrize(("right", "wrong", "check", "named"), LSTM_SLIPS)
def test_a_check_without_marks_names_the_wrong_gradient_of_the_lstm(
    right, wrong, check, named, lstm_session
):
    assert LSTM["lstm-backward"].count(right) == 1
    lstm_session.run(LSTM["lstm-backward"].replace(right, wrong), "lstm-backward")
    shown = {}
    for part in ("step", "steps"):
        id_ = f"lstm-backward-{part}-check"
        shown[part] = lstm_session.run(LSTM[id_], id_)
    assert named in shown[check]
    assert check == "step" or "✓" in shown["step"]


def test_a_loss_that_is_not_averaged_is_told_by_the_check_of_the_loss_alone(lstm_session):
    right, wrong = LSTM["lstm-loss"], LSTM["lstm-loss"].replace("mean", "sum")
    assert right != wrong
    lstm_session.run(wrong, "lstm-loss")
    assert "promedio sobre el vocabulario" in lstm_session.run(LSTM["lstm-loss-check"], "x")
    lstm_session.run(right, "lstm-loss")
    assert "✓" in lstm_session.run(LSTM["lstm-loss-check"], "x")
