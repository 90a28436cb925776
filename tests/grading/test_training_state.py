"""A training's state comes back into the same objects, bit for bit."""

import copy

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from candidate_kernel import wire
from candidate_kernel.state import Filler, NoState, Reader

DTYPES = st.one_of(
    arrays.boolean_dtypes(), arrays.integer_dtypes(), arrays.floating_dtypes(),
    arrays.complex_number_dtypes(), arrays.unicode_string_dtypes(max_len=3),
    arrays.datetime64_dtypes(),
)  # fmt: skip
ARRAYS = arrays.arrays(DTYPES, arrays.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3))
TENSORS = st.builds(
    lambda values, dtype, learns: torch.tensor(values).to(dtype).requires_grad_(learns),
    st.lists(st.floats(width=32), max_size=4),
    st.sampled_from([torch.float32, torch.float64, torch.bfloat16]),
    st.booleans(),
)
PLAIN = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.complex_numbers(), st.text(),
    st.binary(), st.floats().map(np.float64), st.integers(0, 9).map(np.int32),
)  # fmt: skip
KEYS = st.one_of(st.text(), st.integers(), st.tuples(st.text(), st.integers()))
VALUES = st.recursive(
    PLAIN | ARRAYS | TENSORS,
    lambda each: st.one_of(
        st.lists(each, max_size=4),
        st.lists(each, max_size=3).map(tuple),
        st.dictionaries(KEYS, each, max_size=3),
    ),
    max_leaves=12,
)
STATES = st.dictionaries(st.text(min_size=1), VALUES, max_size=4)
laws = settings(deadline=None, max_examples=150, suppress_health_check=list(HealthCheck))


def packed(state):
    return wire.pack(Reader().read(state))


def fill(state, raw):
    Filler().fill(state, wire.unpack(raw))


def changed(value):
    """A copy with other content in the same places, as a training leaves behind."""
    if type(value) in (list, tuple):
        return type(value)(changed(each) for each in value)
    if type(value) is dict:
        return {key: changed(each) for key, each in value.items()}
    if isinstance(value, np.ndarray):
        return np.zeros_like(value)
    return torch.zeros_like(value) if isinstance(value, torch.Tensor) else None


@laws
@given(STATES)
def test_filling_gives_back_every_bit(state):
    raw = packed(state)
    other = changed(state)
    fill(other, raw)
    assert packed(other) == raw


@laws
@given(STATES)
def test_what_is_there_is_filled_in_place(state):
    raw, before = packed(state), Reader()
    other = changed(state)
    before.read(other)
    fill(other, raw)
    after = Reader()
    after.read(other)
    assert all(after.objects.get(path) is each for path, each in before.objects.items())


@laws
@given(STATES)
def test_what_is_not_there_yet_is_made(state):
    raw, empty = packed(state), {}
    fill(empty, raw)
    assert packed(empty) == raw


def test_a_growing_history_keeps_what_it_has():
    history = {"loss": [1.0], "weights": [np.ones(2)]}
    first = history["weights"][0]
    longer = {"loss": [1.0, 0.5], "weights": [np.ones(2), np.zeros(2)]}
    fill({"history": history}, packed({"history": longer}))
    assert history["loss"] == [1.0, 0.5] and len(history["weights"]) == 2
    assert history["weights"][0] is first


def test_aliases_stay_aliases():
    weights = np.ones(3)
    raw = packed({"params": [weights, weights], "best": weights})
    other = np.zeros(3)
    state = {"params": [other, other], "best": other}
    fill(state, raw)
    assert state["params"][0] is state["params"][1] is state["best"] is other
    assert raw != packed({"params": [weights, weights.copy()], "best": weights})


def test_a_list_that_holds_itself_is_read_to_its_end():
    endless = [1]
    endless.append(endless)
    assert Reader().read(endless) == ("list", [1, ("same", 0)])


def model():
    torch.manual_seed(0)
    return torch.nn.Sequential(
        torch.nn.Linear(2, 3), torch.nn.BatchNorm1d(3), torch.nn.LSTM(3, 2), torch.nn.Linear(2, 1)
    )


def trained(net, optimizer, steps):
    for _ in range(steps):
        optimizer.zero_grad()
        net[3](net[2](net[1](net[0](torch.ones(4, 2))))[0]).sum().backward()
        optimizer.step()
    net.eval()
    return {"model": net, "optimizer": optimizer}


