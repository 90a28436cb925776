"""When two states of a training are the same but for rounding, read from the bytes of a kernel."""

import msgpack
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from candidate_kernel import wire
from candidate_kernel.state import Reader
from grading.replay.agreement import difference, precision_of, tells
from grading.replay.moments import Moment

W = np.linspace(0.1, 1, 6).reshape(2, 3)
BEFORE = {"params": [W, np.zeros(3)], "history": {"loss": [3.0], "test": []}}


def moment(state, moved=None):
    return Moment.read(wire.pack((Reader().read(state), moved or {})))


def after(w=W * 1.1, b=None, loss=2.5, **others):
    """The state of a small training after the epoch that begins with BEFORE."""
    params = [w, np.full(3, 0.01) if b is None else b]
    return {"params": params, "history": {"loss": [3.0, loss], "test": []}} | others


def departs(state, expected=None, moved=None):
    """Where a state departs from what it should be, as a text; empty where they agree."""
    most = difference(moment(BEFORE), moment(expected or after()), moment(state, moved))
    return str(most) if most.size > 1 else ""


def test_a_state_agrees_with_itself():
    assert departs(after()) == ""


@pytest.mark.parametrize(
    "state",
    [
        after(W * 1.1 * (1 + 1e-14)),
        after(np.asfortranarray(W * 1.1)),
        after(loss=np.float64(2.5)),
        after(loss=2.5 + 1e-13),
        {"history": after()["history"], "params": tuple(after()["params"])},
        {"params": after()["params"], "history": {"test": (), "loss": [np.float64(3), 2.5]}},
    ],
    ids=["rounding", "order in memory", "NumPy's number", "a loss's rounding", "a tuple",
         "the order of names"],
)  # fmt: skip
def test_what_only_rounds_or_is_written_otherwise_agrees(state):
    assert departs(state) == ""


@pytest.mark.parametrize(
    ("state", "where"),
    [
        (after(W * 1.1 + 1e-5), "other numbers in params.0"),
        (after(W), "other numbers in params.0"),
        (after(b=np.full(3, 0.0101)), "other numbers in params.1"),
        (after(loss=2.51), "other numbers in history.loss"),
        (after(loss=float("nan")), "other numbers in history.loss"),
        (after((W * 1.1)[:, :2]), "other numbers in params.0"),
        (after(list(map(list, W * 1.1))), "sequence of 2, where the record has array, in params.0"),
        (after(more=[1.0]), "dict of 'history', 'more', 'params', where the record has dict of"),
        (after(more=1), "dict of 'history', 'more', 'params', where the record has dict of"),
        ({"params": after()["params"]}, "dict of 'params', where the record has dict of"),
    ],
    ids=["a little more", "nothing done", "a bias", "a loss", "not a number", "a shape", "lists",
         "a list more", "a number more", "no history"],
)  # fmt: skip
def test_what_differs_is_named(state, where):
    assert departs(state).startswith(where)


def test_one_object_in_two_places_is_not_two_objects():
    shared = np.zeros(3)
    two = {"a": [shared, shared.copy()]}
    one = {"a": [shared, shared]}
    assert "objects that are one" in departs(one, two) and "objects that are one" in departs(
        two, one
    )
    assert departs(one, {"a": [np.zeros(3)] * 2}) == ""


def test_the_generators_must_be_equal_to_the_bit():
    assert departs(after(), moved={"numpy": [1, 2]}) == "other draws from the random generators"


def test_numbers_are_compared_in_the_least_precise_type_of_both_states():
    rounded = after((W * 1.1).astype(np.float32))
    assert departs(rounded) == ""
    # All that is computed with it is as exact as it is.
    assert departs(after((W * 1.1).astype(np.float32), b=np.full(3, 0.01 + 1e-9))) == ""
    assert departs(after((W * 1.12).astype(np.float32))) == "other numbers in params.0"
    assert [precision_of(moment(state)) for state in (after(), rounded)] == ["f8", "f4"]


def test_numbers_less_precise_than_float32_are_not_compared():
    with pytest.raises(ValueError, match="less precise than float32"):
        departs(after(b=np.full(3, 0.01, np.float16)))


def model(rate=0.1, **how):
    torch.manual_seed(0)
    net = torch.nn.Linear(2, 1)
    optimizer = torch.optim.Adam(net.parameters(), lr=rate, **how)
    net(torch.ones(2)).backward()
    optimizer.step()
    return {"model": net, "optimizer": optimizer}


def test_how_an_optimizer_computes_is_not_compared_and_what_it_computes_is():
    plain = moment(model())
    for how in ({"foreach": True}, {"foreach": False}, {"betas": (0.9, 0.999)}):
        assert difference(plain, plain, moment(model(**how))).size <= 1
    for how in ({"rate": 0.2}, {"betas": (0.8, 0.999)}, {"amsgrad": True}):
        assert difference(plain, plain, moment(model(**how))).size > 1


@given(st.floats(1e-6, 1e6), st.floats(-1e-15, 1e-15))
def test_no_scale_makes_rounding_a_difference_or_hides_one(scale, rounding):
    before, right = {"w": W * scale}, {"w": W * scale * 1.001}
    for state, agrees in (
        (W * scale * 1.001 * (1 + rounding), True),
        (W * scale * 1.00101, False),
        (W * scale, False),
    ):
        found = difference(moment(before), moment(right), moment({"w": state}))
        assert (found.size <= 1) is agrees


def test_an_epoch_that_changes_no_more_than_rounding_tells_nothing():
    for change, is_telling in ((1e-15, False), (1e-11, False), (1e-8, True), (0, False)):
        assert tells(moment({"w": W}), moment({"w": W * (1 + change)})) is is_telling
    assert not tells(moment({"seen": [1]}), moment({"seen": [1, 2]}))


TREES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats() | st.binary(max_size=9)
    | st.sampled_from(["tuple", "list", "dict", "array", "tensor", "module", "same", "optimizer",
                       "<f8", "|O", "scalar"]),
    lambda each: st.lists(each, max_size=4),
    max_leaves=20,
)  # fmt: skip


@given(TREES)
def test_whatever_a_kernel_sends_is_a_state_or_a_value_error(tree):
    for sent in (tree, ["tuple", [tree, {}]], ["tuple", [["tuple", tree], ["dict", []]]]):
        try:
            Moment.read(msgpack.packb(sent))
        except ValueError:
            continue


@given(st.binary(max_size=60))
def test_bytes_that_are_no_state_are_a_value_error(raw):
    with pytest.raises(ValueError):
        Moment.read(raw)
