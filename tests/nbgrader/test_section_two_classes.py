"""What tests of nbgrader courses do with classes, objects and exceptions of the student's."""

import pytest
from rows import Row, judge, run_rows

ACCOUNTS = """\
class NoFunds(ValueError):
    def __init__(self, missing):
        super().__init__(f'{missing} are missing')
        self.missing = missing
    def double(self):
        return 2 * self.missing
class Frozen(NoFunds):
    pass
class Account:
    def __init__(self, balance=0):
        self.balance = balance
    def take(self, amount):
        if amount > self.balance:
            raise NoFunds(amount - self.balance)
        self.balance -= amount"""
ERRORS = [
    Row("an exception class in except", ACCOUNTS, """\
try:
    Account(5).take(7)
except NoFunds as error:
    assert error.missing == 2 and error.double() == 4 and str(error) == '2 are missing'
    assert error.args == ('2 are missing',) and type(error).__name__ == 'NoFunds'
    assert isinstance(error, NoFunds) and isinstance(error, ValueError)
    assert not isinstance(error, Frozen) and type(error) is NoFunds
else:
    assert False"""),
    Row("another exception is not caught", ACCOUNTS, """\
try:
    Account('5').take(7)
except NoFunds:
    assert False
except TypeError as error:
    assert "'>' not supported" in str(error)"""),
    Row("a class that it is made of", ACCOUNTS, """\
assert issubclass(Frozen, NoFunds) and issubclass(NoFunds, ValueError)
assert not issubclass(NoFunds, Frozen) and not issubclass(NoFunds, KeyError)
try:
    raise Frozen(3)
except NoFunds as error:
    assert error.missing == 3 and isinstance(NoFunds(1), NoFunds)"""),
    Row("unittest and its context", ACCOUNTS, """\
import unittest
case = unittest.TestCase()
with case.assertRaises(NoFunds) as caught:
    Account().take(1)
assert caught.exception.missing == 1
with case.assertRaisesRegex(ValueError, '4 are'):
    Account().take(4)"""),
    Row("an exception class that nothing raises", ACCOUNTS.replace("raise NoFunds", "NoFunds"), """\
try:
    Account(5).take(7)
    raise AssertionError('take must raise NoFunds')
except NoFunds:
    pass""", False, ACCOUNTS),
]  # fmt: skip
SORT = """\
def insertion_sort(items):
    for i in range(1, len(items)):
        while i > 0 and items[i] < items[i - 1]:
            items[i], items[i - 1] = items[i - 1], items[i]
            i -= 1
    return items"""
OWN_OBJECTS = [
    Row("a model of the test's", """\
def accuracy(model, X, y):
    return float((model.predict(X) == y).mean())""", """\
class Constant:
    'Always the same.'
    def __init__(self, value=0):
        self.value = value
    def predict(self, X):
        return np.full(len(X), self.value)
assert accuracy(Constant(), np.zeros((4, 2)), np.array([0, 0, 0, 1])) == 0.75
assert accuracy(Constant(1), np.zeros((4, 2)), np.array([0, 0, 0, 1])) == 0.25"""),
    Row("objects that can be compared", SORT, """\
class Key:
    compared = 0
    def __init__(self, value):
        self.value = value
    def __lt__(self, other):
        Key.compared += 1
        return self.value < other.value
keys = [Key(3), Key(1), Key(2)]
given = list(keys)
ordered = insertion_sort(keys)
assert [key.value for key in ordered] == [key.value for key in keys] == [1, 2, 3]
assert keys[0] is given[1] and Key.compared == 3"""),
    Row("an operator that does not know its other side",
"""\
def plus(a, b):
    try:
        return a + b
    except TypeError:
        return None""", """\
class Metre:
    def __add__(self, other):
        return 7 if isinstance(other, Metre) else NotImplemented
assert plus(Metre(), Metre()) == 7 and plus(Metre(), 3) is None"""),
    Row("a dictionary that notes what is read",
        "def path(graph, start):\n    return [start, *graph[start]]", """\
class Spy(dict):
    read = []
    def __getitem__(self, key):
        self.read.append(key)
        return super().__getitem__(key)
assert path(Spy(a=['b']), 'a') == ['a', 'b'] and Spy.read == ['a']"""),
    Row("iterators and containers", """\
def first(items):
    return next(iter(items))
def total(items):
    return sum(items)
def size(items):
    return len(items), 3 in items, [item for item in items]""", """\
class Three:
    def __len__(self):
        return 3
    def __iter__(self):
        return iter([1, 2, 3])
assert first(n * n for n in (3, 4)) == 9 and total(map(int, '12')) == 3 and total(iter([4])) == 4
assert size(Three()) == (3, True, [1, 2, 3])"""),
    Row("attributes, read and set", """\
def age(person):
    person.age = person.age + 1
    return person.name, hasattr(person, 'missing')""", """\
class Person:
    def __init__(self):
        self.name, self.age = 'Ana', 20
person = Person()
assert age(person) == ('Ana', False) and person.age == 21"""),
    Row("what begins with an underscore is not shown", """\
def peek(thing):
    found = []
    for name in ('_secret', '__dict__', '__class__', '__init__', 'f'):
        value = getattr(thing, name, None)
        found += [hasattr(value, '__globals__') and 'secret_87' in value.__globals__,
                  'secret' in repr(value)]
    return any(found)""", """\
secret_87 = 87
class Thing:
    def __init__(self):
        self._secret = 'secret'
    def f(self):
        return secret_87
assert not peek(Thing())"""),
    Row("a file that is read", "def count(lines):\n    return sum(1 for line in lines)", """\
with open('three.txt', 'w') as file:
    file.write('a\\nb\\nc\\n')
with open('three.txt') as file:
    assert count(file) == 3"""),
]  # fmt: skip
BANK = """\
class Bank:
    def __init__(self, names=()):
        self.names = list(names)
        self.closed = False
    def __len__(self):
        return len(self.names)
    def __contains__(self, name):
        return name in self.names
    def __add__(self, other):
        return Bank(self.names + other.names)
    def __eq__(self, other):
        return isinstance(other, Bank) and self.names == other.names
    def __hash__(self):
        return hash(tuple(self.names))
    def __enter__(self):
        return self
    def __exit__(self, kind, error, traceback):
        self.closed = True
        return error is not None
    def greet(self, name):
        return f'{self.hello()}, {name}'
    def hello(self):
        return 'Hello'"""
