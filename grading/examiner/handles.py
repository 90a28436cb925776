"""What the examiner holds instead of a student's functions and objects.

A handle can be called, iterated, and asked for attributes, items, its length and its text; the
candidate does all of that. A value of the test's, such as the right answer, is never shown to an
object that could then agree with it:

- An object that is a number (`float(x)` or `operator.index(x)` gives one) says which before
  anything else is asked. It is computed with here, by the operators that its class has.
- An object whose class compares in a way of its own is asked about a thousand numbers at once, of
  which the test's is one, and must equal that one alone, see `grading.examiner.decoys`.
- A dataclass says its fields, and a list or dictionary of the student's own class what it holds;
  that is compared here.
- What two objects of the submission give together, `a == b` or `a + b`, the candidate says.
- An object of a class that the master defines may be computed with: `Vector(1, 2) * 3`. What comes
  of it is an object too, and no number is taken of that one: it has seen a value of the test's.

- Only an object that a test has made of a class which the master defines has a truth value and says
  what is in it, as its class has it. No `__exit__` of the student's ends an exception.

NumPy and PyTorch make no array of it: they ask for the methods
below first. (PyTorch does take the items of handles that stand in a list.) Other special methods of
the student's class, such as `__array_interface__`, are never consulted.
"""

import dataclasses
import operator
from numbers import Number

from candidate_kernel.wire_rules import INSTANCE
from grading.examiner.claims import claimed_class
from grading.examiner.decoys import among_decoys
from grading.examiner.operators import BINARY, ORDER, UNARY, Operators
from grading.words import say

# Special attributes that are asked for like any other. None of them has NumPy or another library
# take an object for a value.
ASKABLE_DUNDERS = {
    "__name__", "__qualname__", "__wrapped__", "__annotations__", "__defaults__", "__kwdefaults__",
    "__code__", "__closure__", "__self__", "__func__", "__dict__", "__mro__", "__slots__",
    "__init__", "__version__", "__file__", "__all__",
    "__abstractmethods__", "__isabstractmethod__", "__dataclass_fields__", "__match_args__",
}  # fmt: skip
# Handles have these; a test that asks whether an object has one means the student's class.
SPECIAL_METHODS = {
    "__len__", "__iter__", "__next__", "__getitem__", "__setitem__", "__float__", "__int__",
    "__index__", "__complex__", "__round__", "__bool__", "__contains__", "__enter__",
    "__exit__", "send", "throw", "close",
    *(f"__{name}__" for name in UNARY + BINARY + ORDER), *(f"__r{name}__" for name in BINARY),
}  # fmt: skip
OWN_ATTRIBUTES = {"_candidate", "_number", "_names", "_items", "_batch", "_ended"}


class NotData(AssertionError):
    """A check used an object as if it were a value."""


def asked(name: str) -> property:
    return property(lambda self: self._candidate.attribute(self._number, name))


