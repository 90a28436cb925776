"""Reads what a training loop changes in place, as data, and fills the same objects with such data.

A `Reader` makes a tree that `wire` can pack. Plain values (numbers, text, bytes, None) stand for
themselves; everything else is a tuple whose first item names its kind. An object that was met
before, or whose reading has begun, is ("same", its number), so that aliases and cycles are kept.
A `Filler` gives objects the content of such a tree, in place where they exist already.
"""

import sys
from collections import OrderedDict, defaultdict

PLAIN = frozenset([type(None), bool, int, float, complex, str, bytes])
DICTS = (dict, OrderedDict, defaultdict)
NUMBERS_AND_TEXT = "biufcSUMm"  # the kinds of dtype that hold no reference to an object


class NoState(Exception):
    """A state that can't be taken over. `why` is a word for the reason, `name` where it lies."""

    def __init__(self, why: str, name: str = ""):
        super().__init__(why, name)
        self.why, self.name = why, name


class Reader:
    """Reads one moment of a state.

    objects: path → the object that is changed in place there; attributes: path → what modules keep
    beside their parameters and buffers, which a fill would not renew.
    """

    def __init__(self):
        self.objects: dict[tuple, object] = {}
        self.attributes: dict[tuple, object] = {}
        self._numbers: dict[int, int] = {}

    def read(self, value, path: tuple = ()):
        """The tree of `value`. Raises NoState where it holds what is neither data nor a model."""
        kind = type(value)
        if _is_plain(value):
            return value
        if isinstance(value, tuple):  # a NamedTuple, too
            return ("tuple", self._each(tuple(value), path))
        method = self._method(value)
        if method is None:
            raise NoState("kind", f"{_top(path)}: {kind.__name__}")
        if id(value) in self._numbers:
            return ("same", self._numbers[id(value)])
        self._numbers[id(value)] = len(self._numbers)
        self.objects[path] = value  # held, so that no other object gets its id
        return method(self, value, path)

    def _method(self, value):
        numpy, torch = sys.modules.get("numpy"), sys.modules.get("torch")
        kind = type(value)
        if kind is list or kind in DICTS:
            return Reader._list if kind is list else Reader._dict
        if numpy is not None and kind is numpy.ndarray:
            return Reader._array
        if torch is None:
            return None
        if kind in (torch.Tensor, torch.nn.Parameter):
            return Reader._tensor
        if isinstance(value, torch.nn.Module):
            return Reader._module
        return Reader._optimizer if isinstance(value, torch.optim.Optimizer) else None

    def _each(self, values, path):
        return [self.read(value, (*path, place)) for place, value in enumerate(values)]

    def _list(self, value, path):
        return ("list", self._each(value, path))

    def _dict(self, value, path):
        if not all(_is_key(key) for key in value):
            raise NoState("kind", f"{_top(path)}: a key")
        return ("dict", list(value), [self.read(item, (*path, k)) for k, item in value.items()])

    def _array(self, value, path):
        if value.dtype.kind not in NUMBERS_AND_TEXT or not value.flags.writeable:
            raise NoState("kind", f"{_top(path)}: an array that can't be filled")
        return ("array", value, _order(value))

    def _tensor(self, value, path):
        torch = sys.modules["torch"]
        strided = value.layout is torch.strided and value.device.type == "cpu"
        if not (strided and value.is_leaf) or value.is_conj() or value.is_neg():
            raise NoState("kind", f"{_top(path)}: a tensor that can't be filled")
        return ("tensor", value, type(value).__name__)

    def _module(self, value, path):
        for name, module in value.named_modules():
            if type(module).get_extra_state is not sys.modules["torch"].nn.Module.get_extra_state:
                raise NoState("kind", f"{_top(path)}: {type(module).__name__}")
            for key, kept in vars(module).items():
                if key != "training":
                    self.attributes[*path, name, key] = kept
        trees = [self.read(part, (*path, name)) for name, part in _parts(value)]
        return ("module", trees, [module.training for module in value.modules()])

    def _optimizer(self, value, path):
        state = Reader().read(value.state_dict(), path)
        return ("optimizer", state, self._each(_parameters(value), path))


