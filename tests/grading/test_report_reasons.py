"""Reasons of failure that say the same thing are counted together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grading.reporting.reasons import LONGEST, alike, common

NAME = "«W_1» no existe todavía: revisen"


@pytest.mark.parametrize(
    ("reason", "read"),
    [
        ("La forma es (16, 4, 1): ¿transpuesta?", "La forma es (#, #, #): ¿transpuesta?"),
        ("El largo, 3, no es el esperado.", "El largo, #, no es el esperado."),
        ("se obtuvo -0.25", "se obtuvo #"),
        ("se obtuvo 1.5e-07.", "se obtuvo #."),
        ("Coincide el 12.0 % de los elementos", "Coincide el # % de los elementos"),
        ("<function f at 0x7f1a2b3c>", "<function f at #>"),
        (NAME, NAME),
        ("b2 y v1.2 son nombres", "b2 y v1.2 son nombres"),
        ("Falta completar.\nOcurrió en square, línea 3: return x", "Falta completar."),
        ("dos\nlíneas", "dos líneas"),
        ("", ""),
        ("x" * 400, "x" * LONGEST + "…"),
    ],
)
def test_a_reason_without_its_numbers_and_its_place(reason, read):
    assert alike(reason) == read


@given(st.lists(st.integers(-(10**6), 10**6), min_size=1, max_size=9))
def test_reasons_that_differ_in_a_number_only_are_one(numbers):
    (found,) = common(("1_rnn", "a-check", f"El largo, {n}, no es el esperado.") for n in numbers)
    assert found.count == len(numbers)


@given(st.lists(st.tuples(*[st.sampled_from("abc")] * 3), max_size=40))
def test_counts_add_up_and_the_most_common_comes_first(failures):
    counts = [each.count for each in common(failures)]
    assert sum(counts) == len(failures)
    assert counts == sorted(counts, reverse=True)


def test_the_same_words_of_two_checks_are_two_reasons():
    found = common([("1_rnn", "a-check", "no"), ("1_rnn", "b-check", "no")])
    assert [(each.check, each.count) for each in found] == [("a-check", 1), ("b-check", 1)]
