"""Values as data: what may cross between the candidate and the examiner, and how.

Both processes speak this. A value becomes a tree of plain msgpack types: nil, booleans, 64-bit
integers, floats, text and bytes stand for themselves, and everything else is an array whose first
item names its type. What is no data crosses as a handle: a number that its own side knows, and what
it says of itself. Nothing that is decoded is ever run, imported or unpickled.
"""

from __future__ import annotations

import collections
import datetime
import math
import sys
import types
from collections.abc import Callable

import msgpack

MAX_BYTES = 256 * 1024 * 1024
MAX_DEPTH = 60
MAX_NODES = 5_000_000
MAX_INT_BITS = 100_000
_EXACT = frozenset([type(None), bool, float, bytes])
_PLAIN = _EXACT | {int, str}
_ARRAY_KINDS = "biufcSUMm"  # numbers, text and dates: what holds no reference to an object
_TENSORS = {
    "bool", "uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64",
    "bfloat16", "complex64", "complex128",
}  # fmt: skip
_CONTAINERS = {"list": list, "tuple": tuple, "set": set, "frozenset": frozenset}


class WireError(ValueError):
    """A value that may not cross, or bytes that are no value; the text says which rule."""


class Unknown:
    """How a handle arrives: its number on the other side and what that side says of it."""

    def __init__(self, number: int, kind: str, classes: list[str]):
        self.number, self.kind, self.classes = number, kind, classes


def pack(value, handle: Callable[[object], int] | None = None) -> bytes:
    """`value` as bytes. `handle` gives a number to what is no data; without it that is refused.

    Raises WireError for a value that is too large, too deep or that may not cross.
    """
    raw = msgpack.packb(_Encoder(handle).encode(value, 0), use_bin_type=True)
    if len(raw) > MAX_BYTES:
        raise WireError(f"el valor ocupa más de {MAX_BYTES // 2**20} MB")
    return raw


def unpack(raw: bytes, handle: Callable[[Unknown], object] | None = None):
    """The value that `pack` made into `raw`; `handle` makes something of each handle in it.

    Raises WireError for anything that `pack` would not have written.
    """
    if len(raw) > MAX_BYTES:
        raise WireError(f"el valor ocupa más de {MAX_BYTES // 2**20} MB")
    try:
        tree = msgpack.unpackb(raw, raw=False, strict_map_key=True, max_map_len=0, max_ext_len=0)
        return _Decoder(handle).decode(tree, 0)
    except WireError:
        raise
    except Exception as error:  # whatever the other side sent, it is no value
        raise WireError(f"la respuesta no es un valor ({type(error).__name__})") from None


class _Counter:
    """Depth and number of the nodes seen so far, within the limits."""

    def __init__(self):
        self.nodes = 0

    def step(self, depth: int, more: int = 1) -> None:
        self.nodes += more
        if depth > MAX_DEPTH:
            raise WireError(f"el valor está anidado a más de {MAX_DEPTH} niveles")
        if self.nodes > MAX_NODES:
            raise WireError(f"el valor tiene más de {MAX_NODES} elementos")


