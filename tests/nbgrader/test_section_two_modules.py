"""Modules and folders beside a notebook: tests find them where its provided cells have put them."""

import pytest
from table_of_tests import Row, judge, outcome_of

from grading.checking.probing import _is_among
from grading.model.outcome import Status

FILES = {
    "code/tools.py": b"def two():\n    return 2\n",
    "lib/deep/helpx.py": b"def three():\n    return 3\n",
    "late/later.py": b"def six():\n    return 6\n",
    "mymodule.py": b"def four():\n    return 4\n",
    "pack/__init__.py": b"", "pack/part.py": b"from .other import five\n",
    "pack/other.py": b"def five():\n    return 5\n",
    "runme.py": b"ran = 7\ndef from_run():\n    return 8\n",
    "data/x.csv": b"a\n1\n", "sub/inside.txt": b"in", "other/inside.txt": b"other",
}  # fmt: skip
PROVIDED = (
    "import os, sys, importlib\nfrom pathlib import Path\n",
    "HERE = Path.cwd()\nsys.path.append('code')\nsys.path.insert(0, str(HERE / 'lib' / 'deep'))\n"
    "if 'late' not in sys.path:\n    sys.path.extend(['late'])",
    "import tools, later\nfrom helpx import three\nfrom mymodule import four\nimport mymodule\n"
    "from pack.part import five\n%run runme.py\n%load_ext autoreload",
)
WRITES = "%%writefile {0}.py\ndef {0}():\n    return 9"
ROWS = {
    "a folder that is appended": Row("pass", "assert tools.two() == 2"),
    "a folder that is put first": Row("pass", "assert three() == 3"),
    "a folder in an if": Row("pass", "assert later.six() == 6"),
    "a module beside the notebook": Row("pass", "assert four() == 4 == mymodule.four()"),
    "a package": Row("pass", "assert five() == 5"),
    "a script that is run": Row("pass", "assert ran == 7 and from_run() == 8"),
    "a module that is loaded again": Row(
        "pass", "importlib.reload(mymodule)\nassert mymodule.four() == 4"
    ),
    "an import of the test's own": Row("pass", "from tools import two\nassert two() == 2"),
    "data in a folder": Row("pass", "assert open('./data/x.csv').read() == 'a\\n1\\n'"),
    "a module that the student writes": Row(
        WRITES.format("mine"), "import mine\nassert mine.mine() == 9"
    ),
    "a name of a module that the student writes": Row(
        WRITES.format("ours"), "from ours import ours\nassert ours() == 9"
    ),
    "a wrong module": Row(
        WRITES.format("wrong").replace("9", "5"), "import wrong\nassert wrong.wrong() == 9", False
    ),
    "a module that the student has not written": Row(
        "pass", "import missing\nassert missing.missing() == 9", False, WRITES.format("missing")
    ),
    "a module that fails": Row(
        "%%writefile fails.py\nraise ValueError('no')", "import fails", False,
        WRITES.format("fails"),
    ),
    "a student's own change of sys.path": Row(
        "import sys, os\nos.makedirs('bad', exist_ok=True)\n"
        "open('bad/tools.py', 'w').write('def two(): return 5')\nsys.path.insert(0, 'bad')",
        "importlib.reload(tools)\nassert tools.two() == 5", False,
    ),
    "a student's own change of the folder": Row(
        "os.chdir('other')", "assert os.path.exists('inside.txt')", False
    ),
}  # fmt: skip
IN_A_FOLDER = {
    "a file there": Row("pass", "assert open('inside.txt').read() == 'in'"),
    "a file that a cell writes there": Row(
        "open('w.txt', 'w').write('1')", "assert open('w.txt').read() == '1'"
    ),
    "a file that a call reads there": Row(
        "def read(path):\n    return open(path).read()",
        "open('r.txt', 'w').write('2')\nassert read('r.txt') == '2'",
    ),
    "a file above": Row("pass", "assert open('../data/x.csv').read() == 'a\\n1\\n'"),
    "the folder": Row("pass", "assert os.path.basename(os.getcwd()) == 'sub'"),
}


@pytest.fixture(scope="module")
def outcome():
    return outcome_of(ROWS, *PROVIDED, master_files=FILES)


@pytest.mark.parametrize("name", ROWS)
def test_a_module_is_found(name, outcome):
    judge(name, ROWS[name], outcome)


def test_a_module_that_a_student_has_not_written_is_their_business(outcome):
    assert outcome.status is not Status.TEST_NOT_RUN, outcome.reason


@pytest.mark.parametrize("change", ["os.chdir('sub')", "%cd sub"])
def test_the_folder_that_provided_cells_change_into(change):
    found = outcome_of(IN_A_FOLDER, f"import os\n{change}", master_files=FILES)
    for name, row in IN_A_FOLDER.items():
        judge(name, row, found)


@pytest.mark.parametrize(
    ("path", "there"),
    [("inside.txt", True), ("../data/x.csv", True), ("data/x.csv", True), ("side.txt", False)],
)
def test_a_file_is_looked_for_in_every_folder_before_it_is_missed(path, there):
    assert _is_among(path, set(FILES)) == there
