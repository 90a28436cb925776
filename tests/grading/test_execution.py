"""A notebook is executed in the student's kernel and examined outside of it: honest submissions."""

import random
import re
from copy import deepcopy
from dataclasses import replace

import nbformat
import numpy as np
import pytest
import tiny
from tiny import cell, notebook

from grading.candidate import bubblewrap
from grading.execution.execute import execute
from grading.model.job import Job
from grading.model.outcome import Outcome, Status

IMPORTS = """\
import itertools
import numpy as np
import pandas as pd
import torch
from helpers import tick
from helpers.checkarr import check_hash
"""


def examine(*cases, after=""):
    """The outcome of one notebook with a student's cell and a test for each (answer, check)."""
    cells = [cell("locked", "imports", IMPORTS)]
    for number, (answer, check) in enumerate(cases):
        lines = "\n".join(f"    {line}" for line in check.splitlines())
        cells.append(cell("solution", f"answer-{number}", answer))
        source = f"# Caso {number}\nwith tick.marks(1):\n{lines}"
        cells.append(cell("test", f"check-{number}", source, 1))
    cells.append(cell("solution", "after", after))
    return execute(job_of(notebook(*cells)))


def job_of(node, **fields):
    return Job("tiny", "one", node, {"one": node}, **fields)


def shown(outcome, cell_id):
    """The text that a cell shows."""
    node = nbformat.from_dict(outcome.notebook)
    outputs = next(each.outputs for each in node.cells if each.id == cell_id)
    return "".join(o.get("text") or o.get("data", {}).get("text/plain", "") for o in outputs)


# What the student's cell defines, and what a test says of it, as in one interpreter.
RIGHT = {
    "a number": ("a0 = 3", "assert a0 == 3 and type(a0) is int"),
    "a large one": ("a1 = -(2 ** 200)", "assert a1 == -(2 ** 200)"),
    "complex": ("a2 = 1 + 2j", "assert a2 == 1 + 2j"),
    "text": ("a3 = 'añ\\x00🏆'", "assert a3 == 'añ\\x00🏆'"),
    "bytes, None and bool": ("a4 = [b'x', None, True]", "assert a4 == [b'x', None, True]"),
    "nested": ("a5 = {(1, 'x'): [{2, 3}, (4,)]}", "assert a5 == {(1, 'x'): [{2, 3}, (4,)]}"),
    "a default": (
        "import collections\na6 = collections.defaultdict(lambda: 7, x=1)",
        "assert dict(a6) == {'x': 1} and a6['nueva'] == 7",
    ),
    "a count": ("a7 = collections.Counter('aab')", "assert a7['a'] == 2 and a7['z'] == 0"),
    "a range": ("a8 = range(2, 9, 3)", "assert a8 == range(2, 9, 3)"),
    "an array": (
        "a9 = np.arange(6, dtype='float32').reshape(2, 3).T",
        "assert a9.dtype == 'float32' and (a9 == np.arange(6).reshape(2, 3).T).all()",
    ),
    "a scalar": ("b0 = np.float64(2.5)", "assert b0.dtype == 'float64' and b0 == 2.5"),
    "a ragged array": (
        "b1 = np.array([[1], [2, 3]], dtype=object)",
        "assert b1.dtype == object and b1[1] == [2, 3]",
    ),
    "a tensor": (
        "b2 = torch.ones(2, 3, requires_grad=True)",
        "assert b2.requires_grad and torch.equal(b2.detach(), torch.ones(2, 3))",
    ),
    "a series": ("b3 = pd.Series([1, 2], index=['x', 'y'])", "assert b3['y'] == 2"),
    "a table": (
        "b4 = pd.DataFrame({'n': [1, 2], 't': ['x', None]})",
        "assert list(b4.columns) == ['n', 't'] and b4.n.sum() == 3 and b4.t.isna().sum() == 1",
    ),
    "an endless generator": (
        "b5 = (k * k for k in itertools.count())",
        "assert list(itertools.islice(b5, 4)) == [0, 1, 4, 9]",
    ),
    "a function": (
        "def b6(x, *rest, scale=1):\n    return scale * (x + sum(rest))",
        "assert b6(1, 2, scale=10) == 30 and callable(b6) and b6.__name__ == 'b6'",
    ),
    "a function of functions": (
        "def b7(n):\n    return lambda x: n * x",
        "assert b7(2)(np.ones(3)).tolist() == [2, 2, 2]",
    ),
    "an object": (
        "class Pila:\n    def __init__(self, *items):\n        self.items = list(items)\n"
        "    def __len__(self):\n        return len(self.items)\n"
        "    def __getitem__(self, k):\n        return self.items[k]\nb8 = Pila(5, 6)",
        "assert len(b8) == 2 and b8[1] == 6 and list(b8) == [5, 6] and Pila(1).items == [1]",
    ),
    "a model": (
        "b9 = torch.nn.Linear(2, 1)",
        "b9.load_state_dict({'weight': torch.ones(1, 2), 'bias': torch.zeros(1)})\n"
        "assert isinstance(b9, torch.nn.Module)\n"
        "assert sum(p.numel() for p in b9.parameters()) == 3\n"
        "with torch.no_grad():\n    assert b9(torch.ones(4, 2)).shape == (4, 1)\n"
        "assert b9(torch.ones(4, 2)).detach().numpy().sum() == 8",
    ),
    "an exception": (
        "def c0(x):\n    raise ValueError('negativo')",
        "try:\n    c0(1)\nexcept ValueError as error:\n    assert 'negativo' in str(error)\n"
        "else:\n    assert False",
    ),
    "a seeded draw": (
        "import random\ndef c1():\n    return np.random.rand(2), random.random(), torch.rand(1)",
        "np.random.seed(5)\ntorch.manual_seed(5)\ngot = c1()\nnp.random.seed(5)\n"
        "torch.manual_seed(5)\nassert (got[0] == np.random.rand(2)).all()\n"
        "assert got[2] == torch.rand(1)",
    ),
    "one that warns, prints, logs and plots": (
        "import logging, sys, warnings\nimport matplotlib.pyplot as plt\n"
        "def c2(x):\n    warnings.warn('ojo')\n    print('hola', file=sys.stderr)\n"
        "    logging.error('registro')\n    plt.plot([x])\n    return x",
        "assert c2(3) == 3",
    ),
}


