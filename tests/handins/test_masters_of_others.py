"""Masters as others write them: with modules beside them, and notebooks that run each other."""

import nbformat
import pytest
import tiny
from habits import Habit, answer, graded, judge

PLOTS = """\
from pathlib import Path

import formulas.tables

FACTORS = [float(line) for line in (Path(__file__).parent / "factors.txt").open()]


def doubled(x):
    return FACTORS[0] * x


def tripled(x):
    return formulas.tables.tripled(x)"""

TABLES = """\
from pathlib import Path


def tripled(x):
    return float(Path("factors.txt").read_text().split()[1]) * x"""

FILES = {
    "plots.py": PLOTS,
    "factors.txt": "2\n3\n",
    "formulas/__init__.py": "from .tables import tripled",
    "formulas/tables.py": TABLES,
}

IMPORTS = """\
from helpers import tick
import plots
from formulas import tripled
from formulas.tables import *"""

CHECK = tiny.SQUARE_CHECK.replace(
    "    assert square(2) == 4\n",
    "    assert plots.doubled(square(2)) == 8 and plots.tripled(1) == 3\n"
    "    assert tripled(square(2)) == 12\n",
)

WRONG = "def doubled(x):\n    return 8\n\n\ndef tripled(x):\n    return 12 if x > 1 else 3\n"


def beside(files, then=None):
    """Hand in files beside the notebooks, and then do something else, if anything."""

    def do(folder):
        for name, text in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        if then is not None:
            then(folder)

    return do


def square_after(source):
    return answer("square", f"{source}\n\ndef square(x):\n    return x * x")


OTHER = nbformat.writes(tiny.notebook(nbformat.v4.new_code_cell("FACTOR = 2", id="factor")))
CHECKS = "from helpers import tick\nwith tick.marks(5):\n    assert True"
HABITS = [
    Habit("the module that came with the lab is handed in too", beside({"plots.py": PLOTS})),
    Habit("no module is handed in", beside({})),
    Habit("the answer calls the module", square_after("assert plots.doubled(2) == 4")),
    Habit("another module has the name of the lab's", beside({"plots.py": WRONG})),
    Habit(
        "a folder has the name of the lab's module",
        beside({"plots/__init__.py": WRONG}, square_after("assert plots.doubled(3) == 6")),
    ),
    Habit(
        "a module of the student's own",
        beside({"mine.py": "def f(x):\n    return x * x"}, square_after("import mine\nmine.f(2)")),
    ),
    Habit(
        "a wrong answer and a module of the lab's that makes it right",
        beside({"plots.py": WRONG}, answer("square", "def square(x):\n    return 2")),
        earns={"square-check": 0},
    ),
    Habit("another notebook is run", square_after("%run ./2_name.ipynb\nassert name == 'hola'")),
    Habit(
        "another notebook is run, in quotes",
        square_after('%run "2_name.ipynb"\nassert name == "hola"'),
    ),
    Habit(
        "another notebook is read by nbformat",
        square_after(
            "import nbformat\n"
            "assert nbformat.read('2_name.ipynb', as_version=4).cells[1].source.strip()"
        ),
    ),
    Habit(
        "another notebook is read as JSON, found by a pattern",
        square_after(
            "import json, glob\n"
            "assert sorted(glob.glob('*.ipynb')) == ['1_square.ipynb', '2_name.ipynb']\n"
            "assert json.load(open('1_square.ipynb'))['cells']"
        ),
    ),
    Habit(
        "a notebook of the student's own is run from a folder",
        beside(
            {"mis notas/otro.ipynb": OTHER},
            square_after("%run 'mis notas/otro.ipynb'\nassert FACTOR == 2"),
        ),
    ),
    Habit(
        "a module of the student's own runs a notebook",
        beside(
            {
                "otro.ipynb": OTHER,
                "mine.py": "import json\n\n\ndef load():\n"
                "    for cell in json.load(open('otro.ipynb'))['cells']:\n"
                "        exec(''.join(cell['source']), globals())",
            },
            square_after("import mine\nmine.load()\nassert mine.FACTOR == 2"),
        ),
    ),
    Habit(
        "a notebook that is run holds checks, which count nothing",
        beside(
            {"otro.ipynb": OTHER.replace("FACTOR = 2", CHECKS.replace("\n", "\\n"))},
            answer("square", "%run ./otro.ipynb\n\ndef square(x):\n    return 5"),
        ),
        earns={"square-check": 0, "cube-check": 0, "name-check": 4},
    ),
]


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    course = tiny.make_course(tmp_path_factory.mktemp("others"))
    notebooks = tiny.masters()
    cells = {cell.id: cell for cell in notebooks["1_square"].cells}
    cells["square-imports"].source, cells["square-check"].source = IMPORTS, CHECK
    tiny.write_masters(course.root, notebooks)
    beside(FILES)(course.source / tiny.ASSIGNMENT)
    return graded(course, HABITS)


@pytest.mark.parametrize("habit", HABITS, ids=str)
def test_what_it_earns(habit, results):
    judge(habit, results[habit.name])
