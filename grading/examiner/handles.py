"""What the examiner holds instead of a student's functions and objects.

A handle can be called, iterated, and asked for attributes, items and its length; the candidate does
all of that. The handle itself answers nothing that a verdict could rest on: it equals only itself,
has no truth value and becomes no number. NumPy and PyTorch make no array of it either, although it
has a length and items: they ask for the methods below first. (PyTorch does take the items of
handles that stand in a list.) Special methods of the student's class, such as `__eq__` or
`__array_interface__`, are never consulted.
"""

import sys

ASKABLE_DUNDERS = {"__name__", "__qualname__"}  # and __doc__, see there
# What a check takes for a value must be a value: a handle can't claim to be one.
VALUES = (
    "builtins:", "numpy", "pandas", "collections", "_collections_abc:", "numbers:", "decimal:",
    "fractions:", "datetime:", "torch:Tensor", "torch.nn.parameter:",
)  # fmt: skip
LARGEST_BATCH = 256


class NotData(AssertionError):
    """A check used an object as if it were a value."""


def _asked(name: str) -> property:
    return property(lambda self: self._candidate.attribute(self._number, name))


# None of these classes has a docstring: `assert square.__doc__` is about the student's.
class Handle:
    # An object of the student's. `candidate` asks, `unknown` says what came over.

    __doc__ = _asked("__doc__")
    __slots__ = ("_candidate", "_number", "_names")

    def __init__(self, candidate, unknown):
        self._candidate = candidate
        self._number = unknown.number
        self._names = unknown.classes

    @property
    def __class__(self):
        return _claimed(self._names) or type(self)

    def __getattr__(self, name):
        if name.startswith("__") and name not in ASKABLE_DUNDERS:
            raise AttributeError(name)
        return self._candidate.attribute(self._number, name)

    def __getitem__(self, key):
        return self._candidate.item(self._number, key)

    def __len__(self):
        length = self._candidate.length(self._number)
        if type(length) is not int:
            raise self._not_data()
        return length

    def __iter__(self):
        return self._candidate.iterate(self._number)

    def __eq__(self, other):
        return self is other

    def __hash__(self):
        return self._number

    def __bool__(self):
        raise self._not_data()

    def __array__(self, *args, **kwargs):
        raise self._not_data()

    __dlpack__ = __dlpack_device__ = __array__

    def __repr__(self):
        return f"<{self._type_name()}>"

    def __reduce_ex__(self, protocol):
        raise self._not_data()

    def _type_name(self) -> str:
        return self._names[0].rpartition(":")[2] if self._names else "object"

    def _not_data(self) -> NotData:
        return NotData(f"Se esperaba un valor y se recibió un objeto de tipo {self._type_name()}.")


class CallableHandle(Handle):
    # A function, class, model or anything else that can be called.

    __doc__ = _asked("__doc__")
    __slots__ = ()

    def __call__(self, *args, **kwargs):
        return self._candidate.call(self._number, args, kwargs)


class IteratorHandle(Handle):
    # A generator or other iterator; items come over in growing batches.

    __doc__ = _asked("__doc__")
    __slots__ = ("_items", "_batch", "_ended")

    def __init__(self, candidate, unknown):
        super().__init__(candidate, unknown)
        self._items, self._batch, self._ended = [], 1, False

    def __iter__(self):
        return self

    def __next__(self):
        if not self._items and not self._ended:
            items = self._candidate.next_items(self._number, self._batch)
            if type(items) is not list:
                raise self._not_data()
            self._ended = len(items) < self._batch
            self._batch = min(2 * self._batch, LARGEST_BATCH)
            self._items = items[::-1]
        if not self._items:
            raise StopIteration
        return self._items.pop()


KINDS = {"function": CallableHandle, "class": CallableHandle, "callable": CallableHandle,
         "iterator": IteratorHandle}  # fmt: skip


def make_handle(candidate, unknown) -> Handle:
    """The handle for what came over."""
    return KINDS.get(unknown.kind, Handle)(candidate, unknown)


def _claimed(names: list[str]):
    """The first class that an object says it is and that is loaded here; None for a value's."""
    for name in names:
        module_name, _, qualified = name.partition(":")
        if name == "builtins:function":
            return type(_claimed)
        # The student's own module is another one than ours of that name.
        kind = sys.modules.get(module_name) if module_name != "__main__" else None
        for part in qualified.split("."):
            kind = vars(kind).get(part) if hasattr(kind, "__dict__") else None
        if isinstance(kind, type):
            return None if _is_value(kind) else kind
    return None


def _is_value(kind: type) -> bool:
    """Whether a class is one of `VALUES` or made of one, by whatever name it was found."""
    names = [f"{base.__module__}:{base.__qualname__}" for base in kind.__mro__[:-1]]
    return kind is object or any(name.startswith(VALUES) for name in names)
