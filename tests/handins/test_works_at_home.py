"""What works on a student's own machine and not where it is graded: it costs nothing where nothing
depends on it, and else the page and the table say the cause."""

import platform
import subprocess
import sys

import nbformat
import pytest
import tiny
from habits import Habit, edit, graded, judge

from grading.execution.causes import Error, Home, explain

OURS = platform.python_version()
SQUARE = "def square(x):\n    y = x * x\n    return y"
LOST = {"square-check": 0, "cube-check": 0, "name-check": 4}


def above(source, version=None):
    """Write `source` into the answer's cell, above the function; `version` has saved it."""

    def change(notebook):
        next(cell for cell in notebook.cells if cell.id == "square").source = f"{source}\n{SQUARE}"
        if version:
            notebook.metadata["language_info"] = {"name": "python", "version": version}

    return edit("1_square", change)


def below(source):
    """Write `source` into the answer's cell, below the function."""

    def change(notebook):
        cell = next(cell for cell in notebook.cells if cell.id == "square")
        cell.source = f"{SQUARE}\n{source}"

    return edit("1_square", change)


def inside(source):
    """Write `source` into the function."""

    def change(notebook):
        cell = next(cell for cell in notebook.cells if cell.id == "square")
        cell.source = SQUARE.replace("    y =", f"    {source}\n    y =")

    return edit("1_square", change)


def first(*sources):
    """Add code cells before all others."""

    def change(notebook):
        notebook.cells[1:1] = [nbformat.v4.new_code_cell(source) for source in sources]

    return edit("1_square", change)


def with_file(path, do):
    """Also hand in a table of numbers under a path."""

    def both(folder):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text("a,b\n1,2\n")
        do(folder)

    return both


def lost(name, do, *said, **fields):
    """A row whose answer stops before it defines its function, and says why."""
    return Habit(name, do, LOST, said=said, status="student error", **fields)


# What only asks for something that is not there costs nothing.
HARMLESS = [
    Habit("figures in a widget", above("%matplotlib widget")),
    *[
        Habit(f"figures in a window of {kit}", above(f"%matplotlib {kit}"),
              unsaid=("Cannot change to a different GUI toolkit",))
        for kit in ("qt", "qt5", "tk", "notebook", "osx", "ipympl")
    ],
    Habit("%matplotlib alone", above("%matplotlib"), unsaid=("nbagg", "agg")),
    Habit(
        "matplotlib.use before pyplot",
        above("import matplotlib\nmatplotlib.use('TkAgg')\nimport matplotlib.pyplot as plt\n"
              "plt.plot([1, 2])\nplt.show()"),
    ),
    Habit(
        "plt.switch_backend and plt.pause",
        above("import matplotlib.pyplot as plt\nplt.switch_backend('Qt5Agg')\nplt.plot([1, 2])\n"
              "plt.pause(0.01)"),
    ),
    Habit(
        "a style of an old Matplotlib",
        above("import matplotlib.pyplot as plt\nplt.style.use('seaborn-whitegrid')\n"
              "plt.style.use(['seaborn', 'ggplot'])"),
    ),
    Habit(
        "a locale that the machine lacks",
        above("import locale\nlocale.setlocale(locale.LC_ALL, 'es_EC.UTF-8')"),
        said=("La configuración regional «es_EC.UTF-8» no existe donde se califica",),
    ),
    Habit(
        "a locale tried under several names",
        above("import locale\nfor name in ('Spanish_Spain', 'es_ES'):\n    try:\n"
              "        locale.setlocale(locale.LC_TIME, name)\n        break\n"
              "    except locale.Error:\n        pass"),
    ),
    Habit("breakpoint() left at the top", above("breakpoint()"), said=("El depurador",)),
    Habit("breakpoint() left in the function", inside("breakpoint()")),
    Habit("the encoding of the output",
          above("import sys\nsys.stdout.reconfigure(encoding='utf-8')")),
    Habit("exit() before all others", first("exit()", "quit()")),
    Habit("exit() within a cell", above("exit()")),
    Habit("a restart of the kernel", above("get_ipython().kernel.do_shutdown(True)")),
    Habit(
        "a restart through the application",
        above("import IPython\nIPython.Application.instance().kernel.do_shutdown(True)"),
    ),
    Habit(
        "an installation that is not needed",
        first("!pip install -q seaborn"),
        said=("no hay conexión a internet, así que no se instala nada",),
        unsaid=("Retrying",),
    ),
    Habit(
        "a download that is not needed",
        first("!wget -q https://example.org/datos.csv || wget https://example.org/datos.csv"),
        said=("Al calificar no hay conexión a internet.",),
    ),
    Habit(
        "sys.exit() at the end of the answer", below("import sys\nsys.exit()"),
        said=("sys.exit() detuvo la celda", "it leaves by sys.exit()"), status="student error",
    ),
    Habit(
        "google.colab in a cell of its own",
        first("from google.colab import drive\ndrive.mount('/content/drive')"),
        said=("solo existe en Google Colab", "google.colab exists in Google Colab only"),
        status="student error",
    ),
]  # fmt: skip

