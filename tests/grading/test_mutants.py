"""The faults that `check` puts into solutions are those that students make, one at a time."""

import ast
import colorsys
import difflib
import fractions
import heapq
import inspect
import ipaddress
import statistics
import textwrap
from functools import partial

import pytest
import tiny
from hypothesis import given
from hypothesis import strategies as st

from grading.checking import mutants as checking

mutants = partial(checking.mutants, solutions=tiny.SOLUTIONS)

FAULTS = {
    "a sum": (
        "y = a + 1",
        {"y = a - 1", "y = (a)", "y = a", "y = 1", "y = a + 2", "y = a + 0", "y = -(a + 1)"},
    ),
    "a product of matrices": ("y = A @ v",
                              {"y = A * v", "y = A", "y = v", "y = v @ A", "y = -(A @ v)"}),
    "a transpose": ("y = A.T", {"y = A"}),
    "a sign": ("y = -a", {"y = a"}),
    "an index": ("y = a[t]", {"y = a[t - 1]", "y = a[t + 1]", "y = -a[t]"}),
    "a sum that grows": ("y += a", {"pass", "y = a", "y -= a"}),
    "a comparison": ("y = a < 2", {"y = a <= 2", "y = a > 2", "y = a < 3", "y = a < 1"}),
    "a truth value": ("y = True", {"y = False"}),
    "a text": ('y = "hola"', {'y = ""'}),
    "a function": ("y = np.exp(a)", {"y = a", "y = -np.exp(a)"}),
    "arguments": ("y = f(a, b)", {"y = f(b, a)", "y = -f(a, b)"}),
    "a keyword": ("y = f(a, axis=1)",
                  {"y = f(a)", "y = a", "y = f(a, axis=2)", "y = f(a, axis=0)",
                   "y = -f(a, axis=1)"}),
    "a step forgotten or out of order": (
        "m.zero_grad()\nloss.backward()",
        {"pass", "loss.backward() m.zero_grad()"},
    ),
    "a mode": ("net.eval()", {"net.train()", "pass"}),
    "a condition": ("y = a if t else b", {"y = a if not t else b"}),
    "a range": ("for t in range(n): pass", {"for t in range((n) - 1): pass", "for t in n: pass",
                                            "for t in range(n - 1): pass"}),
}  # fmt: skip


def cell(body, before=""):
    return f"{before}### BEGIN SOLUTION\n{body}\n### END SOLUTION\nz = 1 + y"


@pytest.mark.parametrize("case", FAULTS)
def test_every_fault_of_a_line_is_made(case):
    body, expected = FAULTS[case]
    made = {mutant.after for mutant in mutants("cell", cell(body))}
    assert made <= expected
    assert {ast.dump(ast.parse(m)) for m in made if "zero" not in m} == {
        ast.dump(ast.parse(m)) for m in expected if "zero" not in m
    }


def test_names_are_mistaken_for_those_that_look_alike():
    source = (
        "def f(W_f, W_i, x, hidden_state, hidden_states):\n    ### BEGIN SOLUTION\n"
        "    y = W_f * x\n    z = hidden_state\n    ### END SOLUTION\n    return y"
    )
    made = {mutant.after for mutant in mutants("cell", source)}
    assert {"y = W_i * x", "z = hidden_states"} <= made
    assert not any("np" in each for each in made)


def test_only_what_students_write_gets_faults():
    source = cell("y = 2", before="w = 1 + 1\n")
    assert {mutant.before for mutant in mutants("cell", source)} == {"y = 2"}
    assert {mutant.line for mutant in mutants("cell", source)} == {3}


EXPRESSIONS = st.recursive(
    st.sampled_from(["a", "b", "W_f", "W_i", "1", "0.5", "x.T", "h[t]", "True", '"ñ"']),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "@", "/", "<"]), inner).map(
            lambda parts: f"({' '.join(parts)})"
        ),
        inner.map(lambda text: f"np.tanh({text})"),
        inner.map(lambda text: f"-{text}"),
    ),
    max_leaves=8,
)


@given(st.lists(EXPRESSIONS, min_size=1, max_size=3))
def test_a_mutant_is_the_cell_with_one_line_changed_and_is_python(expressions):
    body = "\n".join(f"y{k} = {text}" for k, text in enumerate(expressions))
    source = cell(body + "\ny = 'é'")
    found = mutants("cell", source)
    assert len({mutant.source for mutant in found}) == len(found)
    for mutant in found:
        ast.parse(mutant.source)
        lines = source.splitlines()
        pairs = zip(lines, mutant.source.splitlines(), strict=True)
        changed = [number for number, pair in enumerate(pairs) if len(set(pair)) > 1]
        assert changed == [mutant.line - 1]
        assert 0 < changed[0] < len(lines) - 2


ANYBODYS = [
    colorsys.rgb_to_hls, difflib.SequenceMatcher.find_longest_match, fractions.Fraction.__add__,
    heapq.merge, ipaddress.summarize_address_range, statistics.fmean, textwrap.wrap,
]  # fmt: skip


@pytest.mark.parametrize("function", ANYBODYS, ids=lambda function: function.__name__)
def test_faults_can_be_put_into_anybodys_code_and_leave_the_rest_as_it_was(function):
    lines = textwrap.dedent(inspect.getsource(function)).splitlines()
    lines = ["### BEGIN SOLUTION", *lines, "### END SOLUTION"]
    made = mutants("cell", "\n".join(lines))
    assert len(made) > 3
    for mutant in made:
        mutated = mutant.source.splitlines()
        above = mutant.line - 1
        assert mutated[:above] == lines[:above] and mutated[-1] == lines[-1]
        assert mutated[above:] != lines[above:]
        ast.parse(mutant.source)


def test_a_docstring_has_no_faults():
    source = cell('"""Qué hace."""\ny = 2')
    assert {mutant.before for mutant in mutants("cell", source)} == {"y = 2"}


def test_a_cell_magic_stays_above_the_faults():
    found = mutants("cell", "%%time\n" + cell("y = 2"))
    assert {(m.line, m.after) for m in found} == {(3, "y = 3"), (3, "y = 1")}
    assert all(m.source.startswith("%%time\n### BEGIN") for m in found)
    (below, _) = mutants("cell", "\n %%time\n\n" + cell("y = 2"))
    assert below.line == 5 and below.source.startswith("\n %%time\n\n### BEGIN")
    assert mutants("cell", "%%bash\n" + cell("ls -l")) == []
    assert mutants("cell", "\n%%bash\n" + cell("ls -l")) == []


ODD = {
    "magics": "%matplotlib inline\n!ls\ny = a - 1",
    "letters of two bytes": 'título = f"año {a - 1} ñ"; y = a - 1',
    "bits and objects": "y |= a << 1 if a is not None and a not in b else ~a",
    "a page break": 's = "\x0c"\ny = a - 1',
    "nothing": "",
}


@pytest.mark.parametrize("case", ODD)
def test_odd_code_is_no_reason_to_stop(case):
    made = [mutant.after for mutant in mutants("cell", cell(ODD[case]))]
    assert len(made) >= (3 if ODD[case] else 0)
    assert not any("año {a + 1}" in each for each in made)