@pytest.fixture(scope="module")
def right():
    after = "print(plt.get_fignums())"
    return examine(*RIGHT.values(), after=after)


@pytest.mark.parametrize("case", RIGHT)
def test_a_right_answer_passes_whatever_it_is_made_of(right, case):
    check = right.checks[list(RIGHT).index(case)]
    assert (check.passed, check.reason) == (True, "")


def test_a_check_leaves_no_figure_open(right):
    assert shown(right, "after") == "[]\n"


HINTS = {
    "no name": ("x = 1", "assert nada == 1", "«nada» no existe todavía"),
    "an error of theirs": (
        "def f(x):\n    return x / 0",
        "assert f(1) == 1",
        "ZeroDivisionError: division by zero.\nOcurrió en f, línea 2: return x / 0",
    ),
    "a blank": (
        "def g():\n    raise NotImplementedError('Falta completar este ejercicio')",
        "assert g() == 1",
        "Falta completar este ejercicio",
    ),
    "a name that waits for a blank": (
        "def w():\n    raise NotImplementedError('Falta completar «Suma»')\nwaits = w()",
        "assert waits == 1",
        "«waits» no existe todavía, porque la celda que lo define se detuvo: "
        "Falta completar «Suma».",
    ),
    "None": ("h = None", "assert check_hash(h, ((1,), 1.0))", "¿falta un return"),
    "a function": (
        "def k():\n    return 1",
        "assert check_hash(k, ((1,), 1.0))",
        "¿faltó llamarla",
    ),
    "an object": ("m = object()", "assert m, 'nada'", "se recibió un objeto de tipo object"),
    "a wrong value": ("n = 2", "assert n == 1, 'revisen n'", "revisen n"),
    "a threshold": ("loss = 25.5", "assert loss < 22", "No se cumple «loss < 22»: loss = 25.5."),
    "an exit": ("def s():\n    raise SystemExit", "assert s()", "SystemExit"),
}


