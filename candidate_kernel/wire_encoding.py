"""Values as the trees that `wire.pack` writes."""

import collections
import datetime
import decimal
import enum
import fractions
import pathlib
import sys
import types

from .wire_frames import tree_of
from .wire_rules import (
    ARRAY_KINDS,
    DATA_CLASSES,
    INSTANCE,
    MAX_BYTES,
    MAX_INT_BITS,
    MEMBERS,
    SPECIAL,
    STAND_IN_METHODS,
    TENSOR_TYPES,
    NodeCounter,
    WireError,
    printable,
)

MAX_ERROR_TEXT = 2000
SHARED = (list, dict, set)
_EXACT = frozenset([type(None), bool, float, bytes])


LIBRARIES = sys.stdlib_module_names | {"numpy", "pandas", "torch"}
CHANGEABLE = (list, dict, set, collections.deque)
_TIMES = (datetime.datetime, datetime.date, datetime.time)


class Encoder(NodeCounter):
    def __init__(self, handle, lends=False):
        super().__init__()
        self.handle, self.lends = handle, lends
        # By id: the containers so far with their places, kept so that no other one gets its id.
        self._made: dict[int, tuple[int, object]] = {}
        self._count = 0

    def encode(self, value, depth):
        self.step(depth)
        kind = type(value)
        if kind in _EXACT or (kind is int and -(2**63) <= value < 2**63):
            return value
        if kind in SHARED and id(value) in self._made:  # one object stays one object
            return ["again", self._made[id(value)][0]]
        if kind is str:  # lone surrogates could not cross
            return printable(value)
        library = self._library(value, kind, depth + 1)
        if library is not None:
            return library
        # A handle of the examiner's has no attributes of its own: it would ask for `__dict__`.
        if self.handle is not None and kind.__dictoffset__ and INSTANCE in vars(value):
            return self._object(vars(value)[INSTANCE])
        if kind is type and value in DATA_CLASSES.values():
            return ["class", value.__name__]
        for base, method in self._METHODS:
            if issubclass(kind, base):
                if self.handle is None or not _is_own(kind):
                    return method(self, value, depth + 1)
                if _is_object(kind, self.lends):
                    break
                return ["instance", method(self, value, depth + 1), self._object(value)]
        return self._object(value)

    def _object(self, value):
        kind = type(value)
        if self.handle is None:
            raise WireError("object_out", type=kind.__name__)
        number = self.handle(value)
        if number > 0 and issubclass(kind, type) and issubclass(value, BaseException):
            bases = [
                self._object(base) for base in value.__bases__ if issubclass(base, BaseException)
            ]
            return ["error class", number, class_names(value), bases]
        if number > 0 and issubclass(kind, BaseException):
            return ["error", number, self._object(kind), text_of(value)]
        return ["handle", number, _kind(value), class_names(kind)]

    def _each(self, values, depth):
        return [self.encode(value, depth) for value in values]

    def _bool(self, value, depth):
        return bool(value)

    def _member(self, value, depth):
        """A member of an enumeration of numbers or texts; members of any other are objects."""
        base = next((name for name, base in MEMBERS.items() if isinstance(value, base)), None)
        if base is None:
            return self._object(value)
        if isinstance(value, enum.Flag):  # several members together have no name of their own
            return self._int(value, depth)
        plain = self.encode(value._value_, depth)
        return ["member", base, type(value).__name__, value._name_, plain]

    def _int(self, value, depth):
        value = int.__index__(value)
        if -(2**63) <= value < 2**63:
            return value
        if value.bit_length() > MAX_INT_BITS:
            raise WireError("too_long", bits=MAX_INT_BITS)
        return ["int", hex(value)]

    def _float(self, value, depth):
        return float.__float__(value)

    def _str(self, value, depth):
        return self.encode(str.__str__(value), depth)

    def _bytes(self, value, depth):
        return bytes(memoryview(value))

    def _bytearray(self, value, depth):
        return ["bytearray", bytes(value)]

    def _path(self, value, depth):
        return ["path", printable(str(value))]

    def _complex(self, value, depth):
        return ["complex", complex.__complex__(value).real, complex.__complex__(value).imag]

    def _defaultdict(self, value, depth):
        return ["defaultdict", self.encode(value.default_factory, depth), self._pairs(value, depth)]

    def _counter(self, value, depth):
        return ["counter", self._pairs(value, depth)]

    def _dict(self, value, depth):
        return self._noted(value, ["dict", self._pairs(value, depth)])

    def _pairs(self, value, depth):
        return [self._each(pair, depth) for pair in list(dict.items(value))]

    def _list(self, value, depth):
        return self._noted(value, ["list", self._each(list.__iter__(value), depth)])

    def _tuple(self, value, depth):
        items = self._each(tuple.__iter__(value), depth)
        names = getattr(type(value), "_fields", None)
        if type(names) is tuple and len(names) == len(items):
            return ["namedtuple", type(value).__name__, self._each(names, depth), items]
        return ["tuple", items]

    def _deque(self, value, depth):
        return ["deque", self._each(collections.deque.__iter__(value), depth), value.maxlen]

    def _keys(self, value, depth):
        return ["keys", self._each(value, depth)]

    def _items(self, value, depth):
        return ["items", self._each(value, depth)]

    def _fraction(self, value, depth):
        return ["fraction", *self._each((value.numerator, value.denominator), depth)]

    def _decimal(self, value, depth):
        return ["decimal", decimal.Decimal.__str__(value)]

    def _time(self, value, depth):
        """A date, a time or both. A time zone crosses as its distance from UTC."""
        kind = next(kind for kind in _TIMES if isinstance(value, kind))
        return [kind.__name__, kind.isoformat(value)]

    def _set(self, value, depth):
        return self._noted(value, ["set", self._each(set.__iter__(value), depth)])

    def _noted(self, value, tree):
        self._made[id(value)] = self._count, value
        self._count += 1
        return tree

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
        (enum.Enum, _member), (bool, _bool), (float, _float), (int, _int), (str, _str),
        (bytes, _bytes), (bytearray, _bytearray), (pathlib.PurePath, _path),
        (complex, _complex), (collections.defaultdict, _defaultdict),
        (collections.Counter, _counter), (dict, _dict),
        (list, _list), (tuple, _tuple), (set, _set), (frozenset, _frozenset), (range, _range),
        (slice, _slice), (types.EllipsisType, _ellipsis), (datetime.timedelta, _timedelta),
        (collections.deque, _deque), (type({}.keys()), _keys), (type({}.items()), _items),
        (fractions.Fraction, _fraction), (decimal.Decimal, _decimal), (_TIMES, _time),
    ]  # fmt: skip

    def _library(self, value, kind, depth):
        """The tree of a value of NumPy, torch or pandas; None for any other value."""
        numpy, torch, pandas = map(sys.modules.get, ("numpy", "torch", "pandas"))
        if numpy is not None and issubclass(kind, (numpy.ndarray, numpy.generic)):
            return self._array(value, numpy, depth)
        if torch is not None and issubclass(kind, torch.Tensor):
            return self._tensor(value, torch)
        if pandas is not None and issubclass(kind, (pandas.Series, pandas.DataFrame, pandas.Index)):
            return tree_of(self, value, pandas, depth)
        if pandas is not None and issubclass(kind, (pandas.Timestamp, type(pandas.NaT))):
            return ["timestamp", value.isoformat()]
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
            raise WireError("array_out", dtype=array.dtype)
        data = numpy.ascontiguousarray(array).tobytes()
        if array.nbytes > MAX_BYTES:
            raise WireError("too_large", mb=MAX_BYTES // 2**20)
        return ["scalar" if scalar else "array", array.dtype.str, list(array.shape), data]

    def _tensor(self, value, torch):
        tensor = torch.Tensor.detach(value).cpu()
        if tensor.layout != torch.strided:
            tensor = tensor.to_dense()
        tensor = tensor.resolve_conj().resolve_neg().contiguous()
        name = str(tensor.dtype).removeprefix("torch.")
        if name not in TENSOR_TYPES:
            raise WireError("tensor_out", type=name)
        learns = bool(value.is_leaf and value.requires_grad)
        data = b""  # no view of an empty one in bytes
        if tensor.numel():
            data = tensor.reshape(-1).view(torch.uint8).numpy().tobytes()
        return ["tensor", name, list(tensor.shape), data, learns]


def _is_own(kind: type) -> bool:
    """Whether a class is the student's own: an object of it means more to their code than data."""
    return kind.__module__.partition(".")[0] not in LIBRARIES


def _is_object(kind: type, lends: bool) -> bool:
    """Whether a class of one's own holds data but is used as an object.

    That is a container whose methods may change it, and a tuple that has operators of its own.
    lends: as for `wire.pack`.
    """
    own = {name for base in kind.__mro__ if _is_own(base) for name in vars(base)
           if callable(vars(base)[name])}  # fmt: skip
    if issubclass(kind, CHANGEABLE):
        special = own.intersection(STAND_IN_METHODS) if lends else ()
        return bool(special) or any(not name.startswith("_") for name in own)
    enumeration = issubclass(kind, enum.Enum) and not issubclass(kind, (int, str))
    return enumeration or issubclass(kind, tuple) and not own.isdisjoint(SPECIAL)


def _kind(value) -> str:
    if isinstance(value, types.FunctionType | types.BuiltinFunctionType | types.MethodType):
        return "function"
    if isinstance(value, type):
        return "class"
    if hasattr(type(value), "__next__"):
        return "iterator"
    return "callable" if callable(value) else "object"


def text_of(error: BaseException) -> str:
    """An exception's text; none where it fails to say it."""
    try:
        return printable(str(error)[:MAX_ERROR_TEXT])
    except Exception:  # an exception class of the student's may fail to describe itself
        return ""


def class_names(kind: type) -> list[str]:
    """The classes of a value by name, its own first."""
    return [f"{base.__module__}:{base.__qualname__}"[:200] for base in kind.__mro__[:20]]
