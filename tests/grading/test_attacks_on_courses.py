"""Submissions that want marks by way of what a test hands them: nothing is earned.

Each row's master is honest; the answer uses a function of the test's, a name that it changes, what
is printed, an identity or an argument to learn a value or to change it.
"""

import pytest
from rows import Row, judge, run_rows

SQUARE = "def apply(f, x):\n    return f(x)\ndef square(x):\n    return x * x"
KEEP = "def apply(f, x):\n    return f\ndef square(x):\n    return x * x"
LOOK = """\
def found(f):
    import gc
    places = [f, f.__closure__, f.__dict__, vars(get_ipython().kernel.bridge)]
    return [each for each in gc.get_objects() if type(each) is dict and 'secret_87' in each] or [
        place for place in places if '8751' in repr(place)]
"""
SUMS = """\
def squares(n):
    return [i**2 for i in range(n)]
def total(n):
    return sum(squares(n))"""
MEAN = "def mean(xs):\n    return sum(xs) / len(xs)"
HELLO = "def hello(name):\n    print('Hola,', name)"
TAKE = """\
class NoFunds(Exception):
    pass
def take(amount):
    if amount > 5:
        raise NoFunds
    return 'taken'"""
DOUBLE = "def price(thing):\n    return thing.price()\ndef double(n):\n    return 2 * n"
LOG = """\
class Log:
    def __enter__(self):
        return self
    def __exit__(self, *error):
        pass
"""
LISTED = "def listed():\n    return [1, 2]\ndef doubled(xs):\n    return [2 * x for x in xs]"

