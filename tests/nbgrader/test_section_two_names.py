"""What tests of nbgrader courses do with functions and names, and what comes of it."""

import pytest
from rows import Row, judge, run_rows

BISECT = """\
def bisection(f, a, b):
    while b - a > 1e-3:
        middle = (a + b) / 2
        a, b = (middle, b) if f(a) * f(middle) > 0 else (a, middle)
    return (a + b) / 2"""
CALLS = [
    Row("a lambda", BISECT, "assert abs(bisection(lambda x: x**2 - 2, 0, 2) - 2**0.5) < 1e-2"),
    Row("a function of the test's", BISECT, """\
def parabola(x):
    return x**2 - 3
assert abs(bisection(parabola, 0, 2) - 3**0.5) < 1e-2"""),
    Row("a wrong answer", "def bisection(f, a, b):\n    return 1.4",
        "assert abs(bisection(lambda x: x**2 - 2, 0, 2) - 2**0.5) < 1e-2", False),
    Row("functions of libraries", "def apply(f, x):\n    return f(x)", """\
import math
assert apply(np.sin, 0.0) == 0 and apply(math.exp, 0) == 1 and apply(len, 'abc') == 3
assert apply(int, '4') == 4 and apply(str.upper, 'a') == 'A' and apply(max, [2, 1]) == 2"""),
    Row("a library's function comes back as itself", "def same(f):\n    return f", """\
def own(x):
    return x
assert same(len) is len and same(np.mean) is np.mean and same(own) is own"""),
    Row("a function that calls the student's", "def twice(f, x):\n    return f(f(x))", """\
assert twice(lambda x: twice(lambda y: y + 1, x), 0) == 4"""),
    Row("its exception comes back as itself", "def apply(f):\n    return f()", """\
error = KeyError('a', 1)
def fails():
    raise error
try:
    apply(fails)
except KeyError as caught:
    assert caught is error
else:
    assert False"""),
    Row("its exception can be caught", """\
def safely(f):
    try:
        return f()
    except ZeroDivisionError as error:
        return str(error)""", "assert safely(lambda: 1 / 0) == 'division by zero'"),
    Row("its name and its documentation", "def names(f):\n    return f.__name__, f.__doc__", """\
def area(x):
    'The area.'
assert names(area) == ('area', 'The area.')"""),
    Row("what it needs is not shown",
        "def peek(f):\n    return [n for n in ('secret', '__wrapped__') if hasattr(f, n)]", """\
def f():
    return 1
f.secret = 42
assert peek(f) == []"""),
    Row("a decorator", """\
def logged(f):
    def wrapper(*args, **kwargs):
        wrapper.calls += 1
        return f(*args, **kwargs)
    wrapper.calls = 0
    return wrapper""", """\
@logged
def add(a, b=1):
    return a + b
assert add(1) + add(1, b=2) == 5 and add.calls == 2"""),
    Row("methods, partials and classes", "def call(f, *args):\n    return f(*args)", """\
from functools import partial
class Counter:
    def __init__(self, start=0):
        self.count = start
    def up(self, by):
        self.count += by
        return self.count
counter = Counter()
assert call(counter.up, 2) == 2 and call(partial(counter.up, 3)) == 5 and counter.count == 5"""),
    Row("a generator that calls it", "def mapped(f, xs):\n    for x in xs:\n        yield f(x)",
        "assert list(mapped(lambda x: x * x, [1, 2, 3])) == [1, 4, 9]"),
    Row("arrays", "def solve(f, xs):\n    return f(xs)",
        "assert np.allclose(solve(lambda x: x**2, np.arange(3)), [0, 1, 4])"),
    Row("handles are its arguments", """\
class Box:
    def __init__(self, size):
        self.size = size
def largest(boxes, key):
    return max((Box(size) for size in boxes), key=key).size""",
        "assert largest([1, 3, 2], lambda box: box.size) == 3"),
    Row("in a thread", """\
import threading
def threaded(f):
    found = []
    def work():
        try:
            found.append(f())
        except RuntimeError as error:
            found.append(str(error))
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    return found[0]""", "assert 'otro hilo' in threaded(lambda: 4)"),
    Row("kept, to be called in the next check", "kept = []\ndef keep(f):\n    kept.append(f)", """\
keep(lambda: 42)"""),
    Row("called in the next check", "def later():\n    return kept[0]()", """\
try:
    later()
except RuntimeError as error:
    assert 'ya terminó' in str(error)
else:
    assert False"""),
]  # fmt: skip
PRINTS = [
    Row("redirect_stdout", "def hello(name):\n    print('Hola,', name)", """\
import contextlib, io
with contextlib.redirect_stdout(io.StringIO()) as printed:
    hello('Ana')
assert printed.getvalue() == 'Hola, Ana\\n'"""),
    Row("sys.stdout of one's own", "def hello(name):\n    print('Hola,', name)", """\
import io, sys
sys.stdout, before = io.StringIO(), sys.stdout
try:
    hello('Ana')
    text = sys.stdout.getvalue()
finally:
    sys.stdout = before
assert text == 'Hola, Ana\\n'"""),
    Row("standard error", "import sys\ndef warn():\n    print('¡ojo!', file=sys.stderr)", """\
import contextlib, io
with contextlib.redirect_stderr(io.StringIO()) as printed:
    warn()
assert printed.getvalue() == '¡ojo!\\n'"""),
    Row("another text", "def hello(name):\n    print('Hello', name)", """\
import contextlib, io
with contextlib.redirect_stdout(io.StringIO()) as printed:
    hello('Ana')
assert printed.getvalue() == 'Hola, Ana\\n'""", False),
    Row("prints around a call of the test's", """\
def talk(f):
    print('a')
    f()
    print('c')""", """\
import contextlib, io
with contextlib.redirect_stdout(io.StringIO()) as printed:
    talk(lambda: print('b'))
assert printed.getvalue() == 'a\\nb\\nc\\n'"""),
    Row("without end", "def flood():\n    for _ in range(10**6):\n        print('x' * 1000)\n"
        "    return 1", "assert flood() == 1"),
]  # fmt: skip
SUMS = """\
def squares(n):
    return [i**2 for i in range(1, n + 1)]
def sum_of_squares(n):
    return sum(squares(n))"""
