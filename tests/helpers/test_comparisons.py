"""A failed comparison of numbers: what the hint says of it, and that nothing is evaluated twice."""

import linecache

import numpy as np
import pytest
import torch

from helpers import tick
from helpers._comparison import hide
from helpers.messages import message
from helpers.tick import CheckFailed


def hint(source, **names):
    """The hint of a cell with one block of checks that fails."""
    linecache.cache["<cell>"] = (len(source), None, source.splitlines(keepends=True), "<cell>")
    with pytest.raises(CheckFailed) as raised:
        exec(compile(source, "<cell>", "exec"), {"tick": tick, **names})
    return str(raised.value)


def block(check):
    return "with tick.marks(1):\n" + "".join(f"    {line}\n" for line in check.splitlines())


LOSS, LOSSES = np.float64(25.3125), [30.0, 25.0]
DESCRIBED = {
    "a number": ("assert loss < 22", "«loss < 22»: loss = 25.3125."),
    "a constant on the left": ("assert 22 > loss", "«22 > loss»: loss = 25.3125."),
    "two names": ("assert loss <= best", "«loss <= best»: loss = 25.3125, best = 20."),
    "an item": ("assert losses[-1] < 22", "«losses[-1] < 22»: losses[-1] = 25."),
    "an item of an item": ("assert log['b'][0] == 4", "«log['b'][0] == 4»: log['b'][0] = 3."),
    "an item of an array": ("assert grid[1, 0] != 2", "«grid[1, 0] != 2»: grid[1, 0] = 2."),
    "a tensor": ("assert tensor > 1", "«tensor > 1»: tensor = 0.5."),
    "a chain": ("assert 0 < loss < 22", "«loss < 22»: loss = 25.3125."),
    "the second of two": ("assert best > 0 and loss < 22", "«loss < 22»: loss = 25.3125."),
    "several lines": ("assert (\n    loss\n    < 22\n)", "«loss < 22»: loss = 25.3125."),
    "a difference after the sixth digit": ("assert near == 0.3", "near = 0.30000000000000004."),
    "a function of the cell": (
        "def small(x):\n    assert x < 2\nsmall(3)",
        "«x < 2»: x = 3.",
    ),
}


@pytest.mark.parametrize(("check", "said"), DESCRIBED.values(), ids=DESCRIBED)
def test_a_failed_comparison_of_numbers_is_said_with_its_values(check, said):
    names = {
        "loss": LOSS, "best": 20, "losses": LOSSES, "log": {"b": (3, 4)}, "near": 0.1 + 0.2,
        "grid": np.arange(4).reshape(2, 2), "tensor": torch.tensor(0.5, requires_grad=True),
    }  # fmt: skip
    text = hint(block(check), **names)
    assert text.startswith("No se cumple «") and said in text


class Counting:
    """An object of the student's whose items and comparisons are counted."""

    def __init__(self):
        self.count = 0

    def __getitem__(self, key):
        self.count += 1
        return 5

    @property
    def shape(self):
        self.count += 1
        return ()

    def __lt__(self, other):
        self.count += 1
        return False

    def __call__(self):
        self.count += 1
        return 5


@pytest.mark.parametrize("side", ["own", "own[0]", "own()", "own() + 1"])
def test_what_could_cost_or_change_something_is_not_evaluated_again(side):
    own = Counting()
    assert hint(block(f"assert {side} < 2"), own=own) == message("no_hint")
    assert own.count == 1


def test_after_a_comparison_that_is_not_known_no_other_is_blamed():
    text = hint(block("assert own() < 2 and loss < 22"), own=Counting(), loss=25)
    assert text == message("no_hint")


NOT_NUMBERS = [
    "'a' == 'b'",
    "[1] == [2]",
    "shape == (2, 3)",
    "not loss",
    "loss in (1, 2)",
    "loss is best",
]


@pytest.mark.parametrize("test", NOT_NUMBERS)
def test_what_is_no_comparison_of_numbers_keeps_the_general_hint(test):
    assert hint(block(f"assert {test}"), shape=(3, 2), loss=25, best=22) == message("no_hint")


def test_what_the_instructor_wrote_comes_before_the_comparison():
    assert hint(block("assert loss < 22, 'entrenen más'"), loss=25) == "entrenen más"


@pytest.fixture
def hiding():
    """Says which lines students do not get, for one test."""
    yield hide
    hide(())


def test_a_comparison_is_told_only_where_students_have_the_test(hiding):
    test = block("assert loss < 22\nassert loss < 26")
    line = next(n for n, text in enumerate(test.splitlines(), 1) if "loss < 22" in text)
    hiding([line])
    assert hint(test, loss=25) == message("no_hint")
    hiding([line + 1])
    assert "«loss < 22»" in hint(test, loss=25)
    function = "def small(x):\n    assert x < 22\n"
    test = block(f"{function}small(loss)")
    hiding([next(n for n, text in enumerate(test.splitlines(), 1) if "small(loss)" in text)])
    assert hint(test, loss=25) == message("no_hint")


@pytest.mark.parametrize(
    ("check", "loss"),
    [("assert loss < 22; answer(25)", 20), ("answer(25); assert loss < 22", 25)],
    ids=["after", "before"],
)
def test_an_assert_in_the_students_own_code_is_not_described(check, loss):
    names = {}
    exec(compile("def answer(loss):\n    assert loss < 22", "<answer>", "exec"), names)
    assert hint(block(check), loss=loss, answer=names["answer"]) == message("no_hint")