ROWS = [
    # --- Functions of the test's ---
    Row("what a function of the test's holds is not found",
        LOOK + "def apply(f, x):\n    return (found(f) or [[0]])[0]\nsquare = abs", """\
secret_87 = 8751
def f(x, default=8751):
    return secret_87
assert apply(f, 2) == 8751""", False, SQUARE),
    Row("the number of another function", """\
def apply(f, x):
    bridge = get_ipython().kernel.bridge
    for number in (-2, -3, -9, 0, 10**6):
        try:
            return bridge._call_test(number, (x,), {})
        except Exception:
            continue
def square(x):
    return 0""", """\
expected = lambda x: x**2
assert apply(lambda x: x, 3) == expected(3)""", False, SQUARE),
    Row("a function of an earlier check is kept", """\
kept = []
def apply(f, x):
    kept.append(f)
    return f(x)
def square(x):
    return kept[0](x)""", "assert apply(lambda x: x * x, 2) == 4", True, SQUARE),
    Row("and called in a later one", "", "assert square(3) == 9", False, SQUARE),
    Row("a function is kept with an object that the test binds", """\
kept = []
def apply(f, x):
    def g(y):
        return f(y)
    kept.extend([f, g])
    return g
def square(x):
    return kept[0](x)""", """\
decorated = apply(lambda x: x * x, 0)
assert decorated(2) == 4""", True, KEEP),
    Row("and called on behalf of another name", "", "assert square(3) == 9", False, KEEP),
    Row("or by way of the object that was bound", """\
def square(x):
    return kept[1](x)""", "assert square(3) == 9", False, KEEP),
    Row("or under the name of that object", """\
square = kept[1]""", "assert square(3) == 9", False, KEEP),
    Row("or with a number that was guessed", """\
def square(x):
    for number in range(-1, -50, -1):
        try:
            return get_ipython().kernel.bridge._call_test(number, (x,), {})
        except Exception:
            continue""", "assert square(3) == 9", False, KEEP),
    Row("a loop is ended by the exception of a function", """\
kept = []
def apply(f, x):
    try:
        f(x)
    except BaseException as error:
        kept.append(error)
def square(x):
    raise kept[0]""", """\
apply(lambda x: next(iter(())), 1)
for got in map(square, [1, 2]):
    assert got in (1, 4)""", False, SQUARE),
    Row("a call that no kernel makes", """\
def apply(f, x):
    bridge = get_ipython().kernel.bridge
    return bridge._running.call({'calls': -1, 'args': b'no', 'kwargs': None})
def square(x):
    return 0""", "assert apply(lambda x: 4, 2) == 4", False, SQUARE),
    Row("calls without end", """\
def apply(f, x):
    while True:
        f(x)
def square(x):
    return 0""", "assert apply(lambda x: 4, 2) == 4", False, SQUARE),
    Row("the check after one that was ended", SQUARE, "assert apply(lambda x: x + 1, 2) == 3"),
    # --- Names that the test changes ---
    Row("names that no function of the master's reads are not shown", """\
def squares(n):
    return [globals().get('expected', 0)]
def total(n):
    return globals().get('expected', 0)""", """\
expected = 14
squares = lambda n: [n]
assert total(4) == expected""", False, SUMS),
    Row("a name that was changed is claimed to be back", """\
squares = lambda n: [i**2 for i in range(n)]
changed = get_ipython().kernel.bridge._changed['names']
changed.change = changed.put_back = lambda *args: None
def total(n):
    return sum(squares(n))""", """\
squares = lambda n: [100]
assert total(3) == 100""", False, SUMS),
    Row("names that are not there", "class Liar(str):\n    __eq__ = lambda *both: True\n"
        "    __hash__ = str.__hash__\nglobals()[Liar('other')] = 1",
        "assert 'never_bound' in globals()", False, SUMS),
    # --- What is printed ---
    Row("a printed text that tells the test what to expect", """\
import sys
class Text(str):
    __eq__ = lambda *both: True
    __hash__ = str.__hash__
def hello(name):
    sys.stdout.write(Text('Hola'))
    sys.stdout.getvalue = lambda: 'Hola, Ana'""", """\
import contextlib, io
with contextlib.redirect_stdout(io.StringIO()) as printed:
    hello('Ana')
assert printed.getvalue() == 'Hola, Ana\\n'""", False, HELLO),
    # --- Exception classes ---
    Row("an exception class that claims to be that of a failed assertion", """\
NoFunds = AssertionError
def take(amount):
    return None""", """\
try:
    assert take(7) == 'taken', 'the amount was not taken'
except NoFunds:
    pass""", False, TAKE),
    Row("or any exception", """\
NoFunds = Exception
def take(amount):
    return None""", """\
try:
    take(7)
    raise AssertionError('take must raise NoFunds')
except NoFunds:
    pass""", False, TAKE),
    Row("an exception class that can't be made", """\
class NoFunds(Exception):
    pass
from candidate_kernel import bridge, wire
import msgpack
pack = bridge.Bridge._pack
bridge.Bridge._pack = lambda self, value: (
    msgpack.packb(['error class', 7, ['builtins:AssertionError'], [['class', 'int']]])
    if value is NoFunds else pack(self, value))
def take(amount):
    return None""", """\
try:
    take(7)
    raise AssertionError('take must raise NoFunds')
except NoFunds:
    pass""", False, TAKE),
    # --- Objects of the test's own classes, and classes of the student's ---
    Row("what an object of the test's does not answer", """\
def price(thing):
    ask = get_ipython().kernel.bridge._call_test
    for how, name in [('get', '_price'), ('get', '__class__'), ('get', '__dict__'), ('get', 'lib'),
                      ('call', '__getattribute__'), ('call', '__reduce__'), ('get', None),
                      ('call', 'tag'), ('', ''), ('set', '_price'), ('set', 'tag')]:
        for args in ((), ('_price',), (1,)):
            try:
                found = ask(-1, args, {}, how, name)
            except Exception:
                continue
            return found or thing.tag
    return 0""", """\
class Thing:
    lib = np
    def __init__(self):
        self._price, self.tag = 8751, 1
    def __len__(self):
        return 3
thing = Thing()
price(thing)
assert price(thing) == 8751 or thing.tag != 1""", False, "def price(thing):\n    return 8751"),
    Row("an object of an earlier check is kept", """\
kept = []
def price(thing):
    kept.append(thing)
    return thing.price()
def double(n):
    return kept[0].price(n)""", """\
class Thing:
    def price(self, n=1):
        return 2 * n
assert price(Thing()) == 2""", True, DOUBLE),
    Row("and asked in a later one", "", "assert double(5) == 10", False, DOUBLE),
    Row("with swallows an assertion", """\
class Log:
    def __enter__(self):
        return self
    def __exit__(self, *error):
        return True
def double(n):
    return 0""", "with Log():\n    assert double(4) == 8", False, LOG + DOUBLE),
    Row("an answer that has everything in it, and is true", """\
class All:
    __bool__ = __contains__ = lambda *all: True
    __iter__ = lambda self: iter(())
def double(n):
    return All()""", "assert 8 in double(4)", False, DOUBLE),
    Row("an answer that is only true", """\
class Yes:
    __bool__ = lambda self: True
def double(n):
    return Yes()""", "assert double(4)", False, DOUBLE),
    Row("a subclass of the test's that is none", """\
class Log:
    def __init_subclass__(cls):
        cls.size = lambda self: 8
    def __enter__(self):
        return self
def double(n):
    return 0""", """\
class Sized(Log):
    def size(self):
        return double(4)
assert Sized().size() == 8 == double(4)""", False, LOG + DOUBLE),
    # --- One object there, one object here ---
    Row("the object of an earlier answer with another content", """\
from candidate_kernel import bridge
given = [1, 2]
def listed():
    return given
def doubled(xs):
    given[:] = [0, 0]
    return given""", """\
numbers = listed()
assert numbers == [1, 2]
assert doubled(numbers) == [2 * x for x in numbers]""", False, LISTED),
    Row("the test's own list, changed and handed back", """\
def listed():
    return [1, 2]
def doubled(xs):
    xs[:] = [0, 0]
    return xs""", """\
numbers = [1, 2]
assert doubled(numbers) == [2 * x for x in numbers]""", False, LISTED),
    # --- Arguments ---
    Row("an argument that the master leaves as it is",
        "def mean(xs):\n    xs[:] = [1]\n    return 1",
        "xs = [4, 6]\nassert mean(xs) == sum(xs) / len(xs)", False, MEAN),
    Row("a reply that says so unasked", """\
import msgpack
from candidate_kernel import wire
bridge = get_ipython().kernel.bridge
bridge._value = lambda value: {
    'value': wire.pack(value, bridge._number), 'changed': wire.pack({0: [1]})}
def mean(xs):
    return 1""", "xs = [4, 6]\nassert mean(xs) == sum(xs) / len(xs)", False, MEAN),
    # --- The last, because it slows down all that comes after it ---
    Row("a flood that no kernel prints", """\
from candidate_kernel import bridge
bridge.Printed.texts = lambda self: {'out': 'x' * 10**8, 'err': 4, 'else': [1]}
def hello(name):
    return 1""", """\
import contextlib, io
with contextlib.redirect_stdout(io.StringIO()) as printed:
    hello('Ana')
assert printed.getvalue() == 'Hola, Ana\\n'""", False, HELLO),
]  # fmt: skip


@pytest.fixture(scope="module")
def results():
    return run_rows(ROWS, {"check_seconds": 5, "call_seconds": 3})


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_it_earns_nothing(row, results):
    judge(row, results[row.name])
