"""A value that is right in the notebook is right in grading, of whatever class it is."""

import pytest
import tiny
from habits import Habit, answer, graded, judge
from nbformat import NotebookNode
from tiny import cell

VALUE = """\
def value():
    ### BEGIN SOLUTION
    return 4
    ### END SOLUTION"""
POINT = """\
### BEGIN SOLUTION
class Point:
    def __init__(self, x, y):
        self.x, self.y = x, y
    def moved(self, x, y):
        return Point(self.x + x, self.y + y)
    def __add__(self, other):
        return self.moved(other.x, other.y)
    def __mul__(self, factor):
        return Point(self.x * factor, self.y * factor)
    __rmul__ = __mul__
    def __abs__(self):
        return (self.x**2 + self.y**2) ** 0.5
    def __neg__(self):
        return self * -1
    def __eq__(self, other):
        return (self.x, self.y) == (other.x, other.y)
    def __lt__(self, other):
        return self.x < other.x
    def __repr__(self):
        return f"Point(x={self.x}, y={self.y})"
### END SOLUTION"""
CHECKS = {
    "equal": "assert value() == 4",
    "order": "assert 3 < value() <= 4.0",
    "near": "assert abs(value() - 4) < 1e-9",
    "converted": "assert float(value()) == 4.0 and round(value()) == 4",
    "text": "assert str(value()) == '4'",
    "listed": "assert [value()] == [4] and value() in (3, 4)",
    "items": "assert Point(1, 2).x == 1 and Point(1, 2).moved(1, 1) == Point(2, 3)",
    "kind": "assert isinstance(Point(1, 2), Point) and not isinstance(Point, Point)",
    "shown": "assert repr(Point(1, 2)) == 'Point(x=1, y=2)'",
    "sorted": "assert sorted([Point(3, 0), Point(1, 0)])[0] == Point(1, 0)",
    "added": "assert Point(1, 2) + Point(1, 1) == Point(2, 3) != Point(0, 0)",
    "scaled": "assert 3 * Point(1, 2) == Point(1, 2) * 3 and (Point(1, 2) * 3).x == 3",
    "sized": "assert abs(Point(3, 4)) == 5 and -Point(1, 2) == Point(-1, -2)",
    "same": "point = Point(1, 2)\n    assert [point, point].index(point) == 0 and point is point",
    "changed": "point = Point(1, 2)\n    point.x = 7\n    assert point.x == 7",
}
POINTS = ("items", "kind", "shown", "sorted", "added", "scaled", "sized", "same", "changed")
NUMBERS = [check for check in CHECKS if check not in POINTS]


def at_home(source: str, checks: list[str]) -> dict[str, float]:
    """What each check earns in the student's own notebook: by plain Python, without the kit."""
    names: dict = {"__name__": "__main__"}
    exec(source, names)
    earned = {}
    for check in checks:
        try:
            exec(f"if True:\n    {CHECKS[check]}", dict(names))
            earned[check] = 1.0
        except Exception:  # the check fails, however it does
            earned[check] = 0.0
    return earned


def master() -> NotebookNode:
    checks = [
        cell("test", name, f"# {name}\nwith tick.marks(1):\n    {source}", 1)
        for name, source in CHECKS.items()
    ]
    return tiny.notebook(
        cell("locked", "imports", "from helpers import tick"),
        cell("solution", "value", VALUE),
        cell("solution", "point", POINT),
        *checks,
    )


def gives(name: str, source: str, **other: float) -> Habit:
    """The function `value` written otherwise. other: checks that grading sees in another way."""
    earned = at_home(source, NUMBERS) | other
    return Habit(name, answer("value", source, "1_values"), earned)


def short(expression: str, imports: str = "import numpy, torch, fractions, decimal") -> Habit:
    name = " ".join(
        [imports.splitlines()[-2][6:-1], expression] if "class" in imports else [expression]
    )
    return gives(name, f"{imports}\ndef value():\n    return {expression}")


def a_class(name: str, body: str, **other: float) -> Habit:
    source = f"class Number:\n    def __init__(self, number):\n        self.number = number\n{body}"
    return gives(name, f"{source}\ndef value():\n    return Number(4)", **other)


def points(name: str, source: str) -> Habit:
    return Habit(name, answer("point", source, "1_values"), at_home(source, POINTS))


