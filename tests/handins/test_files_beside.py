"""What is handed in beside a notebook is found as at home: modules that are named like one of the
library's, and names with accents, whichever way a system stores them."""

import subprocess
import sys
from unicodedata import normalize

import nbformat
import pytest
import tiny
from habits import Habit, edit, graded, judge

BODY = "    return times(x, x)"
TIMES = "def times(a, b):\n    return a * b\n"
BROKEN = "raise RuntimeError('not for libraries')\n"
NFD, NFC = normalize("NFD", "año.csv"), "año.csv"


def square(source, files, *more):
    """Hand in files beside a function `square` that `source` defines, below cells `more`."""

    def change(notebook):
        next(cell for cell in notebook.cells if cell.id == "square").source = source
        notebook.cells[1:1] = [nbformat.v4.new_code_cell(each) for each in more]

    def do(folder):
        for name, content in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(content, "utf-8")
        edit("1_square", change)(folder)

    return do


def module(name, statement="", body=BODY, **more):
    """Hand in a module and use it."""
    statement = statement or f"from {name} import times"
    return square(f"{statement}\ndef square(x):\n{body}", {f"{name}.py": TIMES, **more})


def reads(called, stored):
    """A table stored under one name and opened by another one."""
    source = f"with open({called!r}, encoding='utf-8') as table:\n    two = int(table.read())\n"
    return square(f"{source}def square(x):\n    return x ** two", {stored: "2"})


MODULES = [
    *[
        Habit(f"a module {name}.py", module(name))
        for name in ("test", "calendar", "statistics", "fractions", "this", "code", "tests",
                     "requests", "yaml", "cmath", "utils", "graphlib")
    ],
    Habit("import … as", module("calendar", "import calendar as c", "    return c.times(x, x)")),
    Habit("import *", module("statistics", "from statistics import *")),
    Habit("imported by name",
          module("calendar", "import calendar", "    return calendar.times(x, x)")),
    Habit("imported in the function",
          module("calendar", "pass", "    from calendar import times\n" + BODY)),
    Habit("loaded again after a change",
          module("graphlib", "import graphlib, importlib\nimportlib.reload(graphlib)\n"
                 "from graphlib import times")),
    Habit("a package like one of Python's",
          square(f"from test.sub.calc import times\nimport test.sub\ndef square(x):\n{BODY}",
                 {"test/__init__.py": "", "test/sub/__init__.py": "from .calc import times",
                  "test/sub/calc.py": TIMES})),
    Habit("a package that imports itself",
          square(f"from email_.a import times\nimport test\nassert test.b.c == 1\n"
                 f"def square(x):\n{BODY}",
                 {"email_/__init__.py": "", "email_/a.py": TIMES,
                  "test/__init__.py": "import test.b",
                  "test/b.py": "c = 1"})),
    Habit("a folder without __init__.py",
          square(f"from datos.calc import times\ndef square(x):\n{BODY}",
                 {"datos/calc.py": TIMES})),
    Habit("imported by their own module",
          square(f"from mine import times\ndef square(x):\n{BODY}",
                 {"mine.py": "import statistics\ntimes = statistics.times\n",
                  "statistics.py": TIMES})),
    Habit("two that import each other",
          square(f"from calendar import times\ndef square(x):\n{BODY}",
                 {"calendar.py": "from fractions import times", "fractions.py": TIMES})),
    Habit("imported by a script",
          square(f"%run script.py\ndef square(x):\n{BODY}",
                 {"script.py": "from calendar import times", "calendar.py": TIMES})),
    Habit("in a folder that is put on the path",
          square(f"import sys\nsys.path.insert(0, 'src')\nfrom calendar import times\n"
                 f"def square(x):\n{BODY}", {"src/calendar.py": TIMES})),
    Habit("in a folder that is entered",
          square(f"%cd -q src\nfrom calendar import times\ndef square(x):\n{BODY}",
                 {"src/calendar.py": TIMES})),
    Habit("written by a cell",
          square(f"from calendar import times\ndef square(x):\n{BODY}", {},
                 f"%%writefile calendar.py\n{TIMES}")),
    Habit("not for libraries that are imported later",
          square(f"from decimal import times\nimport pandas as pd, scipy.stats, fractions\n"
                 f"pd.DataFrame({{'a': [1]}}).describe()\ndef square(x):\n{BODY}",
                 {"decimal.py": TIMES, "numbers.py": BROKEN, "calendar.py": BROKEN})),
    Habit("not in the place of what every kernel has loaded",
          square("import random, types, json\nrandom.seed(1)\ndef square(x):\n    return x * x",
                 {"random.py": BROKEN, "types.py": BROKEN, "json.py": BROKEN, "xml.py": BROKEN})),
    Habit("not in the place of the kit's",
          square("import helpers.tick\ndef square(x):\n    return x * x",
                 {"helpers/__init__.py": BROKEN, "helpers/tick.py": BROKEN, "grading.py": BROKEN})),
    Habit("a folder of data like a module of Python's",
          square("import test.support\ndef square(x):\n    return x * x", {"test/a.csv": "1"})),
    Habit("Python's own beside their own",
          square(f"import calendar, datetime, statistics\nassert statistics.mean([1, 3]) == 2\n"
                 f"datetime.datetime.strptime('2020', '%Y')\nfrom calendar import times\n"
                 f"def square(x):\n{BODY}", {"calendar.py": TIMES})),
]  # fmt: skip
ACCENTS = [
    Habit("stored as a Mac does, called composed", reads(NFC, NFD)),
    Habit("stored composed, called as a Mac does", reads(NFD, NFC)),
    Habit("stored and called as a Mac does", reads(NFD, NFD)),
    Habit("a folder stored as a Mac does",
          reads(f"datos_{NFC[:-4]}/a.csv", f"datos_{NFD[:-4]}/a.csv")),
    Habit("a folder called as a Mac does", reads(f"{NFD[:-4]}/{NFD}", f"{NFC[:-4]}/{NFC}")),
    Habit("a module stored as a Mac does",
          square(f"from cálculo import times\ndef square(x):\n{BODY}",
                 {normalize("NFD", "cálculo.py"): TIMES})),
    Habit("a package stored as a Mac does",
          square(f"from módulos.cálculo import times\ndef square(x):\n{BODY}",
                 {normalize("NFD", "módulos/cálculo.py"): TIMES,
                  normalize("NFD", "módulos/__init__.py"): ""})),
    Habit("found by its pattern once",
          square("from glob import glob\nassert len(glob('*.csv')) == 1\nopen('año.csv')\n"
                 "def square(x):\n    return x * x", {NFD: "1"})),
]  # fmt: skip
HABITS = [*MODULES, *ACCENTS]


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    return graded(tiny.make_course(tmp_path_factory.mktemp("files-beside")), HABITS)


