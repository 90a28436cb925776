"""What crosses between the processes is the value that was sent, or is refused: nothing else."""

import collections
import io
import math

import hypothesis.extra.numpy as arrays
import msgpack
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from candidate_kernel import wire, wire_decoding, wire_encoding, wire_rules
from candidate_kernel.wire import WireError, pack, unpack
from candidate_kernel.wire_decoding import Decoder

LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.binary(), st.complex_numbers(),
    st.text(st.characters(exclude_categories=["Cs"])),
    st.timedeltas(), st.dates(), st.times(), st.datetimes(), st.fractions(), st.just(...),
    st.decimals(allow_nan=False), st.builds(range, st.integers(-9, 9), st.integers(-9, 9)),
    st.builds(slice, st.none() | st.integers(-9, 9), st.none() | st.integers(-9, 9)),
)  # fmt: skip
KEYS = st.one_of(st.integers(), st.text("abñ😀"), st.tuples(st.integers(), st.text("ab")))
DATA = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=4).map(tuple),
        st.dictionaries(KEYS, inner, max_size=4),
        st.sets(KEYS, max_size=4),
        st.frozensets(KEYS, max_size=4),
        st.dictionaries(KEYS, st.integers(), max_size=4).map(collections.Counter),
    ),
    max_leaves=20,
)
DTYPES = st.one_of(
    arrays.boolean_dtypes(), arrays.integer_dtypes(endianness="?"), st.just(np.dtype("<f16")),
    arrays.unsigned_integer_dtypes(endianness="?"), arrays.floating_dtypes(endianness="?"),
    arrays.complex_number_dtypes(endianness="?"), arrays.datetime64_dtypes(),
    arrays.timedelta64_dtypes(), arrays.byte_string_dtypes(min_len=1),
    arrays.unicode_string_dtypes(min_len=1),
)  # fmt: skip
ARRAYS = arrays.arrays(DTYPES, arrays.array_shapes(min_dims=0, min_side=0, max_side=3))


def same(one, other):
    """Equal in kind and value, down to the sign of zero, NaN equal to NaN."""
    if type(one) is not type(other):
        return False
    if isinstance(one, float):
        return one == other and math.copysign(1, one) == math.copysign(1, other) or one != one
    if isinstance(one, complex):
        return same(one.real, other.real) and same(one.imag, other.imag)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    return one == other


@given(DATA)
def test_plain_data_arrives_as_it_was_sent(value):
    assert same(unpack(pack(value)), value)


@given(ARRAYS)
def test_arrays_arrive_as_they_were_sent(array):
    arrived = unpack(pack(array))
    assert type(arrived) is np.ndarray and arrived.flags.writeable
    assert (arrived.dtype, arrived.shape) == (array.dtype, array.shape)
    assert arrived.tobytes() == array.tobytes()


@given(ARRAYS.filter(lambda array: array.size).map(lambda array: array.reshape(-1)[0]))
def test_scalars_of_numpy_arrive_as_they_were_sent(scalar):
    arrived = unpack(pack(scalar))
    assert type(arrived) is type(scalar) and np.array_equal(arrived, scalar) or arrived != arrived


def test_tensors_arrive_as_they_were_sent():
    torch = pytest.importorskip("torch")
    for name in sorted(wire_rules.TENSOR_TYPES):
        sent = torch.arange(6).reshape(2, 3).T.to(getattr(torch, name))
        arrived = unpack(pack(sent))
        assert arrived.dtype is sent.dtype and torch.equal(arrived, sent)
    learning = torch.ones(2, requires_grad=True)
    assert unpack(pack(learning)).requires_grad and not unpack(pack(learning * 2)).requires_grad


class Lying(str):
    def __str__(self):
        return "otro"

    __eq__ = __len__ = __iter__ = __getitem__ = encode = None
    __hash__ = str.__hash__


def test_a_subclass_of_a_type_arrives_as_what_it_holds():
    class Liar(int):
        __index__ = __int__ = __eq__ = __abs__ = lambda *args: 7

    class Liars(list):
        __iter__ = __len__ = __getitem__ = lambda *args: 7

    arrived = unpack(pack(Liars([Liar(3), Lying("uno")])))
    assert same(arrived, [3, "uno"])


# --- What arrives may be anything -----------------------------------------------------------------


def value_or_refusal(raw):
    """Unpack, as the examiner does; anything but a value or a WireError is an error of ours."""
    try:
        unpack(raw, lambda unknown: unknown)
    except WireError:
        pass


@given(st.binary(max_size=200))
def test_any_bytes_are_a_value_or_refused(raw):
    value_or_refusal(raw)