class Filler:
    """Gives objects the content that a `Reader` has read, in the order in which it met them."""

    def __init__(self):
        self._objects: list = []

    def fill(self, value, tree):
        """`value` with the content of `tree`, or what stands in its place where it can't be."""
        if type(tree) is not tuple:
            return tree
        kind, *content = tree
        if kind == "same":
            return self._objects[content[0]]
        return getattr(self, f"_{kind}")(value, *content)

    def _known(self, value):
        self._objects.append(value)
        return value

    def _tuple(self, value, trees):
        return self._sequence(value if isinstance(value, (tuple, list)) else (), trees)

    def _sequence(self, old, trees):
        """`old` with other items; a tuple stays the same one where its items do."""
        new = self._each(old, trees)
        if isinstance(old, list):
            old[:] = new
            return old
        kept = len(old) == len(new) and all(a is b for a, b in zip(old, new, strict=True))
        return old if kept else tuple(new)

    def _each(self, old, trees):
        return [self.fill(old[k] if k < len(old) else None, each) for k, each in enumerate(trees)]

    def _list(self, value, trees):
        known = self._known(value if isinstance(value, (tuple, list)) else [])
        return self._sequence(known, trees)

    def _dict(self, value, keys, trees):
        value = self._known(value if type(value) in DICTS else {})
        new = {k: self.fill(value.get(k), tree) for k, tree in zip(keys, trees, strict=True)}
        value.clear()
        value.update(new)
        return value

    def _array(self, value, content, order):
        numpy = sys.modules["numpy"]
        if type(value) is numpy.ndarray and _holds(value, content):
            value[...] = content
        else:
            value = numpy.asarray(content, order="F" if order == "F" else "C")
        return self._known(value)

    def _tensor(self, value, content, kind):
        torch = sys.modules["torch"]
        if isinstance(value, torch.Tensor) and _holds(value, content):
            with torch.no_grad():
                value.copy_(content)
            value.requires_grad_(content.requires_grad)
        else:
            value = content
        return self._known(value)

    def _module(self, value, trees, training):
        self._known(value)
        for (_, part), tree in zip(_parts(value), trees, strict=True):
            self.fill(part, tree)
        modules = list(value.modules())
        alike = training[:1] * len(modules)  # one without parameters may be there or not
        flags = alike if len(set(training)) == 1 else training
        for module, flag in zip(modules, flags, strict=True):
            module.training = flag
        return value

    def _optimizer(self, value, state, trees):
        self._known(value)
        self._each(_parameters(value), trees)
        value.load_state_dict(Filler().fill(None, state))
        return value


def _holds(value, content) -> bool:
    """Whether an array or a tensor can be given a content: numbers of another precision are."""
    if value.shape != content.shape:
        return False
    return value.dtype == content.dtype or _is_float(value.dtype) and _is_float(content.dtype)


def _is_float(dtype) -> bool:
    return dtype.kind == "f" if hasattr(dtype, "kind") else dtype.is_floating_point


def _is_plain(value) -> bool:
    kind, numpy = type(value), sys.modules.get("numpy")
    if kind is str and not value.isascii():
        return value == value.encode("utf-8", "replace").decode()  # no halves of characters
    if kind in PLAIN:
        return True
    if numpy is None or not issubclass(kind, numpy.generic):
        return False
    return kind.__module__ == "numpy" and value.dtype.kind in NUMBERS_AND_TEXT


def _is_key(key) -> bool:
    return all(map(_is_key, key)) if type(key) is tuple else _is_plain(key)


def _order(array) -> str:
    """How an array lies in memory: sums over it may add in another order."""
    if array.flags.c_contiguous:
        return "C"
    return "F" if array.flags.f_contiguous else "strided"


def _parts(module) -> list:
    """A module's parameters and buffers by name, shared ones under each of their names."""
    return [
        *module.named_parameters(remove_duplicate=False),
        *module.named_buffers(remove_duplicate=False),
    ]


def _parameters(optimizer) -> list:
    return [parameter for group in optimizer.param_groups for parameter in group["params"]]


def _top(path: tuple) -> str:
    return str(path[0]) if path else ""
