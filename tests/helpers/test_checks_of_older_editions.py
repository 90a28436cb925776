"""checkarr and gradeutils keep the values of older editions and say what is wrong."""

import math
import operator
import warnings

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from helpers import checkarr, gradeutils
from helpers.checkarr import (
    array_hash,
    check_anagram,
    check_hash,
    check_list,
    check_moment,
    check_scalar,
    check_string,
    moment_hash,
    strict_array_hash,
)

FINITE = st.floats(-1e6, 1e6)
ARRAYS = arrays(np.float64, array_shapes(min_dims=1, max_dims=3, max_side=5), elements=FINITE)


def test_the_public_names_are_those_of_the_older_libraries():
    assert set(checkarr.__all__) == {
        "array_hash", "strict_array_hash", "moment_hash", "check_hash", "check_moment",
        "check_scalar", "check_string", "check_anagram", "check_list",
    }  # fmt: skip
    assert set(gradeutils.__all__) == {
        "new_representation", "hex_to_float", "compare_numbers",
        "calculate_coincidences_percentage", "compare_lists_by_percentage",
    }  # fmt: skip


def test_the_old_hash_values_hold():
    grid = np.arange(6.0).reshape(2, 3)
    # max 5, min 0, mean 2.5, median 2.5, standard deviation, sum 15, sum of value × index 55
    assert array_hash(grid) == ((2, 3), pytest.approx(80 + math.sqrt(35 / 12)))
    weighted = np.mean([index * grid for index in np.indices((2, 3))], axis=0)
    assert strict_array_hash(grid) == array_hash(weighted)
    assert check_scalar(4, "0xc51b9ba8")
    assert check_string("A", "0xe8b7be43")
    assert check_list(["a"], "0xe8b7be43")
    assert check_anagram(["b", "a"], hex(__import__("zlib").crc32(b"ab")))


@given(ARRAYS)
def test_an_array_has_its_own_hash(array):
    assert check_hash(array, array_hash(array))
    assert check_hash(array, strict_array_hash(array), strict=True)
    assert check_moment(array, moment_hash(array))


@given(ARRAYS)
def test_a_list_a_tensor_and_single_precision_are_judged_by_value(array):
    expected = array_hash(array)
    assert check_hash(array.tolist(), expected)
    assert check_hash(torch.tensor(array, requires_grad=True), expected)


MISSING = np.array([[1.0, np.nan, 3.0], [4.0, 5.0, np.nan]])


@pytest.mark.parametrize("strict", [False, True])
def test_an_array_that_should_hold_nan_passes_with_its_own_hash(strict):
    digest = strict_array_hash if strict else array_hash
    assert check_hash(MISSING, digest(MISSING), strict=strict)


def test_nan_is_the_reason_only_when_the_hash_differs(capsys):
    assert check_hash(MISSING, array_hash(MISSING)) and not capsys.readouterr().out
    assert not check_hash(MISSING + 1, array_hash(MISSING))
    assert "NaN" in capsys.readouterr().out


def test_an_array_near_enough_has_the_same_hash():
    array = np.linspace(1, 2, 10)
    assert check_hash(array + 1e-8, array_hash(array))
    assert not check_hash(array + 1e-3, array_hash(array))


def test_check_scalar_accepts_a_tenth_of_the_last_decimal():
    number = 7.637217940763248
    assert check_scalar(number * (1 + 1e-7), "0x53c34f25")
    assert not check_scalar(number * (1 + 1e-3), "0x53c34f25")


HASH = array_hash(np.arange(6.0).reshape(2, 3))
WRONG = {
    "None": (None, "None"),
    "empty": ([], "vac"),
    "ragged": ([[1, 2], [3]], "largo"),
    "text": ("hola", "str"),
    "complex": (np.ones((2, 3), complex), "complej"),
    "objects": (np.array([[None] * 3] * 2), "object"),
    "a number": (5.0, ""),
    "a function": (len, "len"),
    "transposed": (np.arange(6.0).reshape(2, 3).T, "transpuest"),
    "NaN": (np.full((2, 3), np.nan), "NaN"),
    "infinite": (np.full((2, 3), np.inf), "infinit"),
    "other values": (np.ones((2, 3)), "(2, 3)"),
    "other shape": (np.ones((4, 5)), "(4, 5)"),
}


@pytest.mark.parametrize(("answer", "word"), WRONG.values(), ids=WRONG)
def test_a_wrong_answer_is_false_with_a_reason_and_no_answer(answer, word, capsys):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert check_hash(answer, HASH) is False
        assert check_moment(answer, moment_hash(np.arange(6.0).reshape(2, 3))) is False
    reason = capsys.readouterr().out
    assert reason.strip() and word in reason
    assert str(HASH[1])[:6] not in reason


@pytest.mark.parametrize("answer", [None, "4", [], [1, 2], np.nan, 4j, object(), len])
def test_check_scalar_is_false_for_what_is_no_number(answer, capsys):
    assert check_scalar(answer, "0xc51b9ba8") is False
    assert capsys.readouterr().out.strip()


@pytest.mark.parametrize("answer", [None, 4, "", ["a"], "otra"])
def test_check_string_is_false_for_another_text(answer, capsys):
    assert check_string(answer, "0xe8b7be43") is False
    assert capsys.readouterr().out.strip()


OPERATORS = {
    "3c": operator.lt, "3e": operator.gt, "3c3d": operator.le,
    "3e3d": operator.ge, "3d3d": operator.eq, "213d": operator.ne,
}  # fmt: skip


@given(st.floats(allow_nan=False), st.floats(allow_nan=False), st.sampled_from(sorted(OPERATORS)))
def test_compare_numbers_agrees_with_the_operator(a, b, code):
    a_hex, b_hex = gradeutils.new_representation(a), gradeutils.new_representation(b)
    assert gradeutils.hex_to_float(a_hex) == a
    assert gradeutils.compare_numbers(a_hex, code, b_hex) == OPERATORS[code](a, b)


@pytest.mark.parametrize("bad", [("x", "3c", "0x1p+0"), ("0x1p+0", "2b", "0x1p+0")])
def test_compare_numbers_refuses_what_it_does_not_know(bad):
    with pytest.raises(ValueError):
        gradeutils.compare_numbers(*bad)


PERCENTAGES = [
    ("abc", "abc", 100),
    (["a", "b"], ("a", "x"), 50),
    (np.array([1, 2, 3, 4]), [1, 2, 3, 0], 75),
]


@pytest.mark.parametrize(("one", "other", "percentage"), PERCENTAGES)
def test_coincidences_of_any_two_sequences(one, other, percentage):
    assert gradeutils.calculate_coincidences_percentage(one, other) == percentage
    assert gradeutils.compare_lists_by_percentage(one, other, percentage)
    assert not gradeutils.compare_lists_by_percentage(one, other, percentage + 1)


def test_the_shorter_sequence_is_padded_with_a_warning():
    with pytest.warns(UserWarning):
        assert gradeutils.calculate_coincidences_percentage(["a"], ["a", "b"]) == 50
