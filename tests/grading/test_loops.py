"""A training loop in a cell's source: which ones may be replayed."""

import pytest

from grading.replay.loops import NotReplayed, lists_only_appended_to

LOOP = "for epoch in epochs(9, params=params):\n"


def appended(body, declared=(), changed=()):
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return lists_only_appended_to(LOOP + lines, set(declared), set(changed))


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
        lists_only_appended_to(cell)


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
        "for x in data:\n    grads = f(x)\nnorms.append(g(grads))",
    ],
)
def test_what_an_epoch_binds_for_itself_is_not_carried(body):
    assert appended(body) == []


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("best = min(best, f())", "best"),
        ("rate *= 0.9", "rate"),
        ("if f():\n    best = 1\ng(best)", "best"),
        ("for x in data:\n    g(last)\n    last = x", "last"),
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
        appended(body)
    assert appended(body, declared=[name]) == []


def test_a_name_that_a_comprehension_gives_to_the_cell_is_bound_by_the_epoch():
    assert appended("g(sum(z := f(x) for x in data))", changed=["z"]) == []
    with pytest.raises(NotReplayed, match="carries last "):
        appended("g([last + (last := x) for x in data])", changed=["last"])


def test_what_changes_outside_of_the_loop_must_be_declared():
    with pytest.raises(NotReplayed, match="carries calls "):
        appended("x = f()", changed=["calls"])
    assert appended("x = f()", changed=["x", "epoch"]) == []
    assert appended("x = f()", declared=["calls"], changed=["calls"]) == []
    assert appended("match f():\n    case [_, *rest]:\n        g(rest)", changed=["rest"]) == []


def test_a_list_that_the_loop_only_appends_to_need_not_be_declared():
    body = "norms.append(f(params))\nprint(norms[-1])\ntimes.append(0)\nlosses.append(1)"
    changed = ["norms", "times", "losses"]
    assert appended(body, declared=["losses"], changed=changed) == ["norms", "times"]


@pytest.mark.parametrize(
    "body",
    [
        "norms.append(1)\nnorms.pop()",
        "x = norms.append(1)",
        "norms.append(1)\nnorms = []",
        "norms.extend([1])",
        "if epoch % 10 == 0:\n    norms.append(1)",
        "f(norms.append(1))",
    ],
)
def test_a_list_that_the_loop_changes_otherwise_must_be_declared(body):
    with pytest.raises(NotReplayed, match="carries norms "):
        appended(body, changed=["norms"])


def test_a_list_that_is_appended_to_only_later_on_must_be_declared():
    body = "if epoch > 100:\n    norms.append(1)"
    with pytest.raises(NotReplayed, match="carries norms "):
        appended(body)
    assert appended(body, declared=["norms"]) == []


def test_a_cell_that_is_timed_is_as_any_other():
    assert lists_only_appended_to(f"%%time\n{LOOP}    pass") == []
    for magic in ("%%timeit", "%%capture", "%%time x = 1"):
        with pytest.raises(NotReplayed, match="begins with a magic"):
            lists_only_appended_to(f"{magic}\n{LOOP}    pass")