# Where the answer needs what is not there, the student and the instructor read what that is.
SAID = [
    lost(
        "quotes of an f-string in an f-string",
        above("""print(f"{'a' + f"{1}"}")""", "3.13.2"),
        "comillas iguales dentro de un f-string, que existe desde Python 3.12",
        f"se usa Python {OURS} (su cuaderno se guardó con 3.13)",
        f"Python 3.12, and grading uses {OURS}; the notebook was saved by 3.13",
    ),
    lost("quotes of a key in an f-string", above("""d = {"a": 1}\nprint(f"{d["a"]}")"""),
         "comillas iguales dentro de un f-string", "3.12", OURS),
    lost("a backslash in an f-string", above(r'''print(f"{'\n'.join(['a'])}")'''),
         "dentro de un f-string, que existe desde Python 3.12"),
    lost("a type statement", above("type Vector = list[float]"), "«type X = …»", "3.12"),
    lost("a generic function", above("def same[T](x: T) -> T:\n    return x"),
         "«def f[T]»", "3.12"),
    lost("a syntax newer than we know", above("x = t'hola'", "3.14.0"),
         f"se guardó con Python 3.14 y se califica con Python {OURS}"),
    lost("a name of a newer library", above("from itertools import batched", "3.12.1"),
         f"se guardó con Python 3.12 y se califica con Python {OURS}"),
    lost("drive.mount in the answer",
         above("from google.colab import drive\ndrive.mount('/content/drive')"),
         "«google.colab» solo existe en Google Colab", "exists in Google Colab only"),
    lost("a library that the course has not", above("import seaborn as sns"),
         "La biblioteca «seaborn» no está instalada", "seaborn is neither in the course"),
    lost("a part of such a library", above("from sklearn.linear_model import LinearRegression"),
         "La biblioteca «sklearn» no está instalada"),
    Habit("such a library in the function", inside("import seaborn"), LOST,
          said=("La biblioteca «seaborn» no está instalada",)),
    lost("a module of Windows", above("import winsound"), "«winsound» solo existe en Windows"),
    lost("a function of Windows", above("import os\nos.startfile('a.png')"),
         "«os.startfile» solo existe en Windows"),
    lost("a name of an old NumPy", above("import numpy as np\nx = np.float(2)"),
         "«numpy.float» no existe en numpy 2"),
    lost("an import of an old NumPy", above("from numpy import product"), "«numpy.product»"),
    lost("a path of Windows", with_file("datos/a.csv", above(r"open('Datos\\A.csv')")),
         "el archivo que hay se llama «datos/a.csv»", "but there is datos/a.csv"),
    lost("upper case in a path", with_file("datos/a.csv", above("open('DATOS/A.csv')")),
         "el archivo que hay se llama «datos/a.csv»"),
    lost("upper case, read by NumPy",
         with_file("datos/a.csv", above("import numpy as np\nnp.loadtxt('DATOS/A.csv')")),
         "el archivo que hay se llama «datos/a.csv»"),
    lost("a path of a user of Windows",
         with_file("a.csv",
                   above("import pandas as pd\n" r"pd.read_csv(r'C:\Users\Ana\lab\a.csv')")),
         "se llama «a.csv»"),
    lost("a path of Google Drive", above("open('/content/drive/MyDrive/lab/b.csv')"),
         "«/content/drive/MyDrive/lab/b.csv» no existe donde se califica: una ruta que empieza por",
         "is a path of another computer"),
    lost("a path of a home folder", with_file("a.csv", above("open('/home/ana/lab/a.csv')")),
         "se llama «a.csv»"),
    lost("a folder of another machine", above("import os\nos.chdir('/content')"),
         "«/content» no existe donde se califica"),
    lost("a file that was not handed in", above("open('mis_datos.csv')"),
         "No hay ningún «mis_datos.csv» donde se califica"),
    lost("input()", above("n = int(input('n: '))"), "nadie puede responder a input()",
         "it waits for an answer to input()"),
    Habit("input() in the function", inside("input()"), LOST, said=("responder a input()",)),
    lost("a debugger", above("import pdb\npdb.set_trace()"), "El depurador", "opens a debugger"),
    lost("urllib", above("import urllib.request as r\nr.urlopen('https://example.org')"),
         "Al calificar no hay conexión a internet", "asks for the network"),
    lost("requests", above("import requests\nrequests.get('https://example.org')"),
         "Al calificar no hay conexión a internet"),
    lost("a table from the network",
         above("import pandas as pd\npd.read_csv('https://example.org/a.csv')"),
         "Al calificar no hay conexión a internet"),
    lost("a GPU", above("import torch\ntorch.ones(2).to('cuda')"), "no hay GPU"),
    Habit(
        "a kernel that is killed to restart it", below("import os\nos.kill(os.getpid(), 9)"),
        {"name-check": 4}, said=("cierra o reinicia el kernel", "ends or restarts the kernel"),
        status="student error",
    ),
]  # fmt: skip

