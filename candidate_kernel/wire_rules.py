"""What may cross between the two processes of a verdict, and how much of it."""

import enum

from .wire_words import sentence

MAX_BYTES = 256 * 1024 * 1024
MAX_DEPTH = 60
MAX_NODES = 5_000_000
MAX_INT_BITS = 100_000
ARRAY_KINDS = "biufcSUMm"  # numbers, text and dates: these kinds hold no reference to an object
TENSOR_TYPES = {
    "bool", "uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64",
    "bfloat16", "complex64", "complex128",
}  # fmt: skip
_BINARY = ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul")
# Operators by their names in the module `operator`; each is the special method __NAME__.
OPERATORS = (
    "eq", "lt", "le", "gt", "ge", "abs", "neg", "pos", "invert", "round",
    *_BINARY, *(f"r{name}" for name in _BINARY),
)  # fmt: skip
SPECIAL = {f"__{name}__" for name in OPERATORS}
# Special methods that what stands for an object of a test's may have.
STAND_IN_METHODS = (
    *(f"__{name}__" for name in OPERATORS), "__ne__", "__hash__", "__bool__", "__len__", "__iter__",
    "__next__", "__reversed__", "__contains__", "__getitem__", "__setitem__", "__delitem__",
    "__call__", "__str__", "__repr__", "__format__", "__int__", "__float__", "__complex__",
    "__index__", "__enter__", "__exit__", "__divmod__",
    *(f"__i{name}__" for name in _BINARY),
)  # fmt: skip
INSTANCE = "_kernel_handle"  # the attribute of a value by which it keeps the handle it came with
# Enumerations whose members are numbers or texts, by what they are made of.
MEMBERS = {"IntEnum": enum.IntEnum, "StrEnum": enum.StrEnum, "int": int, "str": str}
DATA_CLASSES = {
    kind.__name__: kind
    for kind in (bool, int, float, complex, str, bytes, list, tuple, dict, set, frozenset)
}


class WireError(ValueError):
    """A value that may not cross, or bytes that are no value; its text says why, to the student.

    key, values: of the sentence, see `wire_words`.
    """

    def __init__(self, key: str, **values: object):
        super().__init__(sentence(key, **values))


class Unknown:
    """A handle as it arrives: its number, kind and classes, as the other side says them.

    bases: of an exception class, the exception classes that it is made of. text: of an exception.
    """

    def __init__(self, number: int, kind: str, classes: list[str], bases: list = (), text=""):
        self.number, self.kind, self.classes = number, kind, classes
        self.bases, self.text = bases, text


class NodeCounter:
    """Depth and number of the nodes seen so far, within the limits."""

    def __init__(self):
        self.nodes = 0

    def step(self, depth: int, more: int = 1) -> None:
        self.nodes += more
        if depth > MAX_DEPTH:
            raise WireError("too_deep", levels=MAX_DEPTH)
        if self.nodes > MAX_NODES:
            raise WireError("too_many", count=MAX_NODES)


def printable(text: str) -> str:
    """`text` without lone surrogates, which UTF-8 can't encode."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()