@pytest.fixture(scope="module")
def wrong():
    return examine(*((answer, check) for answer, check, _ in HINTS.values()), after="print('fin')")


@pytest.mark.parametrize("case", HINTS)
def test_a_wrong_answer_fails_with_something_to_look_at(wrong, case):
    check = wrong.checks[list(HINTS).index(case)]
    assert check.passed is False and check.part == "visible"
    assert HINTS[case][2] in check.reason


def test_an_error_arrives_with_its_way_through_the_students_code(wrong):
    check = wrong.checks[list(HINTS).index("an error of theirs")]
    assert check.traceback == ["f, línea 2: return x / 0"]


def test_an_interpreter_that_lies_in_the_temporary_folder_is_seen_in_the_box(tmp_path, monkeypatch):
    environment = tmp_path / "environment"
    environment.mkdir(mode=0o755)
    (environment / "here").write_text("aquí")
    known = bubblewrap.interpreter()
    monkeypatch.setattr(bubblewrap, "interpreter", lambda: [*known, str(environment)])
    outcome = examine(after=f"print(open({str(environment / 'here')!r}).read())")
    assert shown(outcome, "after") == "aquí\n"


def test_a_failed_check_does_not_stop_the_notebook(wrong):
    assert shown(wrong, "after") == "fin\n"


def test_the_outcome_says_which_part_failed_and_what_students_read():
    outcome = execute(tiny.job(square="def square(x):\n    return 2 * x", cube="cube = square"))
    first, second = outcome.checks
    assert (first.passed, first.part) == (False, "hidden")
    assert first.reason == "square: prueben con negativos" and first.title == "Cuadrado"
    assert (second.passed, second.part) == (False, "visible")
    assert (outcome.status, outcome.earned) == (Status.GRADED, 0)
    node = nbformat.from_dict(outcome.notebook)
    card, error = next(c.outputs for c in node.cells if c.id == "square-check")
    assert "✘ [0/5 marks]" in card.data["text/plain"] and error.evalue == first.reason


def test_a_failed_comparison_is_described_without_a_block_of_marks_but_never_a_hidden_one():
    hidden = "### BEGIN HIDDEN TESTS\nassert loss < 21\n### END HIDDEN TESTS"
    cells = [
        cell("solution", "answer", "loss = 25.5"),
        cell("test", "visible", "assert loss < 22", 1),
        cell("test", "hidden", f"assert loss < 26\n{hidden}", 1),
    ]
    visible, hidden = execute(job_of(notebook(*cells))).checks
    assert (visible.part, visible.reason) == ("visible", "No se cumple «loss < 22»: loss = 25.5.")
    assert (hidden.part, hidden.reason) == ("hidden", "")


def test_the_tally_is_made_from_the_outcome():
    outcome = execute(tiny.job(cube="cube = square"))
    assert "5 / 8 marks" in shown(outcome, "square-tally")


def test_cells_that_a_student_added_run_where_they_stand():
    outcome = execute(tiny.job("base = 2", square="def square(x):\n    return x ** base"))
    assert outcome.earned == 8


def test_no_generator_is_moved_by_a_check():
    seeds = "import random\nnp.random.seed(1); random.seed(1); torch.manual_seed(1)\n"
    draws = "def f():\n    return np.random.rand(), random.random(), torch.rand(1)"
    after = "print(np.random.rand(), random.random())"
    outcome = examine((seeds + draws, "np.random.seed(9)\nassert f() and f()"), after=after)
    generator = random.Random(1)
    np.random.seed(1)
    assert shown(outcome, "after") == f"{np.random.rand()} {generator.random()}\n"


def test_every_cell_says_how_long_it_took_and_how_much_memory_was_in_use():
    outcome = execute(tiny.job("import time; time.sleep(0.2); x = bytearray(100_000_000)"))
    runs = {run.cell: run for run in outcome.cells}
    assert runs["number 3"].seconds >= 0.2
    assert runs["number 3"].peak_mb >= 90 + runs["square-imports"].peak_mb


