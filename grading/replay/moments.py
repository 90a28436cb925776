"""The state of a training at one moment, as a submission's kernel sends it: read as plain numbers.

`candidate_kernel.state.Reader` makes such a state into a tree and `candidate_kernel.wire` into
msgpack. It is read here without either of them: numbers become NumPy arrays and nothing else of it
is made into an object, because the bytes may be anybody's.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

import msgpack
import numpy as np

FLOATS = {"float16": "<f2", "float32": "<f4", "float64": "<f8", "complex64": "<c8",
          "complex128": "<c16"}  # fmt: skip
INTEGERS = {"int8": "<i1", "int16": "<i2", "int32": "<i4", "int64": "<i8", "uint8": "<u1",
            "bool": "|b1"}  # fmt: skip
DEEPEST = 60  # containers within each other
MOST = 200_000  # nodes of one state
# Of an optimizer: how it computes and what its parameters are called, not what it computes.
WAYS = frozenset(map(repr, ["foreach", "fused", "capturable", "differentiable", "param_names"]))
DECAY, DECOUPLED = "'weight_decay'", "'decoupled_weight_decay'"  # nothing where the decay is 0

Path = tuple  # of keys and places, from the names in `epochs(…)` down


@dataclass
class Moment:
    """leaves: path → what stands there: an array of numbers, or a text for what must be equal.
    forms: path → what kind of object is there, with its length or its keys. shared: the groups of
    paths at which one and the same object stands. generators: the states of the random generators
    that have moved since the start, as bytes.
    """

    leaves: dict[Path, np.ndarray | str] = field(default_factory=dict)
    forms: dict[Path, str] = field(default_factory=dict)
    shared: set[frozenset[Path]] = field(default_factory=set)
    generators: bytes = b""

    @classmethod
    def read(cls, raw: bytes) -> Moment:
        """Raises ValueError for bytes that are no state."""
        try:
            kind, (tree, generators) = msgpack.unpackb(
                raw, raw=False, strict_map_key=True, max_map_len=0, max_ext_len=0
            )
            if kind != "tuple":
                raise ValueError("not a pair")
            moment = cls(generators=msgpack.packb(generators))
            _Walk(moment).all(tree, ())
        except ValueError:
            raise
        except Exception as error:  # msgpack's errors, and those of trees of another form
            raise ValueError(f"no state ({type(error).__name__})") from None
        return moment


class _Walk:
    """Goes through one tree; objects are numbered in the order in which a `Reader` met them."""

    def __init__(self, moment: Moment, nodes: int = 0):
        self._moment, self._nodes = moment, nodes
        self._places: dict[int, list[Path]] = defaultdict(list)
        self._numbers = 0

    def all(self, node, path: Path) -> None:
        self._node(node, path, 0)
        self._moment.shared |= {frozenset(each) for each in self._places.values() if len(each) > 1}

    def _node(self, node, path: Path, depth: int) -> None:
        self._nodes += 1
        if depth > DEEPEST or self._nodes > MOST:
            raise ValueError("too deep or too large a state")
        if not _is_object(node):
            self._moment.leaves[path] = _leaf(node)
            return
        kind, *content = node[1]
        if kind == "same":
            self._places[content[0]].append(path)
            return
        if kind != "tuple":
            self._places[self._numbers].append(path)
            self._numbers += 1
        getattr(self, f"_{kind}")(path, depth + 1, *content)

    def _list(self, path, depth, items):
        items = _items(items)
        self._moment.forms[path] = "sequence"
        if all(map(_is_number, items)):  # such as losses: one row of numbers
            numbers = [_number(item) for item in items]
            self._moment.leaves[path] = np.array(numbers, dtype=np.float64)
            return
        self._moment.forms[path] = f"sequence of {len(items)}"
        for place, item in enumerate(items):
            self._node(item, (*path, place), depth)

    _tuple = _list

    def _dict(self, path, depth, keys, trees):
        names = [repr(key) for key in _items(keys)]
        self._moment.forms[path] = f"dict of {', '.join(sorted(names))}"
        for name, tree in zip(names, _items(trees), strict=True):
            self._node(tree, (*path, name), depth)

    def _array(self, path, depth, value, order):
        self._moment.forms[path] = "array"
        self._moment.leaves[path] = _leaf(value)

    def _tensor(self, path, depth, value, form):
        self._moment.forms[path] = f"tensor, learns: {value[4]}"
        self._moment.leaves[path] = _leaf(value)

    def _module(self, path, depth, trees, training):
        flags = sorted(set(_items(training)))
        self._moment.forms[path] = f"module, training: {flags}"
        for place, tree in enumerate(_items(trees)):
            self._node(tree, (*path, place), depth)

    def _optimizer(self, path, depth, state, parameters):
        _Walk(self._moment, self._nodes).all(state, (*path, "state"))
        self._leave_out_ways(path)
        for place, tree in enumerate(_items(parameters)):
            self._node(tree, (*path, "parameters", place), depth)

    def _leave_out_ways(self, path: Path) -> None:
        """Forget what an optimizer says about how it computes, and that it has nothing."""
        leaves, forms = self._moment.leaves, self._moment.forms
        within = (*path, "state")
        for each in [leaf for leaf in leaves if leaf[: len(within)] == within]:
            nothing = isinstance(leaves[each], str) and leaves[each] == "null"
            plain = each[-1] == DECOUPLED and not np.any(leaves[(*each[:-1], DECAY)])
            if nothing or plain or WAYS.intersection(each):
                del leaves[each]
        for each in [form for form in forms if form[: len(within)] == within]:
            if WAYS.intersection(each):
                del forms[each]
            else:
                forms[each] = forms[each].partition(" of ")[0]


def _is_object(node) -> bool:
    """Whether a node is a tuple of `Reader`'s, and not a plain value."""
    return type(node) is list and node[0] == "tuple" and type(node[1]) is list


def _items(node) -> list:
    kind, items = node
    if kind not in ("list", "tuple") or type(items) is not list:
        raise ValueError("not a list")
    return items


def _is_number(node) -> bool:
    if type(node) in (int, float):
        return True
    return type(node) is list and node[0] == "scalar" and np.dtype(node[1]).kind in "fiu"


def _number(node) -> float:
    return float(node) if type(node) in (int, float) else float(_leaf(node))


def _leaf(node) -> np.ndarray | str:
    """Numbers as an array in their own precision; anything else as a text to compare."""
    if type(node) in (int, float):
        return np.array(node, dtype=np.float64)
    if type(node) is not list:
        return "null" if node is None else repr(node)
    kind, *content = node
    if kind in ("array", "scalar", "tensor"):
        name, shape, data = content[:3]
        dtype = np.dtype({**FLOATS, **INTEGERS}.get(name, "V2") if kind == "tensor" else name)
        if dtype.kind in "fciub":
            return np.frombuffer(data, dtype).reshape(shape)
        return repr((name, shape, data))
    return repr(node)
