"""Values as the trees that `wire.pack` writes."""

import collections
import datetime
import sys
import types

from .wire_rules import (
    ARRAY_KINDS,
    MAX_BYTES,
    MAX_INT_BITS,
    TENSOR_TYPES,
    NodeCounter,
    WireError,
    printable,
)

_EXACT = frozenset([type(None), bool, float, bytes])


class Encoder(NodeCounter):
    def __init__(self, handle):
        super().__init__()
        self.handle = handle

    def encode(self, value, depth):
        self.step(depth)
        kind = type(value)
        if kind in _EXACT or (kind is int and -(2**63) <= value < 2**63):
            return value
        if kind is str:  # lone surrogates could not cross
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
        """The tree of a value of NumPy, torch or pandas; None for any other value."""
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
        if array.dtype.kind not in ARRAY_KINDS:
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
        if name not in TENSOR_TYPES:
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
