"""Values from the trees that `wire.unpack` has read, whoever wrote them."""

import collections
import datetime
import decimal
import enum
import fractions
import math
import pathlib
from functools import lru_cache

from .wire_rules import (
    ARRAY_KINDS,
    DATA_CLASSES,
    INSTANCE,
    MAX_INT_BITS,
    MEMBERS,
    TENSOR_TYPES,
    NodeCounter,
    Unknown,
    WireError,
)

_PLAIN = frozenset([type(None), bool, float, bytes, int, str])
_EXTENSIBLE = frozenset(
    [int, float, complex, str, bytes, tuple, fractions.Fraction, decimal.Decimal]
)
_CONTAINERS = {"tuple": tuple, "frozenset": frozenset}


class Decoder(NodeCounter):
    def __init__(self, handle):
        super().__init__()
        self.handle = handle
        self._made: list[tuple[object, int]] = []  # containers, and how many nodes each has

    def decode(self, node, depth):
        self.step(depth)
        if type(node) in _PLAIN:
            return node
        if type(node) is not list or not node or type(node[0]) is not str:
            raise WireError("no_value")
        method = self._METHODS.get(node[0])
        if method is None:
            raise WireError("unknown_type")
        return method(self, *node[1:], depth=depth + 1)

    def _each(self, nodes, depth):
        if type(nodes) is not list:
            raise WireError("no_value")
        return [self.decode(node, depth) for node in nodes]

    def _int(self, text, depth):
        if len(text) > MAX_INT_BITS // 4 + 3:
            raise WireError("too_long", bits=MAX_INT_BITS)
        return int(text, 16)

    def _complex(self, real, imag, depth):
        return complex(float(real), float(imag))

    def _pairs(self, pairs, depth):
        return {key: value for key, value in (self._each(pair, depth) for pair in pairs)}

    def _again(self, place, depth):
        value, nodes = self._made[place]
        self.step(depth, nodes)  # whoever looks at all of it meets them once more
        return value

    def _noted(self, make, items, depth):
        before = self.nodes
        value = make(items, depth)
        self._made.append((value, self.nodes - before))
        return value

    def _list(self, items, depth):
        return self._noted(self._each, items, depth)

    def _set(self, items, depth):
        return self._noted(lambda *node: set(self._each(*node)), items, depth)

    def _dict(self, pairs, depth):
        return self._noted(self._pairs, pairs, depth)

    def _defaultdict(self, factory, pairs, depth):
        factory = self.decode(factory, depth)
        if factory is not None and not callable(factory):
            raise WireError("no_function")
        return collections.defaultdict(factory, self._pairs(pairs, depth))

    def _class(self, name, depth):
        return DATA_CLASSES[_text(name)]

    def _member(self, base, kind, name, value, depth):
        value = self.decode(value, depth)
        if type(value) is not (str if base in ("str", "StrEnum") else int):
            raise WireError("no_value")
        return _member(_text(base), _text(kind), _text(name), value)

    def _instance(self, value, handle, depth):
        """Data of a class of the student's own, which is asked for what only that class has."""
        value, handle = self._each([value, handle], depth)
        if not isinstance(value, enum.Enum):
            base = type(value)
            if base not in _EXTENSIBLE and not hasattr(base, "_fields"):
                return value
            value = _with_handle(base)(*(value if hasattr(base, "_fields") else [value]))
        vars(value)[INSTANCE] = handle
        return value

    def _namedtuple(self, name, fields, items, depth):
        items = self._each(items, depth)
        return _tuple_class(_text(name), tuple(_text(field) for field in fields))(*items)

    def _deque(self, items, longest, depth):
        return collections.deque(self._each(items, depth), longest)

    def _fraction(self, numerator, denominator, depth):
        return fractions.Fraction(*self._each([numerator, denominator], depth))

    def _timestamp(self, text, depth):
        import pandas

        return pandas.Timestamp(_text(text))

    def _range(self, start, stop, step, depth):
        return range(*self._each([start, stop, step], depth))

    def _slice(self, start, stop, step, depth):
        return slice(*self._each([start, stop, step], depth))

    def _array(self, dtype, shape, data, depth):
        import numpy

        dtype = numpy.dtype(_text(dtype))
        if dtype.kind not in ARRAY_KINDS or dtype.subdtype or dtype.names:
            raise WireError("array_in", dtype=dtype)
        if dtype.kind == "b":
            _check_booleans(data)
        return numpy.frombuffer(data, dtype).reshape(_shape(shape)).copy()

    def _scalar(self, dtype, shape, data, depth):
        return self._array(dtype, shape, data, depth)[()]

    def _objects(self, shape, items, depth):
        import numpy

        values = self._each(items, depth)
        if math.prod(_shape(shape)) != len(values):
            raise WireError("no_array")
        array = numpy.empty(_shape(shape), dtype=object)
        flat = array.reshape(-1)
        for place, value in enumerate(values):
            flat[place] = value
        return flat.reshape(array.shape)

    def _tensor(self, name, shape, data, learns, depth):
        import torch

        if name not in TENSOR_TYPES:
            raise WireError("tensor_in")
        dtype = getattr(torch, name)
        if name == "bool":
            _check_booleans(data)
        if data:
            tensor = torch.frombuffer(bytearray(data), dtype=torch.uint8).view(dtype)
        else:
            tensor = torch.empty(0, dtype=dtype)
        return tensor.reshape(_shape(shape)).requires_grad_(learns is True)

    def _index(self, data, name, depth):
        import pandas

        return pandas.Index(self.decode(data, depth), name=self.decode(name, depth))

    def _multiindex(self, levels, names, depth):
        import pandas

        return pandas.MultiIndex.from_arrays(
            self._each(levels, depth), names=self._each(names, depth)
        )

    def _categorical(self, codes, categories, ordered, depth):
        import pandas

        codes, categories = self._each([codes, categories], depth)
        return pandas.Categorical.from_codes(codes, categories, ordered is True)

    def _series(self, data, index, name, depth):
        import pandas

        data, index, name = self._each([data, index, name], depth)
        return pandas.Series(data, index=index, name=name)

    def _frame(self, columns, names, index, depth):
        import pandas

        data = dict(enumerate(self._each(columns, depth)))
        frame = pandas.DataFrame(data, index=self.decode(index, depth))
        frame.columns = self.decode(names, depth)
        return frame

    def _handle(self, number, kind, classes, depth):
        if self.handle is None or type(number) is not int:
            raise WireError("object_in")
        return self.handle(Unknown(number, _text(kind), [_text(name) for name in classes[:20]]))

    def _error_class(self, number, classes, bases, depth):
        if self.handle is None or type(number) is not int:
            raise WireError("object_in")
        names = [_text(name) for name in classes[:20]]
        return self.handle(Unknown(number, "error class", names, self._each(bases, depth)))

    def _error(self, number, kind, text, depth):
        if self.handle is None or type(number) is not int or type(text) is not str:
            raise WireError("object_in")
        return self.handle(Unknown(number, "error", [], [self.decode(kind, depth)], text))

    _METHODS = {
        "error class": _error_class, "error": _error,
        "int": _int, "complex": _complex, "defaultdict": _defaultdict, "range": _range,
        "slice": _slice, "array": _array, "scalar": _scalar, "objects": _objects,
        "tensor": _tensor, "index": _index, "multiindex": _multiindex, "categorical": _categorical,
        "series": _series, "frame": _frame, "handle": _handle, "class": _class, "member": _member,
        "dict": _dict, "list": _list, "set": _set, "again": _again,
        "instance": _instance, "namedtuple": _namedtuple, "deque": _deque,
        "fraction": _fraction, "timestamp": _timestamp,
        "keys": lambda self, keys, depth: dict.fromkeys(self._each(keys, depth)).keys(),
        "items": lambda self, pairs, depth: dict(self._each(pairs, depth)).items(),
        "path": lambda self, text, depth: pathlib.Path(_text(text)),
        "bytearray": lambda self, data, depth: bytearray(_bytes(data)),
        "decimal": lambda self, text, depth: decimal.Decimal(_text(text)),
        **{
            kind.__name__: lambda self, text, depth, kind=kind: kind.fromisoformat(_text(text))
            for kind in (datetime.datetime, datetime.date, datetime.time)
        },
        "counter": lambda self, pairs, depth: collections.Counter(self._pairs(pairs, depth)),
        "...": lambda self, depth: ...,
        "timedelta": lambda self, *parts, depth: datetime.timedelta(*map(int, parts)),
        **{
            name: lambda self, items, depth, make=make: make(self._each(items, depth))
            for name, make in _CONTAINERS.items()
        },
    }  # fmt: skip