@pytest.mark.parametrize(
    "make",
    [
        lambda p: torch.optim.Adam(p, lr=0.1, amsgrad=True),
        lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True),
        lambda p: torch.optim.RMSprop(p, centered=True, momentum=0.1),
        lambda p: torch.optim.AdamW([{"params": list(p), "lr": 0.3}], weight_decay=0.1),
        lambda p: torch.optim.Adagrad(p),
    ],
    ids=["Adam", "SGD", "RMSprop", "AdamW", "Adagrad"],
)
def test_a_model_and_its_optimizer_go_on_as_if_they_had_been_trained(make):
    ahead, behind = model(), model()
    ahead = trained(ahead, make(ahead.parameters()), 5)
    behind = trained(behind, make(behind.parameters()), 2)
    parameters = list(behind["model"].parameters())
    fill(behind, packed(ahead))
    assert packed(behind) == packed(ahead)
    assert all(a is b for a, b in zip(parameters, behind["model"].parameters(), strict=True))
    for each in (ahead, behind):
        each["model"].train()
        trained(each["model"], each["optimizer"], 3)
    assert packed(behind) == packed(ahead)


def test_what_decides_a_models_training_is_read():
    base = packed({"model": model()})
    for change in (
        lambda net: net[0].weight.data.add_(1),
        lambda net: net[1].running_mean.add_(1),
        lambda net: net[3].eval(),
        lambda net: net[3].bias.requires_grad_(False),
    ):
        other = model()
        change(other)
        assert packed({"model": other}) != base
    assert packed({"model": copy.deepcopy(model())}) == base


def test_how_an_array_lies_in_memory_is_read():
    square = np.arange(4.0).reshape(2, 2)
    assert packed({"w": square}) != packed({"w": np.asfortranarray(square)})


@pytest.mark.parametrize("kind", [list, tuple])
def test_a_list_can_be_filled_where_the_record_has_a_tuple_and_the_other_way_round(kind):
    raw = packed({"params": kind([np.ones(2), np.ones(3)])})
    params = (tuple if kind is list else list)([np.zeros(2), np.zeros(3)])
    state, first = {"params": params}, params[0]
    fill(state, raw)
    assert state["params"] is params and params[0] is first and params[1].sum() == 3


def test_numbers_of_another_precision_are_filled_in_place():
    raw = packed({"w": np.full(2, 0.1), "t": torch.full((2,), 0.1, dtype=torch.float64)})
    state = {"w": np.zeros(2, np.float32), "t": torch.zeros(2)}
    array, tensor = state.values()
    fill(state, raw)
    assert state["w"] is array and array.dtype == np.float32 and array[0] == np.float32(0.1)
    assert state["t"] is tensor and tensor.dtype == torch.float32 and tensor[0] == np.float32(0.1)


def test_a_part_without_parameters_may_be_there_or_not():
    torch.manual_seed(0)
    plain = torch.nn.Sequential(torch.nn.Linear(2, 1)).eval()
    other = torch.nn.Sequential(torch.nn.Linear(2, 1), torch.nn.Identity())
    fill({"model": other}, packed({"model": plain}))
    assert not any(module.training for module in other.modules())
    assert torch.equal(other[0].weight, plain[0].weight)


class Own(dict):
    pass


class Lazy(torch.nn.Linear):
    def get_extra_state(self):
        return 1


def read_only():
    array = np.ones(2)
    array.flags.writeable = False
    return array


@pytest.mark.parametrize(
    "value",
    [
        {1, 2}, Own(), len, np.random.default_rng(0), np.array([None]), read_only(),
        np.zeros(1, "i4,f8"), np.ma.masked_array([1]), torch.eye(2).to_sparse(), "\ud800",
        torch.ones(1, requires_grad=True) * 2, Lazy(1, 1), {frozenset(): 1}, bytearray(b"x"),
        range(3), (k for k in "ab"),
    ],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_what_is_neither_data_nor_a_model_is_refused_by_its_name(value):
    with pytest.raises(NoState) as refused:
        Reader().read({"params": [value]})
    assert refused.value.why == "kind" and refused.value.name.startswith("params")
