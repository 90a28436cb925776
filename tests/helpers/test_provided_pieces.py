"""The provided pieces of the lab and its training loop."""

import subprocess
import sys

import numpy as np
import pytest

from helpers.checkarr import check_hash
from helpers.parameters import clip_gradient_norm, init_orthogonal, update_parameters
from helpers.sequences import (
    Dataset,
    create_datasets,
    generate_data,
    one_hot_encode,
    one_hot_encode_sequence,
)
from helpers.training import epochs


def test_the_data_are_those_of_the_recorded_run():
    np.random.seed(2023)
    sequences = generate_data()
    assert len(sequences) == 100
    assert sequences[0] == ["a"] * 8 + ["b"] * 8 + ["EOS"]


def test_the_split_keeps_the_order_and_shifts_the_targets():
    sequences = [[str(k), "x", "EOS"] for k in range(100)]
    training, validation, test = create_datasets(sequences, Dataset)
    assert (len(training), len(validation), len(test)) == (80, 10, 10)
    assert tuple(map(list, test[0])) == (["90", "x"], ["x", "EOS"])


def test_one_hot():
    assert one_hot_encode(2, 4).tolist() == [0, 0, 1, 0]
    words = {"a": 0, "b": 1, "EOS": 2, "UNK": 3}
    encoded = one_hot_encode_sequence(["b", "jirafa"], words, 4)
    assert encoded.shape == (2, 4, 1)
    assert encoded[:, :, 0].argmax(axis=1).tolist() == [1, 3]
    assert set(words) == {"a", "b", "EOS", "UNK"}


def test_orthogonal_matrices_are_those_of_the_recorded_run():
    np.random.seed(2023)
    matrices = [init_orthogonal(np.zeros(shape)) for shape in [(50, 4), (50, 50), (4, 50)]]
    pinned = [80.24369675632171, 3333.838548574836, -80.6410290517092]
    for matrix, value in zip(matrices, pinned, strict=True):
        assert check_hash(matrix, (matrix.shape, value))


def test_a_vector_cannot_be_orthogonal():
    with pytest.raises(ValueError):
        init_orthogonal(np.zeros(3))


def test_a_long_gradient_is_clipped_in_place_and_a_short_one_is_not():
    long, short = [np.array([3.0]), np.array([4.0])], [np.array([0.1])]
    assert clip_gradient_norm(long)[0] is long[0]
    assert [float(g[0]) for g in long] == pytest.approx([0.15, 0.2], rel=1e-5)
    assert clip_gradient_norm(short)[0] == 0.1


def test_parameters_are_updated_in_place():
    params = [np.ones(2)]
    assert update_parameters(params, [np.ones(2)], lr=0.5) is params
    assert params[0].tolist() == [0.5, 0.5]


def test_epochs_count_and_show_the_latest_losses(capsys):
    history = {"training_loss": []}
    for epoch in epochs(3, history=history):
        history["training_loss"].append(epoch / 8)
    shown = capsys.readouterr()
    assert history["training_loss"] == [0, 0.125, 0.25]
    assert "0.25" in shown.out and shown.err == ""


def test_epochs_name_the_state_that_the_loop_changes():
    params = [np.ones(2)]
    assert epochs(3, params=params).state == {"params": params}


@pytest.mark.parametrize("n", [-1, 2.5, "3", None, True])
def test_epochs_refuse_what_is_no_count(n):
    with pytest.raises(ValueError):
        epochs(n)


def test_an_interrupted_training_keeps_what_it_computed():
    losses = []
    with pytest.raises(KeyboardInterrupt):
        for epoch in epochs(10, history={"loss": losses}):
            losses.append(epoch)
            if epoch == 4:
                raise KeyboardInterrupt
    assert losses == [0, 1, 2, 3, 4]


def test_helpers_never_import_grading_nor_torch_before_it_is_needed():
    code = (
        "import sys, helpers, helpers.tick, helpers.checkarr, helpers.gradeutils, "
        "helpers.training, helpers.parameters; "
        "sys.exit('grading' in sys.modules or 'torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
