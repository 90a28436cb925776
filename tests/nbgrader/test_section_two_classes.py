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
ROWS = [*ERRORS]


@pytest.fixture(scope="module")
def results():
    return run_rows(ROWS)


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_what_comes_of_it(row, results):
    judge(row, results[row.name])