EQ = "    def __eq__(self, other):\n        return self.number == other\n"
FLOAT = "    def __float__(self):\n        return float(self.number)\n"
ROUND = "    def __round__(self, digits=None):\n        return self.number\n"
STR = "    def __str__(self):\n        return str(self.number)\n"
ORDER = (
    "    def __gt__(self, other):\n        return self.number > other\n"
    "    def __le__(self, other):\n        return self.number <= other\n"
)
MINUS = "    def __sub__(self, other):\n        return self.number - other\n"
SCALED = (
    "    def __mul__(self, factor):\n        return Point(self.x * factor, self.y * factor)\n"
    "    __rmul__ = __mul__\n    def __neg__(self):\n        return self * -1\n"
    "    def __abs__(self):\n        return (self.x**2 + self.y**2) ** 0.5\n"
)
DATA = "from dataclasses import dataclass\n@dataclass{}\nclass Point:\n    x: int\n    y: int\n"
MOVED = "    def moved(self, x, y):\n        return Point(self.x + x, self.y + y)\n"
ADD = "    def __add__(self, other):\n        return self.moved(other.x, other.y)\n"

NOTHING = dict.fromkeys(NUMBERS, 0.0)

HABITS = [
    *map(short, (
        "fractions.Fraction(8, 2)", "decimal.Decimal(4)", "numpy.int8(4)", "numpy.float32(4)",
        "numpy.array(4)", "torch.tensor(4)", "torch.tensor(4.0, requires_grad=True)", "4 + 0j",
        "True + 3", "4.0", "fractions.Fraction(9, 2)", "decimal.Decimal('NaN')", "None", "'4'",
        "type('Four', (int,), {})(4)", "numpy.float64(4)", "numpy.longdouble(4)", "[4]",
    )),
    short("Number.FOUR", "import enum\nclass Number(enum.IntEnum):\n    FOUR = 4"),
    short("Number.FOUR", "import enum\nclass Number(enum.IntFlag):\n    FOUR = 4"),
    short("Number.FOUR", "import enum\nclass Number(float, enum.Enum):\n    FOUR = 4.0"),
    short("Number.FOUR", "import enum\nclass Number(enum.Enum):\n    FOUR = 4"),
    short("Number.FOUR.value", "import enum\nclass Number(enum.Enum):\n    FOUR = 4"),
    a_class("an object with its own __eq__", EQ),
    a_class("an object with __eq__ and __float__", EQ + FLOAT + ROUND),
    a_class("a number class with all operators", EQ + FLOAT + ROUND + ORDER + MINUS + STR),
    a_class("an object with __float__ alone", FLOAT),
    a_class("an object that equals everything", "    __eq__ = lambda *both: True\n", **NOTHING),
    a_class(
        "an object that equals several numbers",
        "    def __eq__(self, other):\n        return other in (3, 4, 5)\n", **NOTHING,
    ),
    a_class(
        "an object whose operators all agree",
        "    __eq__ = __gt__ = __le__ = lambda *both: True\n"
        "    __sub__ = __abs__ = lambda *both: 0\n", **NOTHING,
    ),
    points("a dataclass", DATA.format("(order=True)") + MOVED + ADD + SCALED),
    points("a frozen dataclass", DATA.format("(frozen=True, order=True)") + MOVED + ADD),
    points("a dataclass without order", DATA.format("") + MOVED + ADD),
    points(
        "a namedtuple with methods",
        "from typing import NamedTuple\nclass Point(NamedTuple):\n    x: int\n    y: int\n" + MOVED,
    ),
    points(
        "a namedtuple with operators",
        "from typing import NamedTuple\nclass Point(NamedTuple):\n    x: int\n    y: int\n" + MOVED
        + ADD,
    ),
    points(
        "a list with methods",
        "class Point(list):\n    def __init__(self, x, y):\n        super().__init__([x, y])\n"
        "    x = property(lambda self: self[0])\n    y = property(lambda self: self[1])\n" + MOVED,
    ),
    points(
        "a class without comparisons",
        "class Point:\n    def __init__(self, x, y):\n        self.x, self.y = x, y\n" + MOVED,
    ),
    points(
        "a class with slots and properties",
        "class Point:\n    __slots__ = ('_x', '_y')\n"
        "    def __init__(self, x, y):\n        self._x, self._y = x, y\n"
        "    x = property(lambda self: self._x)\n    y = property(lambda self: self._y)\n"
        "    def __eq__(self, other):\n"
        "        return isinstance(other, Point) and (self.x, self.y) == (other.x, other.y)\n"
        + MOVED + ADD,
    ),
]  # fmt: skip


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    course = tiny.make_course(tmp_path_factory.mktemp("values"))
    return graded(course, HABITS, masters={"1_values": master()})


@pytest.mark.parametrize("habit", HABITS, ids=str)
def test_what_it_earns(habit, results):
    judge(habit, results[habit.name])