class _Encoder(_Counter):
    def __init__(self, handle):
        super().__init__()
        self.handle = handle

    def encode(self, value, depth):
        self.step(depth)
        kind = type(value)
        if kind in _EXACT or (kind is int and -(2**63) <= value < 2**63):
            return value
        if kind is str:  # halves of characters are no text that could cross
            return printable(value)
        library = self._library(value, kind, depth + 1)
        if library is not None:
            return library
        for base, method in self._METHODS:
            if issubclass(kind, base):
                return method(self, value, depth + 1)
        if self.handle is None:
            raise WireError(f"un objeto de tipo {kind.__name__} no puede enviarse")
        return ["handle", self.handle(value), _kind(value), class_names(kind)]

    def _each(self, values, depth):
        return [self.encode(value, depth) for value in values]

    def _bool(self, value, depth):
        return bool(value)

    def _int(self, value, depth):
        value = int.__index__(value)
        if -(2**63) <= value < 2**63:
            return value
        if value.bit_length() > MAX_INT_BITS:
            raise WireError(f"el entero tiene más de {MAX_INT_BITS} bits")
        return ["int", hex(value)]

    def _float(self, value, depth):
        return float.__float__(value)

    def _str(self, value, depth):
        return self.encode(str.__str__(value), depth)

    def _bytes(self, value, depth):
        return bytes(memoryview(value))

    def _complex(self, value, depth):
        return ["complex", complex.__complex__(value).real, complex.__complex__(value).imag]

    def _defaultdict(self, value, depth):
        return ["defaultdict", self.encode(value.default_factory, depth), self._pairs(value, depth)]

    def _counter(self, value, depth):
        return ["counter", self._pairs(value, depth)]

    def _dict(self, value, depth):
        return ["dict", self._pairs(value, depth)]

    def _pairs(self, value, depth):
        return [self._each(pair, depth) for pair in list(dict.items(value))]

    def _list(self, value, depth):
        return ["list", self._each(list.__iter__(value), depth)]

    def _tuple(self, value, depth):
        return ["tuple", self._each(tuple.__iter__(value), depth)]

    def _set(self, value, depth):
        return ["set", self._each(set.__iter__(value), depth)]

    def _frozenset(self, value, depth):
        return ["frozenset", self._each(frozenset.__iter__(value), depth)]

    def _range(self, value, depth):
        return ["range", *self._each((value.start, value.stop, value.step), depth)]

    def _slice(self, value, depth):
        return ["slice", *self._each((value.start, value.stop, value.step), depth)]

    def _ellipsis(self, value, depth):
        return ["..."]

    def _timedelta(self, value, depth):
        return ["timedelta", value.days, value.seconds, value.microseconds]

    _METHODS = [
        (bool, _bool), (float, _float), (int, _int), (str, _str), ((bytes, bytearray), _bytes),
        (complex, _complex), (collections.defaultdict, _defaultdict),
        (collections.Counter, _counter), (dict, _dict),
        (list, _list), (tuple, _tuple), (set, _set), (frozenset, _frozenset), (range, _range),
        (slice, _slice), (types.EllipsisType, _ellipsis), (datetime.timedelta, _timedelta),
    ]  # fmt: skip

    def _library(self, value, kind, depth):
        """A value of NumPy, torch or pandas, or None; of one that is not loaded there is none."""
        numpy, torch, pandas = map(sys.modules.get, ("numpy", "torch", "pandas"))
        if numpy is not None and issubclass(kind, (numpy.ndarray, numpy.generic)):
            return self._array(value, numpy, depth)
        if torch is not None and issubclass(kind, torch.Tensor):
            return self._tensor(value, torch)
        if pandas is not None and issubclass(kind, (pandas.Series, pandas.DataFrame, pandas.Index)):
            return self._frame(value, pandas, depth)
        return None

    def _array(self, value, numpy, depth):
        scalar = issubclass(type(value), numpy.generic)
        masked = numpy.ma.getmaskarray(value) if isinstance(value, numpy.ma.MaskedArray) else None
        array = numpy.asarray(value).view(numpy.ndarray)
        if masked is not None:
            array = numpy.ma.filled(value.astype(float), numpy.nan)
        if array.dtype.kind == "O":
            self.step(depth, array.size)
            return ["objects", list(array.shape), self._each(array.ravel().tolist(), depth)]
        if array.dtype.kind not in _ARRAY_KINDS:
            raise WireError(f"un arreglo de dtype {array.dtype} no puede enviarse")
        data = numpy.ascontiguousarray(array).tobytes()
        if array.nbytes > MAX_BYTES:
            raise WireError(f"el valor ocupa más de {MAX_BYTES // 2**20} MB")
        return ["scalar" if scalar else "array", array.dtype.str, list(array.shape), data]

    def _tensor(self, value, torch):
        tensor = torch.Tensor.detach(value).cpu()
        if tensor.layout != torch.strided:
            tensor = tensor.to_dense()
        tensor = tensor.resolve_conj().resolve_neg().contiguous()
        name = str(tensor.dtype).removeprefix("torch.")
        if name not in _TENSORS:
            raise WireError(f"un tensor de tipo {name} no puede enviarse")
        learns = bool(value.is_leaf and value.requires_grad)
        data = b""  # no view of an empty one in bytes
        if tensor.numel():
            data = tensor.reshape(-1).view(torch.uint8).numpy().tobytes()
        return ["tensor", name, list(tensor.shape), data, learns]

    def _frame(self, value, pandas, depth):
        if issubclass(type(value), pandas.Index):
            return ["index", self.encode(value.to_numpy(), depth), self.encode(value.name, depth)]
        index = self.encode(value.index.to_numpy(), depth)
        if issubclass(type(value), pandas.Series):
            return ["series", self.encode(value.to_numpy(), depth), index,
                    self.encode(value.name, depth)]  # fmt: skip
        columns = [self.encode(value.iloc[:, k].to_numpy(), depth) for k in range(value.shape[1])]
        return ["frame", columns, self._each(list(value.columns), depth), index]