ASKS = """\
def ask():
    name = input('Name? ')
    print('Hello', name)
    return name"""
NAMES = [
    Row("a deleted name", SUMS, """\
original = squares
del squares
try:
    sum_of_squares(1)
except NameError:
    pass
else:
    raise AssertionError('sum_of_squares does not use squares')
finally:
    squares = original
assert sum_of_squares(3) == 14"""),
    Row("a deleted name that is not used",
        SUMS.replace("sum(squares(n))", "n * (n + 1) * (2 * n + 1) // 6"), """\
del squares
try:
    sum_of_squares(1)
except NameError:
    pass
else:
    raise AssertionError('sum_of_squares does not use squares')""", False, SUMS),
    Row("the submission's names are back in the next check", SUMS, "assert squares(2) == [1, 4]"),
    Row("another function in its place", SUMS, """\
squares = lambda n: [n, n]
assert sum_of_squares(21) == 42"""),
    Row("a name that the test has bound stays for its later tests only", SUMS,
        "assert sum_of_squares(2) == 5"),
    Row("a name that no function reads stays with the test",
        "def peek():\n    return globals().get('expected')", """\
expected = 42
assert peek() is None"""),
    Row("a name of the test's that is none of the submission's", SUMS, """\
def nothing():
    del never
try:
    del never
except NameError:
    pass
else:
    assert False"""),
    Row("input of the test's own", ASKS, """\
input = lambda prompt='': 'Ana'
assert ask() == 'Ana'
del input"""),
    Row("input patched", ASKS, """\
from unittest.mock import patch
with patch('builtins.input', side_effect=['Eva', 'Leo']) as asked:
    assert [ask(), ask()] == ['Eva', 'Leo']
asked.assert_called_with('Name? ')"""),
    Row("a standard input", ASKS, """\
import io, sys
sys.stdin = io.StringIO('Ana\\nEva\\n')
assert [ask(), ask()] == ['Ana', 'Eva']"""),
    Row("print patched", "def hello():\n    print('Hola', end='!')", """\
from unittest.mock import patch
with patch('builtins.print') as printed:
    hello()
printed.assert_called_once_with('Hola', end='!')"""),
    Row("what the test has patched is put back", ASKS, """\
import builtins
builtins.input = lambda prompt='': 'Ana'
assert ask() == 'Ana'"""),
    Row("in the next check there is no input", ASKS, "ask()", False),
    Row("dir and globals", "number = 3\ndef f():\n    return number", """\
assert 'f' in dir() and 'number' in globals() and 'missing' not in globals()
assert globals()['number'] == 3 and globals().get('missing') is None and locals()['number'] == 3
assert vars()['f']() == 3 and 'np' in globals() and 'print' not in globals()
assert {'f', 'number', 'np'} <= set(globals().keys())"""),
    Row("a name that was left out", "other = 3", "assert 'left_out' in globals()", False),
]  # fmt: skip
SHAPES = """\
class Shape:
    'A shape.'
    sides = 0
    def area(self):
        return 0
class Square(Shape):
    def __init__(self, side=1):
        self.side = side
    def area(self):
        return self.side**2
    def __len__(self):
        return 4
class SideError(ValueError):
    pass"""
