"""What lab 3 asks a trained network about words, and the table of three networks."""

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import messages
from helpers.counting import WORDS, continue_word, end_position, is_word, step_loss
from helpers.networks import keep_network, network_table
from helpers.training import epochs, training_seconds


def rows(*likeliest):
    """Probabilities whose likeliest words are these."""
    return np.array([[0.7 if word == other else 0.1 for other in WORDS] for word in likeliest])


def counter(full=math.inf):
    """A network that counts a up to `full` and expects EOS after as many b."""

    def probabilities(words):
        expected = []
        for end in range(1, len(words) + 1):
            a, b = words[:end].count("a"), words[:end].count("b")
            expected.append("EOS" if b >= min(a, full) else "b" if b else "a")
        return rows(*expected)

    return probabilities


@given(st.integers(1, 30))
def test_a_network_that_counts_expects_the_end_after_as_many_b_as_there_were_a(n):
    assert end_position(counter(), n) == n


@given(st.integers(1, 30), st.integers(1, 20))
def test_a_network_that_counts_to_a_limit_expects_it_too_early_after_that(n, full):
    assert end_position(counter(full), n) == min(n, full)


def test_a_network_that_never_says_the_end_has_no_place_of_it():
    assert end_position(lambda words: rows(*["b"] * len(words)), 3) is None


def test_axes_of_length_one_do_not_matter():
    assert end_position(lambda words: counter()(words)[:, :, None], 4) == 4


def test_a_network_goes_on_with_its_likeliest_word_until_the_end():
    assert continue_word(counter(), ["a", "a", "a", "b"]) == [*"aaabbb", "EOS"]
    assert continue_word(lambda words: rows(*["a"] * len(words)), ["a"], limit=5) == [*"aaaaa"]


def test_words_are_drawn_by_their_probabilities_and_a_low_temperature_takes_the_likeliest():
    rng = np.random.default_rng(4)
    ends = [continue_word(counter(), ["a", "b"], 1.0, rng)[2] for _ in range(400)]
    assert 0.6 < ends.count("EOS") / 400 < 0.8  # 0.7 of the probability
    cold = [continue_word(counter(), ["a", "b"], 0.01, rng) for _ in range(20)]
    assert cold == [["a", "b", "EOS"]] * 20


@pytest.mark.parametrize(
    ("words", "right"),
    [
        ("a b EOS", True),
        ("a a b b EOS", True),
        ("EOS", False),
        ("a b", False),
        ("a b b EOS", False),
        ("a b a b EOS", False),
        ("b a EOS", False),
        ("a b EOS EOS", False),
    ],
)
def test_which_words_are_of_the_language(words, right):
    assert is_word(words.split()) is right


def test_the_loss_of_a_step_is_the_mean_over_all_steps_not_over_sequences():
    dataset = [(["a", "b"], ["b", "EOS"]), (["a", "a", "b"], ["a", "b", "b"])]
    uniform = step_loss(lambda words: np.full((len(words), 4), 0.25), dataset)
    assert uniform == pytest.approx(math.log(4))
    mixed = step_loss(lambda words: rows(*["b"] * len(words)), dataset)
    assert mixed == pytest.approx(-(3 * math.log(0.7) + 2 * math.log(0.1)) / 5)


NUMBERS = {
    "parameters": 2954, "seconds": 61.4, "loss": 0.3826, "test": [True] * 8 + [False] * 2,
    "longer": [False] * 19,
}  # fmt: skip


def test_the_table_has_a_row_for_each_network_that_was_kept_and_names_the_others(tmp_path, capsys):
    assert keep_network("1_rnn", **NUMBERS, folder=tmp_path)
    assert keep_network("3_lstm_pytorch", **NUMBERS | {"seconds": None}, folder=tmp_path)
    table = network_table(tmp_path)
    assert table.loc["RNN en NumPy"].tolist() == ["2954", "61", "0.383", "8 de 10", "0 de 19"]
    assert table.loc["LSTM en NumPy"].tolist() == ["–"] * 5
    assert table.loc["LSTM en PyTorch"].tolist()[1] == "–"
    said = capsys.readouterr().out
    assert "2_lstm.ipynb" in said and "1_rnn.ipynb" not in said


def test_the_table_speaks_english_too(tmp_path):
    with messages.using("en"):
        keep_network("2_lstm", **NUMBERS, folder=tmp_path)
        assert network_table(tmp_path).loc["LSTM in NumPy"].tolist()[3] == "8 of 10"


@pytest.mark.parametrize(
    "kept", ["", "[1]", "{}", "null", '{"parameters": 1e999}', json.dumps({"parameters": "x"})]
)
def test_a_file_that_holds_no_numbers_leaves_its_row_out(kept, tmp_path, capsys):
    keep_network("1_rnn", **NUMBERS, folder=tmp_path)
    (path,) = tmp_path.glob(".tally/1_rnn*")
    path.write_text(kept)
    assert network_table(tmp_path).iloc[0].tolist() == ["–"] * 5
    assert "1_rnn.ipynb" in capsys.readouterr().out


def test_a_folder_that_cannot_be_written_keeps_nothing_and_stops_nobody(tmp_path):
    (tmp_path / ".tally").write_text("a file where the folder should be")
    assert keep_network("1_rnn", **NUMBERS, folder=tmp_path) is False


def test_a_training_that_reached_its_end_has_its_seconds_and_one_that_was_left_has_none():
    for _ in epochs(3):
        pass
    assert training_seconds() >= 0
    for _ in epochs(3):
        break
    assert training_seconds() is None