def test_a_test_tagged_to_run_in_the_students_kernel_does_and_is_marked_so():
    source = "# Adentro\nwith tick.marks(2):\n    assert get_ipython() is not None and x == 1"
    cells = [
        cell("locked", "imports", "from helpers import tick"),
        cell("solution", "answer", "x = 1"),
        cell("test", "inside", source, 2, tags=["run-in-kernel"]),
        cell("test", "fails", source.replace("== 1", "== 2"), 2, tags=["run-in-kernel"]),
    ]
    outcome = execute(job_of(notebook(*cells)))
    assert [(c.passed, c.in_kernel) for c in outcome.checks] == [(True, True), (False, True)]
    assert [i.cell for i in outcome.incidents] == ["inside", "fails"]


def test_the_masters_own_files_win_and_the_students_are_there():
    provided = {"datos/a.txt": b"uno"}
    source = "name = open('datos/a.txt').read() + open('b.txt').read()"
    check = "# Archivos\nwith tick.marks(1):\n    assert name == 'unodos'"
    cells = [
        cell("locked", "i", "from helpers import tick"),
        cell("solution", "s", source),
        cell("test", "t", check, 1),
    ]
    files = {"datos/a.txt": b"suyo", "b.txt": b"dos"}
    job = job_of(notebook(*cells), files=files, master_files=provided)
    assert execute(job).earned == 1


@pytest.mark.parametrize(
    ("imports", "check", "reason"),
    [
        ("from helpers import tick", "import no_such_module", "No module named 'no_such_module'"),
        ("import no_such_module as m\nfrom helpers import tick", "m", "No module named"),
        (
            "from helpers import tick",
            "from grading.reference import reference\n    reference('tiny/no_such_master')",
            "no_such_master.ipynb",
        ),
    ],
)
def test_what_the_machine_or_the_course_lacks_costs_that_cell_alone(imports, check, reason):
    cells = [
        cell("locked", "i", imports),
        cell("solution", "s", "x = 1"),
        cell("test", "t", f"with tick.marks(1):\n    {check}", 1),
    ]
    outcome = execute(job_of(notebook(*cells)))
    assert outcome.status is Status.TEST_NOT_RUN
    assert reason in outcome.reason


@pytest.mark.parametrize(
    ("answer", "earned"),
    [
        ("import math as m\nfrom math import sqrt as root", 1),
        ("import math as m\nfrom math import cos as root", 0),
        ("import cmath as m\nfrom math import sqrt as root", 0),
        ("import math as m", 0),
        ("m = type('math', (), {'__name__': 'math', 'floor': len})\nroot = m", 0),
        ("", 0),
    ],
)
def test_an_import_that_is_the_answer_counts_only_where_the_submission_has_it(answer, earned):
    master = notebook(
        cell("locked", "i", "import math\nfrom helpers import tick"),
        cell("solution", "s", "import math as m\nfrom math import sqrt as root"),
        cell(
            "test", "t",
            "with tick.marks(1):\n    assert m.floor(2.5) == 2 and root is math.sqrt and m is math",
            1,
        ),
    )  # fmt: skip
    submitted = deepcopy(master)
    submitted.cells[1].source = answer
    job = replace(job_of(submitted), masters={"one": master})
    assert execute(job).earned == earned


def test_what_the_students_code_lacks_is_their_own():
    outcome = execute(tiny.job(cube="def cube(x):\n    import no_such_module"))
    assert (outcome.status, outcome.earned) == (Status.GRADED, 5)


def test_jobs_and_outcomes_travel_as_json():
    job = tiny.job(files={"x.bin": bytes(range(256))})
    assert Job.from_json(job.to_json()) == job
    outcome = execute(job)
    assert Outcome.from_json(outcome.to_json()) == outcome
    with pytest.raises(ValueError, match="another version"):
        Outcome.from_json(re.sub('"version": \\d+', '"version": 99', outcome.to_json()))


def test_the_key_changes_with_everything_that_decides_the_outcome():
    base = tiny.job()
    others = [
        tiny.job(cube="cube = square"),
        tiny.job(files={"x": b"1"}),
        tiny.job(limits={"cell_seconds": 9}),
        tiny.job(confined=False),
    ]
    changed = tiny.job()
    changed.masters["1_square"]["cells"][3]["source"] += "\n# otra"
    assert len({job.key for job in (base, changed, *others)}) == 6
    assert tiny.job().key == base.key