CLASSES = [
    Row("truth, containment, sums and equality", BANK, """\
bank, other = Bank(['Ana']), Bank(['Eva'])
assert bank and not Bank() and 'Ana' in bank and 'Max' not in bank
both = bank + other
assert len(both) == 2 and both and 'Eva' in both and both == Bank(['Ana', 'Eva']) != bank
assert len({Bank(['Ana']), bank, other}) == 2"""),
    Row("with", BANK, """\
with Bank() as bank:
    assert not bank.closed
assert bank.closed
other = Bank()
try:
    with other as opened:
        assert opened is other
        1 / 0
except ZeroDivisionError:
    assert other.closed
else:
    assert False"""),
    Row("an assertion in a with statement", BANK, "with Bank() as bank:\n    assert False", False),
    Row("a subclass that a test makes", BANK, """\
class Loud(Bank):
    'A loud one.'
    log = []
    def __init__(self, names, mark):
        super().__init__(names)
        self.mark = mark
    def hello(self):
        self.log.append(self.mark)
        return super().hello().upper() + self.mark
    @property
    def twice(self):
        return 2 * len(self)
    @staticmethod
    def one():
        return 1
    @classmethod
    def made(cls):
        return cls(['Leo'], '?')
loud = Loud(['Ana'], '!')
assert loud.greet('Ana') == 'HELLO!, Ana' and Loud.log == ['!'] and loud.twice == 2
assert isinstance(loud, Bank) and isinstance(loud, Loud) and issubclass(Loud, Bank)
assert Loud.one() == 1 and Loud.made().greet('Eva') == 'HELLO?, Eva' and Loud.__name__ == 'Loud'
assert not isinstance(Bank(), Loud) and loud == Bank(['Ana'])"""),
]  # fmt: skip
SALES = """\
sales, log = 0, []
def sell(price):
    global sales
    sales += 1
    log.append(price)
    return sales"""