# None of these classes has a docstring: `assert square.__doc__` is about the student's.
class Handle(Operators):
    # An object of the student's. `candidate` asks, `unknown` says what came over.

    __doc__ = asked("__doc__")
    __module__ = asked("__module__")
    __slots__ = ("_candidate", "_number", "_names")

    def __init__(self, candidate, unknown):
        self._candidate = candidate
        self._number = unknown.number
        self._names = unknown.classes

    @property
    def __class__(self):
        return claimed_class(self._names) or type(self)

    def __dir__(self):
        return self._candidate.text_list("dir", self._number)

    def __getattribute__(self, name):
        if name in SPECIAL_METHODS and not self._candidate.has(self._number, name):
            raise AttributeError(name)
        return object.__getattribute__(self, name)

    def __setattr__(self, name, value):
        if name in OWN_ATTRIBUTES:
            return object.__setattr__(self, name, value)
        return self._candidate.set_attribute(self._number, name, value)

    def __getattr__(self, name):
        if name.startswith("__") and name not in ASKABLE_DUNDERS:
            raise AttributeError(name)
        return self._candidate.attribute(self._number, name)

    def __getitem__(self, key):
        return self._candidate.item(self._number, key)

    def __setitem__(self, key, value):
        self._candidate.set_item(self._number, key, value)

    def __len__(self):
        length = self._candidate.length(self._number)
        if type(length) is not int:
            raise self._not_data()
        return length

    def __iter__(self):
        return self._candidate.iterate(self._number)

    def __eq__(self, other):
        if self is other:
            return True
        if isinstance(other, Handle):
            return self._candidate.operate("eq", self, other) is True
        number, operators, fields, held = self._worth()
        if self._candidate.has_seen(self._number):
            return NotImplemented
        if dataclasses.is_dataclass(other) and fields is not None:
            return self._type_name() == type(other).__qualname__ and fields == vars(other)
        if held is not None:
            return held == other
        if "eq" not in operators or not isinstance(other, Number):
            return NotImplemented
        return (number is not None and number == other) or self._is_that_one(other)

    def __hash__(self):
        if not self._candidate.is_instance_of_master(self._number):
            return self._number
        value = self._candidate.hash(self._number)
        return hash(value) if type(value) is int else self._number

    def __bool__(self):
        if self._candidate.has_seen(self._number):
            raise self._not_data()
        if self._candidate.is_instance_of_master(self._number):
            return self._candidate.truth(self._number)
        if hasattr(self, "__len__") and not hasattr(self, "__bool__"):
            return len(self) > 0
        raise self._not_data()

    def __contains__(self, item):
        if self._candidate.is_instance_of_master(self._number):
            return self._candidate.contains(self._number, item)
        return any(one is item or one == item for one in self)

    def __enter__(self):
        return ask_attribute(self, "__enter__")()

    def __exit__(self, kind, error, traceback):
        # Whatever it returns, no failed assertion of the test's is put out of the way by it.
        ask_attribute(self, "__exit__")(kind, error, None)

    def __float__(self):
        return float(self._as_number())

    def __int__(self):
        return int(self._as_number())

    def __index__(self):
        return operator.index(self._as_number())

    def __complex__(self):
        return complex(self._as_number())

    def __round__(self, digits=None):
        return round(self._as_number("round"), digits)

    def __str__(self):
        return self._text("str")

    def __format__(self, form):
        return format(self._text("str"), form)

    def __array__(self, *args, **kwargs):
        raise self._not_data()

    __dlpack__ = __dlpack_device__ = __array__

    def __repr__(self):
        return self._text("repr")

    def __reduce_ex__(self, protocol):
        raise self._not_data()

    def _worth(self):
        """What `Bridge._worth` says, in the right form."""
        worth = self._candidate.worth(self._number)
        if type(worth) is tuple and len(worth) == 4:
            number, operators, fields, held = worth
            known = number is None or type(number) in (int, float, complex)
            if known and type(operators) is list and type(fields) in (type(None), dict):
                if type(held) in (type(None), list, dict, set, tuple):
                    return worth
        raise self._not_data()

    def _as_number(self, needed: str = ""):
        """The object's number. needed: an operator that its class must have."""
        number, operators, *_ = self._worth()
        seen = self._candidate.has_seen(self._number)
        if number is None or seen or (needed and needed not in operators):
            raise self._not_data()
        return number

    def _is_that_one(self, number) -> bool:
        """Whether the object equals a number of the test's and no other one."""
        values, place = among_decoys(number)
        answers = self._candidate.equals(self._number, values) if values else None
        return answers == [index == place for index in range(len(values))] if values else False

    def _text(self, form: str) -> str:
        text = self._candidate.text(self._number, form)
        if type(text) is not str:
            raise self._not_data()
        return text

    def _type_name(self) -> str:
        return self._names[0].rpartition(":")[2] if self._names else "object"

    def _not_data(self) -> NotData:
        return NotData(say("wants_a_value", type=self._type_name()))


def number_of(value) -> int | None:
    """The number of the student's object that a handle stands for; None for any other value."""
    if issubclass(type(value), Handle):
        return object.__getattribute__(value, "_number")
    if isinstance(value, BaseException | type):
        return number_of(vars(value).get(INSTANCE))
    return None


def handles_in(value) -> list[int]:
    """The numbers of the student's objects that a value is, or that a container of Python's holds
    at any depth."""
    found, seen, rest = [], set(), [value]
    while rest:
        one = rest.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        if (number := number_of(one)) is not None:
            found.append(number)
        elif type(one) is dict:
            rest += [*one, *one.values()]
        elif type(one) in (list, tuple, set, frozenset):
            rest += one
    return found


def ask_attribute(handle: Handle, name: str):
    """An attribute of the student's object, also one that the handle has itself."""
    return handle._candidate.attribute(handle._number, name)