def test_the_same_submission_gets_the_same_marks_every_time():
    noisy = "import warnings, random\ndef square(x):\n    warnings.warn('ojo')\n    return x * x"
    marks = [execute(tiny.job(square=noisy)).earned for _ in range(20)]
    assert marks == [8] * 20


NOISE = """\
import logging, os, sys, warnings
import matplotlib.pyplot as plt
from IPython.display import HTML
warnings.warn('ojo')
print('salida'); print('error', file=sys.stderr)
logging.error('registro')
os.system('echo desde la consola >&2')
plt.plot([1, 2]); plt.show(); plt.figure()
display(HTML('<b>rico</b>'))
sys.stderr.write('sin fin de línea'); sys.stderr.flush()
"""


def test_noise_in_any_cell_and_in_any_function_costs_no_mark():
    inside = "\n".join(f"    {line}" for line in NOISE.splitlines())
    square = f"{NOISE}\ndef square(x):\n{inside}\n    return x * x\n{NOISE}"
    cube = f"{NOISE}\ndef cube(x):\n{inside}\n    return square(x) * x\n{NOISE}5"
    outcome = execute(tiny.job(NOISE, NOISE, square=square, cube=cube))
    assert (outcome.earned, outcome.status) == (8, Status.GRADED), outcome.checks
    assert len(next(c for c in outcome.notebook["cells"] if c["id"] == "cube")["outputs"]) > 5


@pytest.mark.parametrize("status", Status)
def test_every_status_says_what_to_do(status):
    assert len(status.advice.split()) > 5


def test_without_a_sandbox_the_marks_are_the_same_and_it_is_said():
    outcome = execute(tiny.job(confined=False))
    assert (outcome.earned, outcome.status, outcome.confined) == (8, Status.GRADED, False)


@pytest.mark.parametrize("warm", [True, False], ids=["warm", "cold"])
def test_a_cell_may_await(warm):
    source = "import asyncio\nprint(await asyncio.sleep(0.01, 'hecho'))"
    outcome = execute(replace(tiny.job(source), warm=warm))
    assert (outcome.earned, outcome.status) == (8, Status.GRADED)
    assert outcome.notebook["cells"][2]["outputs"][0]["text"] == "hecho\n"


# Matplotlib says only after five seconds that it makes its list, but logs at once that it has.
FONTS = """\
import logging, os, sys
logging.basicConfig(level=logging.INFO, stream=sys.stdout, force=True)
import matplotlib.font_manager, matplotlib.pyplot as plt
plt.title("ñ")
print(os.listdir(matplotlib.get_cachedir()), os.access(matplotlib.get_cachedir(), os.W_OK))
plt.close()
"""


@pytest.mark.parametrize("start", ["warm", "warm with Matplotlib", "cold", "unconfined"])
def test_a_first_plot_finds_the_list_of_the_fonts_made_already(start):
    job = job_of(
        notebook(cell("solution", "plot", FONTS)),
        warm=start.startswith("warm"), confined=start != "unconfined",
        imports=["import matplotlib"] if start.endswith("Matplotlib") else [],
    )  # fmt: skip
    said = shown(execute(job), "plot")
    assert "generated new fontManager" not in said and "font cache" not in said
    assert "fontlist" in said and "True" in said, said


def test_what_a_student_writes_into_the_list_of_the_fonts_reaches_no_other():
    spoil = (
        "import glob, os\n"
        "[open(path, 'w').write('{}') for path in glob.glob(os.environ['MPLCONFIGDIR'] + '/*')]\n"
        "try:\n    open('/fonts/more', 'w')\nexcept OSError:\n    print('plot refused')"
    )
    spoilt = shown(execute(job_of(notebook(cell("solution", "spoil", spoil)))), "spoil")
    assert "refused" in spoilt
    said = shown(execute(job_of(notebook(cell("solution", "plot", FONTS)))), "plot")
    assert "fontlist" in said and "generated new fontManager" not in said