DECORATED = """\
import functools
def logged(f):
    @functools.wraps(f)
    def wrapper(*args, **kwargs):
        return f(*args, **kwargs)
    return wrapper
@logged
def add(a: int, b: int = 1, *rest, key=None) -> int:
    'Add them.'
    total = a + b
    return total"""
ATTRIBUTES = [
    Row("attributes of functions", DECORATED, """\
assert add.__name__ == 'add' and add.__doc__ == 'Add them.' and add.__module__ == '__main__'
assert add.__wrapped__(1, 2) == 3 and add.__wrapped__.__defaults__ == (1,)
assert add.__annotations__ == {'a': int, 'b': int, 'return': int}
code = add.__wrapped__.__code__
assert code.co_argcount == 2 and 'total' in code.co_varnames"""),
    Row("inspect", DECORATED, """\
import inspect
signature = inspect.signature(add)
assert list(signature.parameters) == ['a', 'b', 'rest', 'key']
assert signature.parameters['b'].default == 1 and signature.return_annotation is int
assert 'total = a + b' in inspect.getsource(add)
assert inspect.isfunction(add) and not inspect.isclass(add) and callable(add)
assert not inspect.isgeneratorfunction(add)"""),
    Row("attributes of objects and classes", SHAPES, """\
square = Square(3)
assert square.__dict__ == vars(square) == {'side': 3}
assert hasattr(square, 'area') and not hasattr(square, 'volume') and 'side' in dir(square)
assert hasattr(square, '__len__') and not hasattr(Shape(), '__len__')
assert not hasattr(square, '__getitem__') and hasattr(Square, '__init__')
assert Shape.__doc__ == 'A shape.' and Square.__name__ == 'Square'
assert 'area' in Square.__dict__ and 'sides' not in Square.__dict__"""),
    Row("classes", SHAPES, """\
import inspect
assert issubclass(Square, Shape) and not issubclass(Shape, Square) and not issubclass(int, Shape)
assert Square.__bases__ == (Shape,) and Shape.__bases__ == (object,)
assert issubclass(SideError, ValueError) and not issubclass(Shape, ValueError)
assert inspect.isclass(Square) and isinstance(Square, type) and isinstance(Square(), Shape)"""),
    Row("type", SHAPES, """\
square = Square(3)
assert type(square).__name__ == 'Square' == square.__class__.__name__
assert type(square) is Square and type(square) == Square and type(square) != Shape
assert type(square.area()) is int and type(Square) is type and type(type) is type
assert type(3) == int and isinstance(3, type(4)) and isinstance(int, type)
assert type('Made', (), {'x': 1})().x == 1"""),
    Row("another class", SHAPES.replace("Square(Shape)", "Square"),
        "assert issubclass(Square, Shape) or type(Square()) is Shape", False, SHAPES),
    Row("kinds of functions", "def f():\n    yield 1", """\
import inspect, types
assert isinstance(f, types.FunctionType) and inspect.isgeneratorfunction(f)
assert isinstance(f(), types.GeneratorType) and inspect.isgenerator(f())
assert not isinstance(f, types.GeneratorType)"""),
]  # fmt: skip
AVERAGER = """\
def averager():
    total, count, average = 0, 0, None
    while True:
        try:
            value = yield average
        except ValueError as error:
            value = len(str(error))
        if value is None:
            return total
        total, count = total + value, count + 1
        average = total / count"""
GENERATORS = [
    Row("send", AVERAGER, """\
average = averager()
assert next(average) is None
assert [average.send(x) for x in (10, 20, 30)] == [10, 15, 20]
assert average.throw(ValueError('four')) == 16
try:
    average.send(None)
except StopIteration as end:
    assert end.value == 64
else:
    assert False"""),
    Row("close", AVERAGER, """\
average = averager()
next(average)
average.close()
try:
    average.send(1)
except StopIteration:
    pass
else:
    assert False"""),
    Row("next takes one item", """\
taken = []
def count():
    for number in range(100):
        taken.append(number)
        yield number
def how_many():
    return len(taken)""", """\
numbers = count()
assert [next(numbers) for _ in range(5)] == [0, 1, 2, 3, 4] and how_many() == 5
assert next(numbers, None) == 5 and list(numbers)[-1] == 99
assert next(numbers, None) is None"""),
]  # fmt: skip
BUBBLE = """\
def bubble_sort(numbers):
    for end in range(len(numbers), 1, -1):
        for k in range(end - 1):
            if numbers[k] > numbers[k + 1]:
                numbers[k], numbers[k + 1] = numbers[k + 1], numbers[k]"""
