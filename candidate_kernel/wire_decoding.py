"""Values from the trees that `wire.unpack` has read, whoever wrote them."""

import collections
import datetime
import math

from .wire_rules import ARRAY_KINDS, MAX_INT_BITS, TENSOR_TYPES, NodeCounter, Unknown, WireError

_PLAIN = frozenset([type(None), bool, float, bytes, int, str])
_CONTAINERS = {"list": list, "tuple": tuple, "set": set, "frozenset": frozenset}


class Decoder(NodeCounter):
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
        if dtype.kind not in ARRAY_KINDS or dtype.subdtype or dtype.names:
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

        if name not in TENSOR_TYPES:
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