@pytest.mark.parametrize("habit", HABITS, ids=str)
def test_what_it_earns(habit, results):
    judge(habit, results[habit.name])


# --- Notebooks whose name has an accent ----------------------------------------------------------

NAME = "1_año"


@pytest.fixture(scope="module")
def accented(tmp_path_factory):
    """A course of one notebook, in whose class each submission stores its name in another way."""
    course = tiny.make_course(tmp_path_factory.mktemp("accented"))
    master = tiny.masters()["2_name"]
    master.cells[-1].source = f'tick.summarise_marks("{NAME}", lab={{"{NAME}": 4}})'
    for path in course.assignment(tiny.ASSIGNMENT).master_paths():
        path.unlink()
    tiny.write_masters(course.root, {NAME: master})
    right, wrong = tiny.solved("2_name"), tiny.solved("2_name")
    wrong.cells[1].source = "name = 'adiós'"

    def hands_in(**forms):
        def do(folder):
            for path in folder.glob("*.ipynb"):
                path.unlink()
            for form, notebook in forms.items():
                path = folder / f"{normalize(form, NAME)}.ipynb"
                path.write_text(nbformat.writes(notebook), "utf-8")
                (folder / normalize(form, "dato_é.csv")).write_text(form)

        return do

    habits = [
        Habit("composed", hands_in(NFC=right), 4),
        Habit("as a Mac does", hands_in(NFD=right), 4),
        Habit("in both ways", hands_in(NFC=right, NFD=wrong), 4),
    ]
    return course, habits, graded(course, habits)


@pytest.mark.parametrize("number", range(3), ids=["composed", "as a Mac does", "in both ways"])
def test_a_notebook_is_found_whichever_way_its_name_is_stored(accented, number):
    _, habits, found = accented
    judge(habits[number], found[habits[number].name])


def test_of_two_files_of_one_name_the_instructor_reads_which_was_left_out(accented):
    course, _, _ = accented
    report = (course.root / "reports" / f"{tiny.ASSIGNMENT}.html").read_text("utf-8")
    assert "but for how its accents are stored, is the same as that of another dato_é.csv" in report
    assert f"is the same as that of another {NAME}.ipynb" in report


def test_the_stock_command_finds_such_a_notebook_too(accented):
    course, habits, _ = accented
    command = [sys.executable, "-m", "nbgrader", "autograde", tiny.ASSIGNMENT, "--force"]
    done = subprocess.run(command, cwd=course.root, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    with course.gradebook() as gradebook:
        for number in range(len(habits)):
            submission = gradebook.find_submission(tiny.ASSIGNMENT, f"h{number:03}")
            assert [notebook.score for notebook in submission.notebooks] == [4]