MEAN = "def mean(xs):\n    return sum(xs) / len(xs)"
ARGUMENTS = [
    Row("a list sorted in place", BUBBLE, """\
numbers = [3, 1, 2]
assert bubble_sort(numbers) is None and numbers == [1, 2, 3]"""),
    Row("a list that is sorted in another one",
        "def bubble_sort(numbers):\n    return sorted(numbers)", """\
numbers = [3, 1, 2]
bubble_sort(numbers)
assert numbers == [1, 2, 3]""", False, BUBBLE),
    Row("handed on to another function", """\
def put(table, key, value=0):
    table[key] = value
def note(table, word):
    put(table, word, value=len(word))""", """\
table = {'a': 1}
note(table, 'bcd')
note(word='e', table=table)
assert table == {'a': 1, 'bcd': 3, 'e': 1}"""),
    Row("arrays, rows, frames and sets", """\
def clean(array, rows, frame, seen):
    array[array < 0] = 0
    for row in rows:
        row.append(len(row))
    frame['double'] = 2 * frame['x']
    seen |= {1}""", """\
array, rows, frame, seen = np.array([-1.0, 2]), [[], [5]], pd.DataFrame({'x': [1, 2]}), set()
first = rows[0]
clean(array, rows, frame, seen)
assert array.tolist() == [0, 2] and rows == [[0], [5, 1]] and first is rows[0]
assert list(frame['double']) == [2, 4] and seen == {1}"""),
    Row("an argument that the master does not change stays",
        "def mean(xs):\n    xs[:] = [1]\n    return 1",
        "xs = [4, 5]\nassert mean(xs) == sum(xs) / len(xs)", False, MEAN),
    Row("a method that changes its argument", """\
class Sorter:
    def sort(self, items):
        items.sort()""", "items = [2, 1]\nSorter().sort(items)\nassert items == [1, 2]"),
    Row("generators of random numbers", """\
def draw(rng):
    return rng.random()""", """\
import random
assert draw(random.Random(4)) == random.Random(4).random()
assert draw(np.random.default_rng(4)) == np.random.default_rng(4).random()
assert draw(np.random.RandomState(4)) == np.random.RandomState(4).random()"""),
    Row("files in memory", """\
def copy(source, target):
    target.write(source.read().upper())""", """\
import io
target = io.StringIO()
copy(io.StringIO('abc'), target)
assert target.getvalue() == 'ABC'"""),
    Row("paths and bytes", """\
def names(path, raw):
    raw[0] = 65
    return path.name, path.parent""", """\
from pathlib import Path
raw = bytearray(b'xy')
assert names(Path('a') / 'b.txt', raw) == ('b.txt', Path('a')) and raw == b'Ay'"""),
]  # fmt: skip
IDENTITY = [
    Row("two names of one list", "a = [1, 2]\nb = a\nc = [1, 2]",
        "assert a is b and a is not c and a == c"),
    Row("an argument comes back", """\
def same(x):
    return x
def copied(x):
    return list(x)""", """\
numbers = [1, 2]
assert same(numbers) is numbers and same(x=numbers) is numbers
assert copied(numbers) is not numbers and copied(numbers) == numbers"""),
    Row("sorted in place and handed back", "def order(x):\n    x.sort()\n    return x",
        "numbers = [2, 1]\nassert order(numbers) is numbers and numbers == [1, 2]"),
    Row("one object for each attribute", """\
class Bag:
    def __init__(self, items=[]):
        self.items = items
first, second, third = Bag(), Bag(), Bag([])""",
        "assert first.items is second.items is not third.items"),
    Row("a list that has changed since",
        "log = []\ndef note(x):\n    log.append(x)\n    return log", """\
before = note(1)
assert before == [1] and note(2) == [1, 2] and before == [1]"""),
]  # fmt: skip
ROWS = [*CALLS, *PRINTS, *NAMES, *ATTRIBUTES, *GENERATORS, *ARGUMENTS, *IDENTITY]


@pytest.fixture(scope="module")
def results():
    return run_rows(ROWS)


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_what_comes_of_it(row, results):
    judge(row, results[row.name])
