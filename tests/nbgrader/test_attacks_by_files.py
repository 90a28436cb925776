"""Files that a submission makes to earn marks for nothing: none of them earns any."""

import pickle

import pytest
from table_of_tests import Row, judge, outcome_of, results

from candidate_kernel.folder import Folder
from grading.examiner.files import Files
from grading.model.outcome import Status

PROVIDED = "import os, json, pickle\nimport numpy as np\nimport tools\nfrom pack import part"
MASTER_FILES = {
    "tools.py": b"def two():\n    return 2\n", "pack/__init__.py": b"",
    "pack/part.py": b"def three():\n    return 3\n", "truth.txt": b"7", "data/x.csv": b"7",
}  # fmt: skip
PICKLE = (
    "class Evil:\n    def __reduce__(self):\n        return (exec, ('import os; os._exit(0)',))\n"
)
ATTACKS = {
    "a module in place of the course's": Row(
        "open('tools.py', 'w').write('def two(): return 5')", "assert tools.two() == 5", False
    ),
    "a module of a name that a test imports": Row(
        "open('seaborn_like.py', 'w').write('x = 1')", "import seaborn_like", False, "pass"
    ),
    "a package beside the course's": Row(
        "os.makedirs('tools', exist_ok=True)\nopen('tools/__init__.py', 'w').write('')",
        "import importlib\nassert not hasattr(importlib.reload(tools), 'two')", False,
    ),
    "a module in the course's package": Row(
        "open('pack/other.py', 'w').write('x = 1')", "from pack import other", False
    ),
    "the course's data": Row(
        "open('truth.txt', 'w').write('5')", "assert open('truth.txt').read() == '5'", False
    ),
    "the course's data in a folder": Row(
        "open('data/x.csv', 'w').write('5')", "assert open('data/x.csv').read() == '5'", False
    ),
    "the course's data taken away": Row(
        "os.remove('truth.txt')\nos.mkdir('truth.txt')", "assert os.path.isdir('truth.txt')", False
    ),
    "what a test has written for itself": Row(
        "def save(path):\n    open(path, 'w').write('5')\n"
        "    open('secret_wanted.txt', 'w').write('5')",
        "### BEGIN HIDDEN TESTS\nopen('secret_wanted.txt', 'w').write('7')\nsave('mine.txt')\n"
        "assert open('mine.txt').read() == open('secret_wanted.txt').read()\n### END HIDDEN TESTS",
        False, "def save(path):\n    open(path, 'w').write('7')",
    ),
    "a copy of what a test has written for itself": Row(
        "def copied(path):\n    for name in os.listdir():\n        if name.startswith('sealed'):\n"
        "            open(path, 'w').write(open(name).read())",
        "### BEGIN HIDDEN TESTS\nopen('sealed.txt', 'w').write('7')\ncopied('mine2.txt')\n"
        "assert open('mine2.txt').read() == '7'\n### END HIDDEN TESTS",
        False, "def copied(path):\n    open(path, 'w').write('7')",
    ),
    "a pickle": Row(
        f"{PICKLE}pickle.dump(Evil(), open('model.pkl', 'wb'))",
        "pickle.load(open('model.pkl', 'rb'))", False,
    ),
    "a pickle of another name": Row(
        f"{PICKLE}pickle.dump(Evil(), open('model.bin', 'wb'))",
        "with open('model.bin', 'rb') as file:\n    pickle.load(file)", False,
    ),
    "a pickle in an array": Row(
        f"{PICKLE}np.save('objects.npy', np.array([Evil()], dtype=object))",
        "np.load('objects.npy', allow_pickle=True)", False,
    ),
    "a link to a file of the machine's": Row(
        "os.symlink('/etc/passwd', 'users.txt')", "assert open('users.txt').read()", False,
        "open('users.txt', 'w').write('x')",
    ),
    "a link to a folder": Row(
        "os.symlink('/etc', 'etc')", "assert os.listdir('etc')", False,
        "os.makedirs('etc'); open('etc/a', 'w').close()",
    ),
    "a pipe": Row("os.mkfifo('pipe.txt')", "assert os.path.exists('pipe.txt')", False),
    "a file of ten gigabytes that takes no space": Row(
        "with open('huge.csv', 'wb') as file:\n    file.seek(10 * 2**30)\n    file.write(b'x')",
        "assert os.path.getsize('huge.csv') > 2**30", False,
    ),
    "a file that is over the limit": Row(
        "open('large.csv', 'wb').write(bytes(2 * 2**20))", "assert open('large.csv').read()", False
    ),
    "an honest file beside all of this": Row(
        "open('honest.txt', 'w').write('1')", "assert open('honest.txt').read() == '1'"
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def outcome():
    return outcome_of(
        ATTACKS, PROVIDED, master_files=MASTER_FILES, limits={"test_files_mb": 1, "file_mb": 50}
    )


@pytest.mark.parametrize("name", ATTACKS)
def test_nothing_is_earned(name, outcome):
    judge(name, ATTACKS[name], outcome)


def test_what_is_not_brought_is_told_as_ours(outcome):
    assert outcome.status is Status.TEST_NOT_RUN
    told = {incident.cell: incident.text for incident in outcome.incidents}
    assert "the submission wrote model.pkl" in told["a-pickle-check"]
    assert "raise c.Limits.test_files_mb" in told["a-file-that-is-over-the-limit-check"]
    for check in ("a-pickle-of-another-name", "a-pickle-in-an-array"):
        assert "reads as a pickle what the submission wrote" in told[f"{check}-check"]
    assert "no fue por su código" in results(outcome)["a-pickle"].reason


HOSTILE = [
    "../out.txt", "/etc/x.txt", "a/../../x.txt", "a//x.txt", "./x.txt", "", "/", "a\0b", "a\nb",
    ".hidden", "a/.b/c", "x.PY", "lib.so", "m.pth", "w.pkl", "a" * 300, "/".join("abcdefghijklm"),
    "truth.txt", "truth.txt/", "truth.txt/x", "sub", "link/x.txt", "\\\\host\\x", "\ud800", 3, None,
]  # fmt: skip


@pytest.mark.parametrize("path", HOSTILE, ids=ascii)
def test_no_path_leads_out_of_the_folder_or_to_what_is_there(path, tmp_path):
    work = tmp_path / "work"
    (work / "sub").mkdir(parents=True)
    (work / "truth.txt").write_text("7")
    files = Files(str(work), 2**20)
    (work / "link").symlink_to(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    files.bring([[path, b"5"]], [path])
    assert sorted(tmp_path.rglob("*")) == before and (work / "truth.txt").read_text() == "7"


@pytest.mark.parametrize("said", [None, 1, "x", [1], [["a.txt"]], [["a.txt", 5]], [[b"a", b"b"]]])
def test_what_is_no_list_of_files_is_passed_over(said, tmp_path):
    Files(str(tmp_path), 2**20).bring(said, said)
    assert list(tmp_path.iterdir()) == []


def test_the_files_of_a_submission_together_are_within_the_limit(tmp_path):
    files = Files(str(tmp_path), 100)
    files.bring([[f"{name}.txt", bytes(40)] for name in "abc"], [])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.txt", "b.txt"]
    assert list(files.refused) == ["c.txt"]


def test_a_folder_tells_what_changed_and_nothing_twice(tmp_path):
    folder = Folder(str(tmp_path), 100)
    (tmp_path / "a.txt").write_text("1")
    assert folder.look() == (["a.txt"], [])
    assert folder.look() == ([], [])
    (tmp_path / "a.txt").write_text("2")  # of the same size, within the same tick of the clock
    assert folder.look() == (["a.txt"], [])
    (tmp_path / "a.txt").unlink()
    assert folder.look() == ([], ["a.txt"])


def test_a_pickle_of_the_masters_is_read(tmp_path):
    row = Row("pass", "import pickle\nassert pickle.load(open('m.pkl', 'rb')) == {1: {2}}")
    judge("m", row, outcome_of({"m": row}, master_files={"m.pkl": pickle.dumps({1: {2}})}))
