"""Files that the submission writes and tests read, and the other way round: as in one folder."""

import pytest
from table_of_tests import Row, judge, outcome_of

from grading.model.outcome import Status

PROVIDED = "import os, json, csv, sqlite3\nimport numpy as np\nimport pandas as pd"
WRITE = "def {0}(path, text):\n    with open(path, 'w') as file:\n        file.write(text)"
READ = "def {0}(path):\n    return open(path).read()"
MASTER_FILES = {
    "data/x.csv": b"a,b\n1,2\n", "truth.txt": b"7", "code/tools.py": b"def two():\n    return 2\n",
}  # fmt: skip

ROWS = {
    "a cell writes, the test opens": Row(
        "open('out.txt', 'w').write('hola')", "assert open('out.txt').read() == 'hola'"
    ),
    "the test asks whether it is there": Row(
        "open('there.csv', 'w').close()", "assert os.path.exists('there.csv')"
    ),
    "nobody has written it": Row(
        "pass", "assert os.path.exists('no.csv')", False, "open('no.csv', 'w').close()"
    ),
    "nobody has written it, and it is opened": Row(
        "pass", "open('none.csv').read()", False, "open('none.csv', 'w').close()"
    ),
    "a call writes": Row(
        WRITE.format("save"), "save('s.txt', '1')\nassert open('s.txt').read() == '1'"
    ),
    "a call writes the same length again": Row(
        WRITE.format("again"),
        "for text in 'abc':\n    again('t.txt', text)\n    assert open('t.txt').read() == text",
    ),
    "a temporary folder of the test's": Row(
        "import os.path\ndef ready(folder):\n    return os.path.exists(f'{folder}/done.txt')",
        "import tempfile\nfrom pathlib import Path\n"
        "with tempfile.TemporaryDirectory() as name:\n"
        "    assert not ready(name)\n"
        "    Path(name, 'done.txt').write_text('yes')\n"
        "    assert ready(name) and ready(Path(name))",
    ),
    "a call writes other words": Row(
        "def other(path, text):\n    open(path, 'w').write('no')",
        "other('w.txt', '1')\nassert open('w.txt').read() == '1'", False,
    ),
    "a table of NumPy's": Row(
        "np.savetxt('n.csv', np.eye(2), delimiter=',')",
        "assert (np.loadtxt('n.csv', delimiter=',') == np.eye(2)).all()",
    ),
    "an array of NumPy's": Row("np.save('n.npy', np.eye(2))", "assert np.load('n.npy').sum() == 2"),
    "a table of pandas'": Row(
        "pd.DataFrame({'a': [1, 2]}).to_csv('p.csv', index=False)",
        "assert list(pd.read_csv('p.csv').a) == [1, 2]",
    ),
    "JSON": Row(
        "json.dump({'a': [1]}, open('j.json', 'w'))",
        "with open('j.json') as file:\n    assert json.load(file) == {'a': [1]}",
    ),
    "a database": Row(
        "db = sqlite3.connect('d.db')\ndb.execute('create table t (a)')\n"
        "db.execute('insert into t values (3)')\ndb.commit()\ndb.close()",
        "assert sqlite3.connect('d.db').execute('select a from t').fetchall() == [(3,)]",
    ),
    "a folder of files": Row(
        "os.makedirs('plots/deep')\nopen('plots/deep/a.txt', 'w').write('1')\nos.mkdir('empty')",
        "from pathlib import Path\n"
        "assert [p.name for p in Path('plots').rglob('*.txt')] == ['a.txt']\n"
        "assert os.path.isdir('empty')",
    ),
    "what a call takes away": Row(
        "open('old.txt', 'w').close()\ndef clean():\n    os.remove('old.txt')",
        "assert os.path.exists('old.txt')\nclean()\nassert not os.path.exists('old.txt')",
    ),
    "the test takes it away before the call": Row(
        "def log():\n    open('log.txt', 'a').write('x')\nlog()",
        "os.remove('log.txt')\nlog()\nassert open('log.txt').read() == 'x'",
    ),
    "the test writes, a call reads": Row(
        READ.format("parse"), "open('in.txt', 'w').write('ab')\nassert parse('in.txt') == 'ab'"
    ),
    "the test writes what it names in the text, a call reads": Row(
        "def fixed():\n    return open('fixed.txt').read()",
        "with open('fixed.txt', 'w') as file:\n    file.write('ab')\nassert fixed() == 'ab'",
    ),
    "the test writes into a folder, a call lists it": Row(
        "def names(folder):\n    return sorted(os.listdir(folder))",
        "os.makedirs('box', exist_ok=True)\n"
        "for name in 'ab':\n    open(f'box/{name}', 'w').close()\n"
        "assert names('box') == ['a', 'b']",
    ),
    "a call changes what the test wrote": Row(
        "def shout(path):\n    text = open(path).read().upper()\n    open(path, 'w').write(text)",
        "open('low.txt', 'w').write('ab')\nshout('low.txt')\nassert open('low.txt').read() == 'AB'",
    ),
    "a file of the course": Row("pass", "assert open('data/x.csv').read().startswith('a,b')"),
    "a call that fails after it wrote": Row(
        "def fails():\n    open('f.txt', 'w').write('1')\n    raise ValueError('no')",
        "try:\n    fails()\nexcept ValueError:\n    assert open('f.txt').read() == '1'\n"
        "else:\n    assert False",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def outcome():
    return outcome_of(ROWS, PROVIDED, master_files=MASTER_FILES)


@pytest.mark.parametrize("name", ROWS)
def test_a_file_is_there_for_both(name, outcome):
    judge(name, ROWS[name], outcome)


def test_what_is_not_written_is_the_students_business(outcome):
    assert outcome.status is Status.GRADED, outcome.reason
