"""Operators between an object of the student's and something else."""

import operator

UNARY = ("abs", "neg", "pos", "invert")
BINARY = ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul")
ORDER = ("lt", "le", "gt", "ge")


class Operators:
    # The special methods of a handle for operators; see `grading.examiner.handles`.

    __slots__ = ()


def _unary(name: str):
    """A special method of an object alone: what comes of it has seen nothing of the test."""
    compute = getattr(operator, name)

    def method(self):
        candidate = self._candidate
        if candidate.is_instance_of_master(self._number) and not candidate.has_seen(self._number):
            return candidate.operate(name, self)
        return compute(self._as_number(name))

    return method


def _binary(name: str, turned: bool = False):
    """A special method for an operator between an object and something else.

    turned: the object is the right one of the two. The candidate computes with two objects of the
    submission; with a value of the test's the number of the object is computed with here.
    """
    compute = getattr(operator, name)

    def method(self, other):
        if isinstance(other, Operators):
            return self._candidate.operate(name, self, other)
        number, operators, *_ = self._worth()
        if (f"r{name}" if turned else name) not in operators:
            return NotImplemented
        if number is None:
            return self._candidate.operate_with(name, self, other, turned)
        if self._candidate.has_seen(self._number):
            raise self._not_data()
        return compute(other, number) if turned else compute(number, other)

    return method


for _name in UNARY:
    setattr(Operators, f"__{_name}__", _unary(_name))
for _name in BINARY + ORDER:
    setattr(Operators, f"__{_name}__", _binary(_name))
for _name in BINARY:
    setattr(Operators, f"__r{_name}__", _binary(_name, turned=True))