FRAME = "frame = pd.DataFrame({'price': [1, 2], 'shop': ['a', 'b']})"
BODIES = [
    Row("names in the body of a class", "def double(n):\n    return 2 * n\nsize = 4", """\
import builtins
class Case:
    double, total = double(size), np.sum([1, 2])
    length = len('abc')
assert (Case.double, Case.total, Case.length) == (8, 3, 3)
builtins.input = lambda prompt='': 'Ana'
class Later:
    name = input()
assert Later.name == 'Ana'
try:
    class Wrong:
        never = nowhere
except NameError:
    pass
else:
    assert False"""),
]  # fmt: skip
KEPT = [
    Row("a decorated function of the test's", """\
import functools
def logged(f):
    @functools.wraps(f)
    def wrapper(*args, **kwargs):
        wrapper.calls.append(args)
        return f(*args, **kwargs)
    wrapper.calls = []
    return wrapper""", """\
import inspect
@logged
def area(a, b=1):
    'The area.'
    return a * b
assert area(2) == 2 and str(inspect.signature(area)) == '(a, b=1)'"""),
    Row("in the next test", "", """\
assert area(3, b=4) == 12 and area.calls == [(2,), (3,)]
assert area.__wrapped__(3, 3) == 9 and area.__name__ == 'area'"""),
    Row("an object that keeps a function of the test's", """\
class Account:
    def __init__(self, notify):
        self.notify = notify
    def pay(self, amount):
        self.notify(amount)
        return amount
    def each(self, amounts):
        for amount in amounts:
            yield self.pay(amount)""", """\
told = []
account = Account(told.append)
assert account.pay(3) == 3 and told == [3]"""),
    Row("its methods and generators in a later test", "", """\
assert account.pay(4) == 4 and list(account.each([5, 6])) == [5, 6] and told == [3, 4, 5, 6]"""),
]  # fmt: skip
SHARED = [
    Row("rows that are one list", "def board(n):\n    return [[0] * n] * n", """\
rows = board(3)
assert rows[0] is not rows[1]
rows[0][2] = 5
assert rows[1][2] == 0""", False, "def board(n):\n    return [[0] * n for _ in range(n)]"),
    Row("and rows that should be", "one = {}\npair = {'a': one, 'b': [one, [1]]}",
        "assert pair['a'] is pair['b'][0] and pair['b'][1] == [1]"),
]  # fmt: skip
ANEW = [
    Row("a number that a call changes", SALES, """\
before, kept = sales, log
sell(3)
assert sales == before + 1 and log == [3] and kept == []
sell(4)
assert sales == before + 2 and log == [3, 4]"""),
    Row("a number that the test binds and a call changes", SALES, """\
before = sales
sales = 1000
assert sell(0) == 1001 and sales == 1001
sales = 5
assert sell(0) == 6 == sales
sales = before"""),
    Row("what the test has changed itself stays", SALES, """\
log.append('mine')
sell(1)
assert 'mine' in log"""),
    Row("a function that changes what it should leave",
        FRAME + "\ndef doubled(frame):\n    frame['price'] *= 2\n    return frame", """\
before = frame.copy()
doubled(frame)
assert frame.equals(before)""", False,
        FRAME + "\ndef doubled(frame):\n    return frame.assign(price=2 * frame['price'])"),
    Row("an argument that the object keeps", """\
X = np.arange(3)
class Model:
    def fit(self, X):
        self.X_ = X
        return self""", """\
model = Model()
assert model.fit(X) is model and model.X_ is X"""),
    Row("a default that a function makes for itself", """\
def add_to(item, box=None):
    if box is None:
        box = []
    box.append(item)
    return box""", """\
mine = [0]
assert add_to(3, mine) is mine and mine == [0, 3] and add_to(1) == [1]"""),
]  # fmt: skip
FRAMES = [
    Row("names of an index and of columns, several levels, categories", """\
frame = pd.DataFrame({'shop': ['a', 'b', 'a'], 'year': [1, 1, 2], 'n': [1, 2, 3]})
by_shop = frame.groupby('shop')[['n']].sum()
by_both = frame.pivot_table(index=['shop', 'year'], values='n', aggfunc='sum')
wide = frame.pivot_table(index='shop', columns='year', values='n', aggfunc='sum')
sizes = pd.Series(pd.Categorical(['S', 'L'], categories=['S', 'L'], ordered=True), name='size')""",
        """\
pd.testing.assert_frame_equal(by_shop, frame.groupby('shop')[['n']].sum())
assert by_shop.index.name == 'shop' and by_both.index.names == ['shop', 'year']
assert by_both.loc[('a', 2), 'n'] == 3 and wide.columns.name == 'year'
pd.testing.assert_series_equal(
    sizes, pd.Series(pd.Categorical(['S', 'L'], categories=['S', 'L'], ordered=True), name='size'))
assert (sizes < 'L').tolist() == [True, False]"""),
]  # fmt: skip
ROWS = [*BODIES, *KEPT, *SHARED, *ANEW, *FRAMES, *ERRORS, *OWN_OBJECTS, *CLASSES]


@pytest.fixture(scope="module")
def results():
    return run_rows(ROWS)


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_what_comes_of_it(row, results):
    judge(row, results[row.name])
