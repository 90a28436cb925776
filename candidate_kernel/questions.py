"""The examiner's questions about one object of the student's."""

import inspect
import operator
import types

from .describing import as_number, fields, held, operators, signature


class Questions:
    """Answers that need no more than the objects by their numbers, `_objects`, and what packs and
    unpacks values, see `Bridge`."""

    def _attribute(self, number, name):
        return self._same(getattr(self._objects[number], name))

    def _has(self, number, name):
        return self._value(hasattr(self._objects[number], name))

    def _dir(self, number):
        return self._value(dir(self._objects[number]))

    def _source(self, number):
        return self._value(inspect.getsource(self._objects[number]))

    def _type_of(self, number):
        return self._value(type(self._objects[number]))

    def _bases(self, number):
        bases = self._objects[number].__bases__
        return self._value(([f"{b.__module__}:{b.__qualname__}" for b in bases], bases))

    def _signature(self, number):
        return self._value(signature(self._objects[number]))

    def _step(self, number, how, values):
        """What a generator gives for next, send, throw or close: (True, an item) or (False, what
        it returned)."""
        generator = self._objects[number]
        try:
            if how == "next":
                return self._value((True, next(generator)))
            return self._value((True, getattr(generator, how)(*self._unpack(values))))
        except StopIteration as end:
            return self._value((False, end.value))

    def _subclass(self, title, bases, parts):
        """A class of classes given by number. parts: packed, name → (form, what it is made of)."""
        forms = {"property": property, "staticmethod": staticmethod, "classmethod": classmethod}
        own = {"__module__": "__main__"}
        for name, (form, made_of) in self._unpack(parts).items():
            own[name] = forms[form](*made_of) if form in forms else made_of[0]
        kinds = tuple(self._objects[base] for base in bases)
        return self._value(types.new_class(title, kinds, {}, lambda names: names.update(own)))

    def _parent(self, kind, number):
        """The number of what `super` gives for a class and an object."""
        return self._value(self._number(super(self._objects[kind], self._objects[number])))

    def _truth(self, number):
        return self._value(bool(self._objects[number]))

    def _hash(self, number):
        return self._value(hash(self._objects[number]))

    def _contains(self, number, item):
        return self._value(self._unpack(item) in self._objects[number])

    def _is_subclass(self, number, kind):
        return self._value(issubclass(self._objects[number], self._objects[kind]))

    def _item(self, number, key):
        return self._same(self._objects[number][self._unpack(key)])

    def _length(self, number):
        return self._value(len(self._objects[number]))

    def _iterate(self, number):
        return self._value(iter(self._objects[number]))

    def _next(self, number, count):
        """Up to `count` items of an iterator; fewer mean that it has ended."""
        items = []
        for _ in range(count):
            try:
                items.append(next(self._objects[number]))
            except StopIteration:
                break
        return self._value(items)

    def _text(self, number, form):
        """The object as text. form: "str" or "repr"."""
        return self._value({"str": str, "repr": repr}[form](self._objects[number]))

    def _worth(self, number):
        """(the number that an object is worth or None, the operators that its class has, the fields
        of a dataclass or None, what a container holds or None)."""
        value = self._objects[number]
        return self._value((as_number(value), operators(value), fields(value), held(value)))

    def _operate(self, name, args):
        """What an operator gives. name: the function of `operator`, such as "add"."""
        return self._value(getattr(operator, name)(*self._unpack(args)))

    def _equals(self, number, values):
        """Whether the object equals each of some values."""
        return self._value([bool(self._objects[number] == one) for one in self._unpack(values)])

    def _is_instance(self, number, kind):
        return self._value(isinstance(self._objects[number], self._objects[kind]))

    def _set_attribute(self, number, name, value):
        setattr(self._objects[number], name, self._unpack(value))
        return self._value(None)

    def _set_item(self, number, key, value):
        self._objects[number][self._unpack(key)] = self._unpack(value)
        return self._value(None)