# These cost nothing before, and must not begin to.
QUIET = [
    Habit(name, above(source)) for name, source in {
        "google.colab in a try": "try:\n    import google.colab\nexcept ImportError:\n    pass",
        "magics of a set-up": "%load_ext autoreload\n%autoreload 2\n%config "
        "InlineBackend.figure_format = 'retina'",
        "an installation of what is there": "!pip install numpy\n%pip install -q numpy",
        "bars and widgets": "from tqdm.notebook import tqdm\nimport ipywidgets\n"
        "for i in tqdm(range(3)):\n    pass",
        "logging and warnings": "import logging, warnings\n"
        "logging.basicConfig(level=logging.DEBUG)\n"
        "warnings.filterwarnings('ignore')",
        "another folder": "%cd ..\nimport os\nos.chdir('/tmp')\n"
        "os.environ['CUDA_VISIBLE_DEVICES'] = ''",
        "a thread that goes on": "import threading, time\n"
        "threading.Thread(target=time.sleep, args=(600,)).start()",
        "figures without end": "import matplotlib.pyplot as plt\n"
        "for i in range(25):\n    plt.figure()",
        "displays": "from IPython.display import HTML, Javascript, clear_output, display\n"
        "display(Javascript('1'), HTML('<b>a</b>'))\nclear_output()",
    }.items()
]  # fmt: skip
HABITS = [*HARMLESS, *SAID, *QUIET]


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return tiny.make_course(tmp_path_factory.mktemp("works-at-home"))


@pytest.fixture(scope="module")
def results(course):
    return graded(course, HABITS)


@pytest.mark.parametrize("habit", HABITS, ids=str)
def test_what_it_earns(habit, results):
    judge(habit, results[habit.name])


def test_the_table_and_the_report_count_who_wants_a_library(course, results):
    command = [sys.executable, "-m", "grading", "run", tiny.ASSIGNMENT]
    run = subprocess.run(command, cwd=course.root, capture_output=True, text=True, timeout=300)
    page = (course.root / "reports" / f"{tiny.ASSIGNMENT}.html").read_text("utf-8")
    for said in (" ".join(run.stdout.split()), page):
        assert "seaborn is imported by 2 of the submissions" in said


@pytest.mark.parametrize(
    ("kind", "text", "source"),
    [
        ("SyntaxError", "f-string: expecting '}'", 'print(f"{x")'),
        ("SyntaxError", "invalid syntax", "def square(x) return x"),
        ("ZeroDivisionError", "division by zero", "1 / 0"),
        ("AttributeError", "module 'math' has no attribute 'sqr'", "math.sqr(2)"),
        ("ModuleNotFoundError", "No module named 'maths.x'", ""),
        ("ValueError", "the value was not found.", ""),
        ("NameError", "name 'drive' is not defined", "drive.mount('/content/drive')"),
    ],
)
def test_nothing_is_said_to_have_worked_at_home_that_did_not(kind, text, source):
    found = explain(Error(kind, text, source), Home(("a.csv",), ""))
    assert found is None or found.library == "maths"
