"""Handles by what they stand for: functions, classes, iterators and all other objects."""

import inspect
from functools import lru_cache

from candidate_kernel.wire_rules import INSTANCE
from grading.examiner.claims import claimed_class, loaded_class
from grading.examiner.handles import Handle, asked
from grading.examiner.student_errors import StudentError, error_class, made_error
from grading.examiner.subclassing import base_of

LARGEST_BATCH = 256


# None of these classes has a docstring, as in `grading.examiner.handles`.
class CallableHandle(Handle):
    # A function, class, model or anything else that can be called.

    __doc__ = asked("__doc__")
    __module__ = asked("__module__")
    __slots__ = ()

    def __call__(self, *args, **kwargs):
        return self._candidate.call(self._number, args, kwargs)

    @property
    def __signature__(self):
        if self._candidate.has(self._number, "__wrapped__"):
            wrapped = self._candidate.attribute(self._number, "__wrapped__")
            if callable(wrapped) and not isinstance(wrapped, Handle):  # a function of the test's
                return inspect.signature(wrapped)
        empty = inspect.Parameter.empty
        parameters, returned = self._candidate.signature(self._number)
        return inspect.Signature(
            [
                inspect.Parameter(
                    name,
                    inspect._ParameterKind(kind),
                    default=default[0] if default else empty,
                    annotation=annotation[0] if annotation else empty,
                )
                for name, kind, default, annotation in parameters
            ],
            return_annotation=returned[0] if returned else empty,
        )


class ClassHandle(CallableHandle):
    # A class of the student's.

    __doc__ = asked("__doc__")
    __module__ = asked("__module__")
    __slots__ = ()

    @property
    def __class__(self):
        return type

    @property
    def __bases__(self):
        bases = zip(*self._candidate.bases(self._number), strict=True)
        return tuple(loaded_class(name) or base for name, base in bases)

    def __mro_entries__(self, bases):
        return (base_of(self),)

    def __instancecheck__(self, instance):
        if not isinstance(instance, Handle):
            instance = getattr(instance, "__dict__", {}).get(INSTANCE)
            if instance is None:
                return False
        return self._candidate.is_instance(instance._number, self._number) is True

    def __subclasscheck__(self, other):
        if not isinstance(other, ClassHandle):
            return False
        return self._candidate.is_subclass(other._number, self._number) is True


class IteratorHandle(Handle):
    # A generator or other iterator. `next` takes one item; a loop takes them in growing batches.

    __doc__ = asked("__doc__")
    __module__ = asked("__module__")
    __slots__ = ("_items", "_batch", "_ended")

    def __init__(self, candidate, unknown):
        super().__init__(candidate, unknown)
        self._items, self._batch, self._ended = [], 0, False

    def __iter__(self):
        self._batch = max(self._batch, 1)
        return self

    def __next__(self):
        if not self._batch:
            return self._step("next")
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

    def send(self, value):
        return self._step("send", value)

    def throw(self, kind, value=None, traceback=None):
        return self._step("throw", kind if value is None else value)

    def close(self):
        self._candidate.step(self._number, "close", ())

    def _step(self, how: str, *values):
        if self._items:
            return self._items.pop()
        step = self._candidate.step(self._number, how, values)
        if type(step) is not tuple or len(step) != 2:
            raise self._not_data()
        if step[0] is True:
            return step[1]
        raise StopIteration(step[1])


KINDS = {"function": CallableHandle, "class": ClassHandle, "callable": CallableHandle,
         "iterator": IteratorHandle}  # fmt: skip


def make_handle(candidate, unknown) -> Handle | StudentError | type[StudentError]:
    """The handle for what came over, of a class of the same name as the student's; for exceptions
    and their classes one that can be raised and caught."""
    if unknown.kind == "error class":
        return error_class(ClassHandle(candidate, unknown), unknown)
    if unknown.kind == "error":
        return made_error(Handle(candidate, unknown), unknown)
    kind = KINDS.get(unknown.kind, Handle)
    title = unknown.classes[0].rpartition(":")[2] if unknown.classes else kind.__name__
    return _of_name(kind, title.rpartition(".")[2])(candidate, unknown)


@lru_cache(maxsize=1000)
def _of_name(kind: type[Handle], title: str) -> type[Handle]:
    special = {name: asked(name) for name in ("__doc__", "__module__")}
    return type(title.replace("\0", ""), (kind,), {"__slots__": (), **special})


class _TypeOfType(type):
    """The class of `Type`, so that `Type` answers as `type` does."""

    def __call__(cls, *args, **kwargs):
        if cls is not Type:  # a class of a test's own that is made of `type`
            return super().__call__(*args, **kwargs)
        handle = args[0] if len(args) == 1 else None
        if not issubclass(type(handle), Handle):
            handle = getattr(handle, "__dict__", {}).get(INSTANCE)
        if handle is not None:
            names = handle._names[:1]
            known = Type if names == ["builtins:type"] else claimed_class(names)
            return known or handle._candidate.type_of(handle._number)
        kind = type(*args, **kwargs)
        return Type if kind in (type, _TypeOfType) else kind

    def __instancecheck__(cls, instance):
        return isinstance(instance, type)

    def __subclasscheck__(cls, kind):
        return issubclass(kind, type)


class Type(type, metaclass=_TypeOfType):
    """`type` for tests: the class of a student's object is the student's class."""
