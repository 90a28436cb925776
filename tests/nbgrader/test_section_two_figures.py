"""Tests of figures: the axes that the student drew, and pyplot's current figure."""

import pytest
from table_of_tests import Row, judge, outcome_of

PROVIDED = "import numpy as np\nimport matplotlib\nimport matplotlib.pyplot as plt"
DRAWING = """\
def plot_it():
    fig, ax = plt.subplots()
    ax.plot([1, 2], [3, 4], "r-", label="a")
    ax.scatter([1, 2], [3, 5])
    ax.bar([1, 2, 3], [1, 2, 3])
    ax.set_xlabel("t")
    ax.set_title("T")
    ax.legend()
    return ax
def draw_on(ax, xs):
    ax.plot(xs, xs)
def draw():
    plt.plot([1, 2], [1, 4])
shown, _ = plt.subplots()
plt.title("S")"""
LYING = """\
class Yes:
    def __eq__(self, other): return True
    def __getattr__(self, name): return Yes()
    def __call__(self, *args, **kwargs): return Yes()
    def __getitem__(self, key): return Yes()
    def __len__(self): return 1
plt.gca = plt.gcf = lambda: Yes()
matplotlib.lines.Line2D.get_ydata = lambda self: np.array([7, 8])
def plot_lying():
    fig, ax = plt.subplots()
    ax.plot([1, 2], [0, 0])
    return ax"""

TESTS = {
    "a label": "assert plot_it().get_xlabel() == 't'",
    "how many lines": "assert len(plot_it().lines) == 1",
    "data of a line": "ax = plot_it()\nassert list(ax.lines[0].get_xdata()) == [1, 2]",
    "a legend": "assert plot_it().get_legend().get_texts()[0].get_text() == 'a'",
    "bars": "ax = plot_it()\nassert [bar.get_height() for bar in ax.patches] == [1, 2, 3]",
    "points": "assert plot_it().collections[0].get_offsets().tolist() == [[1, 3], [2, 5]]",
    "what kind": "assert isinstance(plot_it(), (plt.Axes, matplotlib.axes.Axes))",
    "the current axes": "plot_it()\nassert plt.gca().get_xlabel() == 't'",
    "the current figure": "plot_it()\nassert plt.gcf().axes[0].get_title() == 'T'",
    "all figures": "plot_it()\nassert plt.get_fignums() == [1] and plt.figure(1).axes",
    "limits": "draw()\nplt.xlim(0, 5)\nassert plt.gca().get_xlim() == (0, 5) == plt.xlim()",
    "pyplot of its own": "from matplotlib import pyplot\ndraw()\nassert len(pyplot.gca().lines)",
    "functions of its own": "from matplotlib.pyplot import gca\ndraw()\nassert len(gca().lines)",
    "a new figure for each": (
        "plt.figure()\ndraw()\nplt.figure()\ndraw()\nassert len(plt.gca().lines) == 1"
    ),
    "axes that the test makes and gives": (
        "fig, ax = plt.subplots()\ndraw_on(ax, [1, 2])\nassert len(ax.lines) == 1"
    ),
    "a part of a figure": "plt.subplot(1, 2, 1)\ndraw()\nassert len(plt.gcf().axes) == 1",
    "a figure by its name": "assert shown.axes[0].get_title() == 'S'",
    "a figure of an earlier cell is closed": "assert not plt.gca().has_data()",
    "a figure of an earlier test is closed": "assert plt.get_fignums() == []",
    "closed by the test": "plot_it()\nplt.close()\nassert plt.get_fignums() == []",
    "a picture that it saves": (
        "import os\ndraw()\nplt.savefig('p.png')\nassert os.path.getsize('p.png') > 100"
    ),
}
ROWS = {name: Row("pass", test) for name, test in TESTS.items()}
ROWS["a label"] = Row(DRAWING, TESTS["a label"])
ATTACKS = {
    "a title that is not there": Row("pass", "draw()\nassert plt.gca().get_title() == 'T'", False),
    "pyplot that agrees with all": Row(LYING, "assert plt.gca().get_title() == 'T'", False, "pass"),
    "a line drawn by the test is the test's": Row(
        "pass",
        "fig, wanted = plt.subplots()\nwanted.plot([1, 2], [3, 4])\nax = plot_lying()\n"
        "assert list(ax.lines[0].get_ydata()) == list(wanted.lines[0].get_ydata())",
        False,
    ),
}


@pytest.fixture(scope="module")
def outcome():
    return outcome_of(ROWS | ATTACKS, PROVIDED)


@pytest.mark.parametrize("name", [*ROWS, *ATTACKS])
def test_a_figure_is_the_students(name, outcome):
    judge(name, (ROWS | ATTACKS)[name], outcome)