@lru_cache(maxsize=1000)
def _with_handle(base: type) -> type:
    """A class of data whose other attributes are those of a handle."""

    def ask(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(vars(self)[INSTANCE], name)

    return type(base.__name__, (base,), {"__getattr__": ask})


@lru_cache(maxsize=1000)
def _tuple_class(name: str, fields: tuple[str, ...]) -> type:
    """The same class each time, so that equal tuples are of one class."""
    return collections.namedtuple(name, fields)


@lru_cache(maxsize=1000)
def _member(base: str, kind: str, name: str, value: int | str) -> enum.Enum:
    """The same member each time, so that `is` holds where it held in the notebook."""
    made_of = MEMBERS[base]
    if issubclass(made_of, enum.Enum):
        return made_of(kind, {name: value})[name]
    return enum.Enum(kind, {name: value}, type=made_of)[name]


def _check_booleans(data: bytes) -> None:
    """NumPy and torch count, and so allocate, by the bytes of a mask."""
    if data.strip(b"\0\1"):
        raise WireError("no_array")


def _text(value) -> str:
    if type(value) is not str or len(value) > 500:
        raise WireError("no_value")
    return value


def _bytes(value) -> bytes:
    if type(value) is not bytes:
        raise WireError("no_value")
    return value


def _shape(shape) -> tuple[int, ...]:
    if type(shape) is not list or len(shape) > 32:
        raise WireError("no_array")
    if not all(type(size) is int and 0 <= size < 2**40 for size in shape):
        raise WireError("no_array")
    return tuple(shape)
