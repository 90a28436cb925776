"""What makes no difference when hand-ins are compared, what does, and what winnowing promises."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grading.likeness.fingerprints import hashes, winnowed
from grading.likeness.symbols import MOST_CHARACTERS, Symbol, TooLong, code, prose

LOOP = "def f(xs):\n    out = []\n    for x in xs:\n        out.append(x * 2)\n    return out"
SAME = {
    "names": LOOP.replace("xs", "lista").replace("out", "res").replace("x ", "cada "),
    "comments": LOOP.replace("[]", "[]  # aquí van"),
    "a docstring": LOOP.replace(":\n    out", ':\n    """Dobla."""\n    out', 1),
    "empty lines and indents": LOOP.replace("    ", "  ").replace("\n", "\n\n"),
    "parentheses": LOOP.replace("x * 2", "((x) * (2))"),
    "annotations": LOOP.replace("(xs)", "(xs: list) -> list").replace("out =", "out: list ="),
}
OTHER = {
    "another operator": LOOP.replace("*", "+"),
    "another variable": LOOP.replace("x * 2", "xs * 2"),
    "another method": LOOP.replace("append(x * 2)", "insert(0, x)"),
}
EQUAL = [
    ("a += b", "a = a + b"),
    ("y = 500 * x", "y = 400 * x"),
    ('print("hola")', "print('adiós')"),
    ("s = sum(f(x) for x in xs)", "s = sum([f(x) for x in xs])"),
]


def marks(source, given=()):
    return list(hashes(code(source, given), 5))


@pytest.mark.parametrize("change", SAME)
def test_it_makes_no_difference(change):
    assert marks(SAME[change]) == marks(LOOP)


@pytest.mark.parametrize("change", OTHER)
def test_it_makes_a_difference(change):
    assert marks(OTHER[change]) != marks(LOOP)


@pytest.mark.parametrize("one, other", EQUAL)
def test_two_ways_to_write_the_same_are_one(one, other):
    assert [s.text for s in code(one)] == [s.text for s in code(other)]


def test_names_that_the_release_gave_stay_what_they_are():
    assert code("tasa = 5", {"tasa"})[1] == Symbol("tasa", 1)


def test_lines_that_are_no_python_are_left_out_and_the_others_stay():
    broken = LOOP + "\nthis is not ) python\ny = f([1, 2])"
    assert marks(broken) == marks(LOOP + "\ny = f([1, 2])")


@pytest.mark.parametrize("source", ["(" * 5000, "\0", "x = (", "if a:\n", "+".join("1" * 1500)])
def test_any_text_is_symbols_or_too_long(source):
    try:
        assert isinstance(code(source), list)
    except TooLong as error:
        assert "nested" in str(error)


def test_a_cell_that_no_hand_has_written_is_too_long():
    with pytest.raises(TooLong, match="200,000 characters"):
        prose("a" * (MOST_CHARACTERS + 1))


def test_words_are_compared_without_case_accents_and_punctuation():
    words = [symbol.text for symbol in prose("¡La «Razón»,\nes que NO!")]
    assert words == ["la", "razon", "es", "que", "no"]


TEXTS = st.lists(st.sampled_from("abc"), max_size=60)


@given(TEXTS, TEXTS, st.lists(st.sampled_from("abc"), min_size=8, max_size=20))
def test_a_shared_run_of_window_and_run_less_one_is_always_found(before, after, shared):
    run, window = 5, 4
    one = [Symbol(text, 0) for text in [*before, *shared]]
    other = [Symbol(text, 0) for text in [*shared, *after]]
    prints = [winnowed(hashes(each, run), window) for each in (one, other)]
    assert len(np.intersect1d(*prints))


@given(st.lists(st.sampled_from("abc"), max_size=60), st.permutations("xyz"))
def test_names_may_be_exchanged_for_others(names, others):
    new = dict(zip("abc", others, strict=True))
    one, other = ([Symbol("name", 0, n) for n in row] for row in (names, map(new.get, names)))
    assert list(hashes(one, 5)) == list(hashes(list(other), 5))
