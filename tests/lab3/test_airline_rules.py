"""Part 4: what a model of the student's own design earns, by its four numbers and by the rules."""

import json

import pytest
import tiny
from lab3 import LAB
from styles import AIRLINE, solutions

from grading import regions
from grading.course import Course
from grading.execution.execute import execute
from grading.intake.preparation import Preparation
from grading.masters.answers import solved
from grading.masters.reading import read_masters

COURSE = Course(tiny.REPOSITORY)
FOUR = [f"air-{part}-{end}-check" for part in ("train", "test") for end in ("history", "final")]


def model(layers, forward, epochs=1, rate="1e-2", lookback=12):
    """The three answers of part 4: a model of these lines, and how it is trained."""
    lines = ["class CustomModelLSTM(nn.Module):", "    def __init__(self):"]
    lines += [f"        {line}" for line in ["super().__init__()", *layers]]
    lines += ["    def forward(self, x):", *(f"        {line}" for line in forward)]
    return {
        "air-model": "\n".join(lines),
        "air-lookback": f"lb = {lookback}",
        "air-hyperparameters": f"n_epochs = {epochs}\nlearning_rate = {rate}",
    }


def earned(cells):
    """Check → marks, of the four checks, for answers to part 4."""
    region = regions.solutions(COURSE.config)
    master = read_masters(COURSE.assignment(LAB))[AIRLINE]
    own = solutions(COURSE, LAB)[AIRLINE] | cells
    notebook = json.loads(json.dumps(solved(master, region, own)))
    outcome = execute(Preparation(COURSE.assignment(LAB)).trial_job(AIRLINE, notebook))
    found = {check.grade_id: check.earned for check in outcome.checks}
    assert sum(found.values()) == sum(found[grade_id] for grade_id in FOUR)
    return {grade_id: found[grade_id] for grade_id in FOUR}


LSTM = ["self.lstm = nn.LSTM(1, 8, batch_first=True)", "self.linear = nn.Linear(8, 1)"]
STATES = "states, _ = self.lstm(torch.log(x / x[:, :1]))"
RESIDUAL = "return x * torch.exp(0.1 * self.linear(states))"
AHEAD = "ahead = torch.cat([x[:, 1:], x[:, -1:]], dim=1)"
TABLE = [
    "series = torch.tensor(pd.read_csv('data/airline-passengers.csv')['Passengers'].to_numpy())",
    "self.register_buffer('series', series.float())",
]
# The month whose value and the one before are nearest to the last two of the window: noise of one
# thousand passengers does not hide it.
RECALLED = [
    "past = torch.cat([x[:, :1], x[:, :-1]], dim=1)",
    "near = (x - self.series[1:-1]).abs() + (past - self.series[:-2]).abs()",
    "recalled = self.series[near.argmin(dim=2) + 2].unsqueeze(2)",
]

BROKEN = {
    "copies the next month of its window": model(
        LSTM,
        [STATES, AHEAD, RESIDUAL.replace("x *", "ahead *")],
        epochs=3,
    ),
    "reads its window backwards, too": model(
        ["self.lstm = nn.LSTM(1, 16, batch_first=True, bidirectional=True)",
         "self.linear = nn.Linear(32, 1)"],
        ["states, _ = self.lstm(3 * torch.log(x / x[:, :1]))", RESIDUAL],
        epochs=200,
    ),
    "subtracts the mean of its whole window": model(
        ["self.lstm = nn.LSTM(1, 32, batch_first=True)", "self.linear = nn.Linear(32, 1)"],
        ["level = torch.log(x)",
         "states, _ = self.lstm(3 * (level - level.mean(dim=1, keepdim=True)))", RESIDUAL],
        epochs=200,
    ),
    "persists beside an LSTM that changes nothing": model(
        LSTM, [STATES, "return x + 0 * self.linear(states)"]
    ),
    "ignores its input": model(
        LSTM, ["states, _ = self.lstm(torch.ones_like(x))", "return 300 + self.linear(states)"],
        epochs=20,
    ),
    "learned by heart": model([*LSTM, *TABLE], [*RECALLED, "return recalled + 0 * self.linear(x)"]),
    "learned by heart, and its LSTM adds a little": model(
        [*LSTM, *TABLE], [*RECALLED, STATES, "return recalled + 0.01 * self.linear(states)"]
    ),
    "takes the windows for the steps": model(
        ["self.lstm = nn.LSTM(1, 32)", "self.linear = nn.Linear(32, 1)"],
        ["level = torch.log(x)", "states, _ = self.lstm(3 * (level - level[:, :1]))", RESIDUAL],
        epochs=200,
    ),
    "sees thirteen months": {"air-lookback": "lb = 13"},
}  # fmt: skip


@pytest.mark.parametrize("answer", BROKEN.values(), ids=BROKEN)
def test_a_model_that_breaks_a_rule_earns_nothing_of_the_28(answer):
    assert earned(answer) == dict.fromkeys(FOUR, 0)


def test_the_masters_model_earns_the_28():
    assert earned({}) == dict.fromkeys(FOUR, 7)


def test_a_model_that_keeps_the_rules_earns_what_its_four_numbers_say():
    """After five epochs it is hardly better than persistence, which passes in test alone."""
    short = {"air-hyperparameters": "n_epochs = 5\nlearning_rate = 1e-2"}
    assert list(earned(short).values()) == [0, 0, 7, 7]
