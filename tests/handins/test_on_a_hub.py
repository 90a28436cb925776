"""A round on a hub: nbgrader's exchange between an instructor's home and a student's."""

import os
import subprocess
import sys
from pathlib import Path

import front_end
import pytest
import tiny
from bs4 import BeautifulSoup
from nbgrader.utils import get_username

from grading.course import Course
from grading.masters.handout import students_files
from grading.people.lateness import lateness

HAND_IN = "from helpers.entrega import empaquetar\nempaquetar();"
EXCHANGE = """
c.CourseDirectory.course_id = "course"
c.Exchange.root = {root!r}
c.Exchange.timezone = "UTC"
"""
DEADLINE = 'c.Deadlines.due = {"tiny": "2020-01-01 00:00 UTC"}\n'


class Hub:
    """Two homes of one machine and the folder that they share."""

    def __init__(self, root: Path):
        self.instructor, self.student = root / "instructor", root / "student"
        exchange = EXCHANGE.format(root=str(root / "exchange"))
        for home in (self.instructor, self.student):
            home.mkdir()
        (root / "exchange").mkdir(mode=0o777)
        (root / "exchange").chmod(0o777)
        (self.instructor / "course").mkdir()
        self.course = tiny.make_course(self.instructor / "course")
        with (self.course.root / "grader_config.py").open("a") as config:
            config.write(exchange + DEADLINE)
        (self.student / "nbgrader_config.py").write_text(f"c = get_config()\n{exchange}")
        self.course = Course(self.course.root)

    def teach(self, *command: str) -> str:
        """Run a command as the instructor does, in the course."""
        return self._run(self.instructor, self.course.root, command)

    def study(self, *command: str) -> str:
        """Run a command as the student does, at home."""
        return self._run(self.student, self.student, command)

    def _run(self, home: Path, folder: Path, command: tuple[str, ...]) -> str:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("JUPYTER", "PYTHON"))}
        done = subprocess.run(
            [sys.executable, "-m", *command], cwd=folder, text=True, capture_output=True,
            env={**kept, "HOME": str(home), "COLUMNS": "400"}, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        said = done.stdout + done.stderr
        assert done.returncode in (0, 3), said
        return said


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    """The round up to the release of feedback; `hub.said` has what the commands and cells said."""
    hub = Hub(tmp_path_factory.mktemp("hub"))
    hub.said = {"build": hub.teach("grading", "build", "tiny")}
    hub.teach("nbgrader", "release_assignment", "tiny")
    hub.study("nbgrader", "fetch_assignment", "tiny")
    hub.fetched = {
        path.relative_to(hub.student / "tiny").as_posix(): path.read_bytes()
        for path in (hub.student / "tiny").rglob("*")
        if path.is_file()
    }
    for name in tiny.masters():
        hub.said[name] = work(hub.student / "tiny", name)
    (hub.student / "tiny/notas.txt").write_text("mías")
    hub.study("nbgrader", "submit", "tiny")
    hub.teach("nbgrader", "collect", "tiny")
    hub.said["run"] = hub.teach("grading", "run", "tiny")
    hub.teach("nbgrader", "release_feedback", "tiny")
    hub.study("nbgrader", "fetch_feedback", "tiny")
    return hub


def work(folder: Path, name: str) -> list[str]:
    """Answer a notebook, save it, run it and the hand-in: what each cell showed."""
    notebook = tiny.complete(folder / f"{name}.ipynb")
    sources = [(cell.source, cell.id) for cell in notebook.cells if cell.cell_type == "code"]
    where = "import helpers; print(helpers.__file__)"
    return front_end.run(folder, [*sources, (where, None), (HAND_IN, None)])


def submission(hub):
    return hub.course.assignment("tiny").submitted(get_username())


def test_what_is_fetched_is_what_the_zip_holds(hub):
    assert hub.fetched == students_files(hub.course.assignment("tiny"))
    assert {"helpers/tick.py", "laboratorio.json", "LEEME.md"} <= hub.fetched.keys()


def test_the_fetched_notebook_runs_with_the_helpers_beside_it(hub):
    *_, tally, where, _ = hub.said["1_square"]
    assert "8 / 8 marks" in tally
    assert where.strip() == str(hub.student / "tiny/helpers/__init__.py")


def test_its_last_cell_finds_the_lab_and_packs_it(hub):
    packed = hub.said["2_name"][-1]
    assert "No se encontró" not in packed
    assert "tiny_sin-carne_sin-carne.zip" in packed and "falta completar" not in packed


def test_what_was_submitted_earns_full_marks(hub):
    row = [line for line in hub.said["run"].splitlines() if line.startswith(get_username())][-1]
    assert row.split()[1:4] == ["8", "4", "12"]
    assert "graded" in row and "grader failed" not in hub.said["run"]


def test_what_came_with_the_lab_does_not_come_back_into_the_course(hub):
    came = {path.name for path in submission(hub).iterdir()}
    assert {"1_square.ipynb", "2_name.ipynb", "notas.txt", "timestamp.txt"} <= came
    assert not came & {"helpers", "laboratorio.json", "LEEME.md", ".tally"}


def test_the_time_that_nbgrader_writes_decides_how_late_it_is(hub):
    stamp = (submission(hub) / "timestamp.txt").read_text()
    late = lateness(hub.course.assignment("tiny"), get_username())
    assert late.hours_late > 24 * 365
    assert f"{late.handed_in:%Y-%m-%d %H:%M:%S}" == stamp[:19]


def test_the_student_fetches_the_page_of_feedback(hub):
    (page,) = (hub.student / "tiny/feedback").rglob("1_square.html")
    text = BeautifulSoup(page.read_text("utf-8"), "html.parser").get_text(" ")
    assert "Potencias" in text


def test_handed_in_again_without_a_change_nothing_runs_again(hub):
    hub.study("nbgrader", "submit", "tiny")
    hub.teach("nbgrader", "collect", "tiny", "--update")
    said = hub.teach("grading", "run", "tiny")
    assert f"{get_username()}: graded (handed in again, unchanged)" in said


def test_a_release_without_a_description_gets_one(hub):
    """The formgrader's Generate and `nbgrader generate_assignment` write none."""
    (hub.course.release / "tiny/laboratorio.json").unlink()
    hub.teach("nbgrader", "release_assignment", "tiny", "--force")
    outbound = hub.instructor.parent / "exchange/course/outbound/tiny"
    assert (outbound / "laboratorio.json").is_file()