def printable(text: str) -> str:
    """`text` without halves of characters, which no message takes."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def _kind(value) -> str:
    if isinstance(value, types.FunctionType | types.BuiltinFunctionType | types.MethodType):
        return "function"
    if isinstance(value, type):
        return "class"
    if hasattr(type(value), "__next__"):
        return "iterator"
    return "callable" if callable(value) else "object"


def class_names(kind: type) -> list[str]:
    """The classes of a value by name, its own first."""
    return [f"{base.__module__}:{base.__qualname__}"[:200] for base in kind.__mro__[:20]]


class _Decoder(_Counter):
    def __init__(self, handle):
        super().__init__()
        self.handle = handle

    def decode(self, node, depth):
        self.step(depth)
        if type(node) in _PLAIN:
            return node
        if type(node) is not list or not node or type(node[0]) is not str:
            raise WireError("la respuesta no es un valor")
        method = self._METHODS.get(node[0])
        if method is None:
            raise WireError("la respuesta es de un tipo desconocido")
        return method(self, *node[1:], depth=depth + 1)

    def _each(self, nodes, depth):
        if type(nodes) is not list:
            raise WireError("la respuesta no es un valor")
        return [self.decode(node, depth) for node in nodes]

    def _int(self, text, depth):
        if len(text) > MAX_INT_BITS // 4 + 3:
            raise WireError(f"el entero tiene más de {MAX_INT_BITS} bits")
        return int(text, 16)

    def _complex(self, real, imag, depth):
        return complex(float(real), float(imag))

    def _pairs(self, pairs, depth):
        return {key: value for key, value in (self._each(pair, depth) for pair in pairs)}

    def _defaultdict(self, factory, pairs, depth):
        factory = self.decode(factory, depth)
        if factory is not None and not callable(factory):
            raise WireError("el defaultdict no tiene una función")
        return collections.defaultdict(factory, self._pairs(pairs, depth))

    def _range(self, start, stop, step, depth):
        return range(*self._each([start, stop, step], depth))

    def _slice(self, start, stop, step, depth):
        return slice(*self._each([start, stop, step], depth))

    def _array(self, dtype, shape, data, depth):
        import numpy

        dtype = numpy.dtype(_text(dtype))
        if dtype.kind not in _ARRAY_KINDS or dtype.subdtype or dtype.names:
            raise WireError(f"un arreglo de dtype {dtype} no puede recibirse")
        if dtype.kind == "b":
            _check_booleans(data)
        return numpy.frombuffer(data, dtype).reshape(_shape(shape)).copy()

    def _scalar(self, dtype, shape, data, depth):
        return self._array(dtype, shape, data, depth)[()]

    def _objects(self, shape, items, depth):
        import numpy

        values = self._each(items, depth)
        if math.prod(_shape(shape)) != len(values):
            raise WireError("la respuesta no es un arreglo")
        array = numpy.empty(_shape(shape), dtype=object)
        flat = array.reshape(-1)
        for place, value in enumerate(values):
            flat[place] = value
        return flat.reshape(array.shape)

    def _tensor(self, name, shape, data, learns, depth):
        import torch

        if name not in _TENSORS:
            raise WireError("un tensor de ese tipo no puede recibirse")
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

    def _series(self, data, index, name, depth):
        import pandas

        data, index, name = self._each([data, index, name], depth)
        return pandas.Series(data, index=index, name=name)

    def _frame(self, columns, names, index, depth):
        import pandas

        data = dict(enumerate(self._each(columns, depth)))
        frame = pandas.DataFrame(data, index=self.decode(index, depth))
        frame.columns = self._each(names, depth)
        return frame

    def _handle(self, number, kind, classes, depth):
        if self.handle is None or type(number) is not int:
            raise WireError("un objeto no puede recibirse aquí")
        return self.handle(Unknown(number, _text(kind), [_text(name) for name in classes[:20]]))

    _METHODS = {
        "int": _int, "complex": _complex, "defaultdict": _defaultdict, "range": _range,
        "slice": _slice, "array": _array, "scalar": _scalar, "objects": _objects,
        "tensor": _tensor, "index": _index, "series": _series, "frame": _frame,
        "handle": _handle, "dict": _pairs,
        "counter": lambda self, pairs, depth: collections.Counter(self._pairs(pairs, depth)),
        "...": lambda self, depth: ...,
        "timedelta": lambda self, *parts, depth: datetime.timedelta(*map(int, parts)),
        **{
            name: lambda self, items, depth, make=make: make(self._each(items, depth))
            for name, make in _CONTAINERS.items()
        },
    }  # fmt: skip


def _check_booleans(data: bytes) -> None:
    """NumPy and torch count, and so allocate, by the bytes of a mask."""
    if data.strip(b"\0\1"):
        raise WireError("la respuesta no es un arreglo")


def _text(value) -> str:
    if type(value) is not str or len(value) > 500:
        raise WireError("la respuesta no es un valor")
    return value


def _shape(shape) -> tuple[int, ...]:
    if type(shape) is not list or len(shape) > 32:
        raise WireError("la respuesta no es un arreglo")
    if not all(type(size) is int and 0 <= size < 2**40 for size in shape):
        raise WireError("la respuesta no es un arreglo")
    return tuple(shape)
