"""The kit as a package, in an environment that has nothing else: no checkout, no lab 3."""

import os
import shutil
import subprocess
import venv

import pytest
import quickstart
import tiny

pytestmark = pytest.mark.installing

PACKAGES = ("grading", "helpers", "candidate_kernel")


@pytest.fixture(scope="module")
def programs(tmp_path_factory):
    """The folder of the programs of an environment into which the kit's wheel was installed."""
    folder = tmp_path_factory.mktemp("package")
    tree = folder / "tree"  # setuptools leaves what it builds in the folder that it builds
    for package in PACKAGES:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(tiny.REPOSITORY / package, tree / package, ignore=ignored)
    for file in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(tiny.REPOSITORY / file, tree)
    venv.create(folder / "environment", with_pip=True)
    programs = folder / "environment" / "bin"
    pip = [programs / "pip", "-q", "--disable-pip-version-check"]
    subprocess.run([*pip, "wheel", "--no-deps", "-w", folder, tree], check=True)
    (wheel,) = folder.glob("*.whl")
    subprocess.run([*pip, "install", "--no-compile", wheel], check=True)  # most is never imported
    shutil.rmtree(tree)
    return programs


def run(programs, *command, folder):
    """What a program of that environment says and its exit code, without this one's variables."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    command = [programs / command[0], *command[1:]]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=clean)
    return done.returncode, done.stdout + done.stderr


def grading(programs, *command, folder):
    return run(programs, "python", "-m", "grading", *command, folder=folder)


@pytest.fixture(scope="module")
def example(programs, tmp_path_factory):
    """nbgrader's example course, as the nbgrader that came with the kit has made it."""
    return quickstart.make(tmp_path_factory.mktemp("example"), programs)


@pytest.mark.parametrize("package", PACKAGES)
def test_the_kit_is_the_installed_one(programs, tmp_path, package):
    code, said = run(
        programs, "python", "-c", f"import {package}; print({package}.__file__)", folder=tmp_path
    )
    assert code == 0 and str(programs.parent) in said


@pytest.mark.parametrize("package", ["torch", "pandas", "scipy"])
def test_what_only_lab_3_computes_with_did_not_come_along(programs, tmp_path, package):
    code, said = run(programs, "python", "-c", f"import {package}", folder=tmp_path)
    assert code == 1 and "ModuleNotFoundError" in said


def test_a_new_course_is_made_built_and_graded_there(programs, tmp_path):
    for command in (("init",), ("new", "lab1"), ("build", "lab1")):
        code, said = grading(programs, *command, folder=tmp_path)
        assert code == 0, said
    handed_in = tmp_path / "submitted" / "ana" / "lab1"
    shutil.copytree(tmp_path / "release" / "lab1", handed_in)
    code, said = grading(programs, "run", "lab1", folder=tmp_path)
    assert code == 0, said
    assert (tmp_path / "feedback" / "ana" / "lab1" / "1_start.html").is_file()
    assert (tmp_path / "reports" / "lab1.html").is_file()


def test_the_command_grading_is_there_too(programs, tmp_path):
    code, said = run(programs, "grading", "--help", folder=tmp_path)
    assert code == 0 and "init" in said


def test_nbgraders_example_course_goes_through_as_it_is_and_its_marks_are_nbgraders(
    programs, example, tmp_path
):
    ours = shutil.copytree(example, tmp_path / "ours")
    for command in (("init",), ("build", "ps1"), ("check", "ps1", "--quick")):
        code, said = grading(programs, *command, folder=ours)
        assert code == 0, said
    quickstart.hand_in(ours)
    code, said = grading(programs, "run", "ps1", folder=ours)
    assert code == 0, said
    stock = shutil.copytree(example, tmp_path / "stock")
    quickstart.nbgrader("generate_assignment", "ps1", folder=stock, programs=programs)
    shutil.copytree(ours / "submitted", stock / "submitted")
    # Its own release: the stubs of the two are not the same.
    untouched = stock / "submitted/release/ps1"
    shutil.copytree(stock / "release/ps1", untouched, dirs_exist_ok=True)
    quickstart.nbgrader("autograde", "ps1", folder=stock, programs=programs)
    got, wanted = quickstart.marks(ours), quickstart.marks(stock)
    assert got.keys() == {"answers", "release", "wrong"}
    for student in wanted:
        assert got[student] == wanted[student], student
    by_hand = {name for name, (mark, _, waits) in got["answers"].items() if waits and mark is None}
    assert len(by_hand) == 5  # two answers and a task in the first notebook, two in the second

    # A course that nbgrader has graded comes over: nothing of it changes, and nothing is asked.
    for command in (("init",), ("build", "ps1"), ("run", "ps1")):
        code, said = grading(programs, *command, folder=stock)
        assert code == 0, said
    assert quickstart.marks(stock) == wanted
