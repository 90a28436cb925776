"""A training loop in a cell's source: which ones may be replayed, and which cells are the same."""

import pytest

from grading.replay.loops import NotReplayed, training_source

LOOP = "for epoch in epochs(9, params=params):\n"


def source(body, declared=(), changed=()):
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return training_source(LOOP + lines, set(declared), set(changed))


@pytest.mark.parametrize(
    "other",
    [
        "x=f( 1 ) # uno",
        "x = f(1)\n\n\n# fin",
        "'''Un paso.'''\nx = f(1)",
        "x = (f(1))",
        "x = \\\n    f(1)",
    ],
)
def test_comments_formatting_and_docstrings_make_no_other_cell(other):
    plain, changed = "x = f(1)\nfor k in epochs(9): g(x)", f"{other}\nfor k in epochs(9): g(x)"
    assert training_source(plain) == training_source(changed)


@pytest.mark.parametrize("other", ["x = f(2)", "y = f(1)", "x = f(1.0)", "x = f('1')", "x = g(1)"])
def test_another_name_or_number_makes_another_cell(other):
    plain, changed = "x = f(1)\nfor k in epochs(9): g(x)", f"{other}\nfor k in epochs(9): g(x)"
    assert training_source(plain) != training_source(changed)


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("for k in range(9): pass", "calls epochs 0 times"),
        (f"{LOOP}    pass\n{LOOP}    pass", "calls epochs 2 times"),
        ("for k, e in enumerate(epochs(9)): pass", "does not head"),
        ("for k in zip(epochs(9)): pass", "does not head"),
        ("def f():\n    for k in epochs(9): pass", "does not head"),
        ("if True:\n    for k in epochs(9): pass", "does not head"),
        ("[k for k in epochs(9)]", "does not head"),
        ("steps = epochs(9)\nfor k in steps: pass", "does not head"),
        ("for k in epochs(9): (", "can't be read"),
        ("-" * 20_000 + "1", "can't be read"),
        ("#" * 200_000, "too long"),
    ],
)
def test_only_a_for_statement_of_the_cell_itself_can_be_replayed(cell, reason):
    with pytest.raises(NotReplayed, match=reason):
        training_source(cell)


@pytest.mark.parametrize(
    "body",
    [
        "total = 0.0\nfor x in data:\n    total += x\nlosses.append(total)",
        "for x, y in data:\n    z = f(x)\n    g(z, y)",
        "z, *rest = f(epoch)\nh(z, rest)",
        "if epoch % 2:\n    z = 1\nelse:\n    z = 2\ng(z)",
        "with no_grad() as state:\n    z = f(state)\ng(z)",
        "z = [x for x in data if x]\ng(z)",
        "x = 1\ng([x for x in data])\ng(x)",
        "g(sum(x for x in data))\nx = 1",
        "def inner(x):\n    y = x\n    return y\ny = inner(1)",
        "if (z := f()) > 1:\n    g(z)",
        "import math\nz = math.pi",
        "params[0] -= f(params)\nparams[1].data += 1",
        "try:\n    z = f()\nexcept ValueError:\n    z = 0",
        "match f():\n    case [a, *_]:\n        g(a)",
        "g(lambda x: x + 1)\nx = 2",
        "for k in range(3):\n    w = f(k)\n    g(w)",
    ],
)
def test_what_an_epoch_binds_for_itself_is_not_carried(body):
    assert source(body)


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("best = min(best, f())", "best"),
        ("rate *= 0.9", "rate"),
        ("if f():\n    best = 1\ng(best)", "best"),
        ("for x in data:\n    last = x\ng(last)", "last"),
        ("while f():\n    last = 1\ng(last)", "last"),
        ("try:\n    z = f()\nexcept ValueError:\n    pass\ng(z)", "z"),
        ("h(state)\n_, state = f(state)", "state"),
        ("def inner():\n    return old\ninner()\nold = 1", "old"),
        ("g([last + x for x in data])\nlast = 2", "last"),
        ("g(lambda: last)\nlast = 2", "last"),
        ("if (count := count + 1) > 3:\n    pass", "count"),
        ("match f():\n    case a:\n        pass\ng(a)", "a"),
    ],
)
def test_what_one_epoch_hands_on_to_the_next_must_be_declared(body, name):
    with pytest.raises(NotReplayed, match=f"carries {name} "):
        source(body)
    assert source(body, declared=[name])


def test_what_changes_outside_of_the_loop_must_be_declared():
    with pytest.raises(NotReplayed, match="carries calls "):
        source("x = f()", changed=["calls"])
    assert source("x = f()", changed=["x", "epoch"])
    assert source("x = f()", declared=["calls"], changed=["calls"])