@given(DATA | ARRAYS, st.data())
def test_a_damaged_message_is_a_value_or_refused(value, data):
    raw = bytearray(pack(value))
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(raw) - 1))
        raw[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
        raw = raw or bytearray(b"\0")
    value_or_refusal(bytes(raw))


NODES = st.recursive(
    LEAVES.filter(lambda leaf: type(leaf) in (type(None), bool, float, bytes, str))
    | st.integers(-(2**63), 2**63 - 1),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.builds(
            lambda name, rest: [name, *rest],
            st.sampled_from(sorted(Decoder._METHODS.keys() - {"tensor"})),
            st.lists(inner, max_size=4),
        ),
    ),
    max_leaves=12,
)


@settings(max_examples=400)
@given(NODES)
def test_any_tree_is_a_value_or_refused(tree):
    value_or_refusal(msgpack.packb(tree, unicode_errors="surrogatepass"))


ARRAY = [4], bytes(32)
REFUSED = {
    "dtype object": ["array", "|O", *ARRAY],
    "a structured dtype": ["array", "f4,f4", *ARRAY],
    "a dtype with a shape": ["array", "(2,2)f8", [1], bytes(32)],
    "a dtype of no bytes": ["array", "S0", [4], b""],
    "a void dtype": ["array", "|V8", *ARRAY],
    "no dtype": ["array", "hola", *ARRAY],
    "a dtype that is code": ["array", "__import__('os')", *ARRAY],
    "too few bytes": ["array", "<f8", [5], bytes(32)],
    "too many bytes": ["array", "<f8", [3], bytes(32)],
    "half a number": ["array", "<f8", [4], bytes(31)],
    "a negative size": ["array", "<f8", [-4], bytes(32)],
    "a size to find out": ["array", "<f8", [-1], bytes(32)],
    "a huge shape": ["array", "<f8", [2**39, 2**39], bytes(32)],
    "a shape of True": ["array", "<f8", [True], bytes(8)],
    "33 axes": ["array", "<f8", [1] * 33, bytes(8)],
    "bytes that are no booleans": ["array", "|b1", [4], b"\0\1\2\377"],
    "objects of a huge shape": ["objects", [2**39], []],
    "objects for nothing": ["objects", [2], [1]],
    "tensor of no type": ["tensor", "Tensor", [4], bytes(16), False],
    "tensor of bytes that are no booleans": ["tensor", "bool", [2], b"\7\377", False],
    "tensor of too few bytes": ["tensor", "float32", [4], bytes(15), False],
    "integers that learn": ["tensor", "int64", [1], bytes(8), True],
    "an integer of many digits": ["int", "0x" + "f" * 30_000],
    "an integer that is none": ["int", "__import__('os')"],
    "an unhashable key": ["dict", [[["list", []], 1]]],
    "half a pair": ["dict", [[1]]],
    "a default that is no function": ["defaultdict", 3, []],
    "a map": {},
    "a name that is none": [["list"], []],
    "too many arguments": ["list", [], []],
    "an unknown type": ["pickle", b"cos\nsystem\n(S'true'\ntR."],
    "a handle of no number": ["handle", "0", "object", []],
    "a handle of no class": ["handle", 0, "object", 7],
    "an extension": msgpack.ExtType(5, b"abc"),
    "a moment": msgpack.Timestamp(1, 2),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_no_side_sends_is_refused(name):
    if "ensor" in name or "learn" in name:
        pytest.importorskip("torch")
    with pytest.raises(WireError):
        unpack(msgpack.packb(REFUSED[name]), lambda unknown: unknown)


def nested(depth):
    value = 1
    for _ in range(depth):
        value = [value]
    return value


# limit → its value here, a value within it and one beyond
LIMITS = {
    "MAX_DEPTH": (20, nested(20), nested(21)),
    "MAX_NODES": (99, list(range(98)), list(range(99))),
    "MAX_BYTES": (1999, b"x" * 1990, b"x" * 2000),
    "MAX_INT_BITS": (1000, 2**999, 2**1010),
}


@pytest.mark.parametrize("name", LIMITS)
def test_limits_hold_on_both_sides(monkeypatch, name):
    limit, small, large = LIMITS[name]
    sent = pack(large)
    for module in (wire, wire_rules, wire_encoding, wire_decoding):  # each has imported its own
        monkeypatch.setattr(module, name, limit, raising=False)
    assert same(unpack(pack(small)), small)
    for refused in (lambda: pack(large), lambda: unpack(sent)):
        with pytest.raises(WireError):
            refused()


def test_a_list_inside_itself_and_one_that_is_too_deep_for_msgpack_are_refused():
    endless = []
    endless.append(endless)
    with pytest.raises(WireError):
        pack(endless)
    value_or_refusal(b"\x91" * 100_000)
    with pytest.raises(WireError):
        unpack(b"\xdd\xff\xff\xff\xff")


def test_without_handles_an_object_is_refused():
    for value in (object(), len, io.StringIO()):
        with pytest.raises(WireError):
            pack(value)
    with pytest.raises(WireError):
        unpack(pack(object(), lambda value: 3))
    arrived = unpack(pack(object(), lambda value: 3), lambda unknown: unknown)
    assert (arrived.number, arrived.kind, arrived.classes) == (3, "object", ["builtins:object"])
