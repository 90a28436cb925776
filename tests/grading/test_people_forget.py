"""Forget: one student is erased from everything that the kit keeps, and nobody else is."""

import json
import shutil
import sqlite3

import nbformat
import pytest
import tiny
from class_run import outcomes
from click.testing import CliRunner
from nbformat.v4 import new_code_cell, new_output
from tiny import hand_in, solved

from grading.batch.run import alone, run
from grading.cli import main
from grading.collecting.workspace import workspace
from grading.course import Course, CourseError
from grading.masters.build import build
from grading.people.grades import grades, notes
from grading.results.erasing import FORGOTTEN, without_identity
from grading.results.export import export
from grading.results.forget import forget, traces

ANA, BRUNO, CARLA = "ana-0001", "bruno-0002", "carla-0003"
PAIR = f"{ANA}_{BRUNO}"
IDENTITY = [("carne_1", "firma_mecanografiada_1"), ("carne_2", "firma_mecanografiada_2")]
ROSTER = f"""\
student,first_name,last_name
{ANA},Ana,Núñez
{BRUNO},Bruno,"Paz, hijo"
{CARLA},Carla,Lima
"""


def identified(first, second=""):
    """A notebook of its own whose identity cell names and shows these ids."""
    notebook = solved("1_square")
    source = (
        f'carne_1 = "{first}"\nfirma_mecanografiada_1 = "Firma de {first}"\n'
        f'carne_2 = "{second}"\nfirma_mecanografiada_2 = "Firma de {second}"'
    )
    shown = new_code_cell(f"print(carne_1)  # {len(first)}")
    shown.outputs = [new_output("stream", text=f"{first}\n")]
    notebook.cells[2:2] = [new_code_cell(source), shown]
    return nbformat.writes(notebook).encode()


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A pair and one alone, graded, with earlier attempts, marks by hand, backups and reports."""
    course = tiny.make_course(tmp_path_factory.mktemp("forget"))
    build(course.assignment(tiny.ASSIGNMENT))
    (course.root / "students.csv").write_text(f"\ufeff{ROSTER}", "utf-8")
    folder = hand_in(course, PAIR, square=identified(ANA, BRUNO))
    (folder / "entrega.json").write_text(json.dumps({"students": [ANA, BRUNO]}))
    hand_in(course, CARLA, square=identified(CARLA))
    for name in (PAIR, CARLA):
        old = course.submitted / ".earlier" / name / tiny.ASSIGNMENT / "2026-11-19T12-00-00Z"
        shutil.copytree(course.submitted / name / tiny.ASSIGNMENT, old)
    for _ in range(2):  # the second run makes a backup that has the first one's marks
        list(run(course.assignment(tiny.ASSIGNMENT)))
        (course.root / "grader_config.py").open("a").write("\n# changed\n")
    list(run(course.assignment(tiny.ASSIGNMENT)))
    with course.gradebook() as gradebook:
        grade = gradebook.find_grade("square-question", "1_square", "tiny", PAIR)
        grade.manual_score, grade.needs_manual_grade = 1.5, False
        gradebook.db.commit()
    for kind in ("grades", "canvas", "feedback"):
        export(course.assignment(tiny.ASSIGNMENT), kind)
    (course.root / "reports" / "tiny-check.html").write_text("<p>The masters</p>")
    return course


@pytest.fixture
def course(graded, tmp_path):
    """A copy of it."""
    root = tmp_path / "course"
    shutil.copytree(graded.root, root)
    config = root / "grader_config.py"
    config.write_text(config.read_text().replace(str(graded.root), str(root)))
    return Course(root)


def erase(course, student):
    return forget(course, traces(course, student))


def naming(course, text):
    """Every file of a course with a text in its name, its folders' or its content."""
    return sorted(
        path.relative_to(course.root).as_posix()
        for path in course.root.rglob("*")
        if path.is_file()
        and (text in path.relative_to(course.root).as_posix() or text.encode() in path.read_bytes())
    )


def recorded(course):
    """Marks by folder: automatic and written."""
    return {
        grade.folder: (grade.automatic, grade.written)
        for grade in grades(course.assignment(tiny.ASSIGNMENT))
        if grade.is_recorded and grade.has_submission
    }


def command(course, *arguments, answer=None):
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(course.root)
        done = CliRunner().invoke(main, ["forget", *arguments], input=answer)
    return done.exit_code, done.output


def test_nothing_of_a_student_alone_is_left(course):
    assert len(naming(course, CARLA)) > 10
    erase(course, CARLA)
    assert naming(course, CARLA) == []
    assert naming(course, "Carla") == []


def test_everybody_else_keeps_everything(course):
    before = [p for p in naming(course, ANA) if not p.startswith(("reports/", "gradebook", "stud"))]
    marks = recorded(course)[PAIR]
    erase(course, CARLA)
    after = [p for p in naming(course, ANA) if not p.startswith(("reports/", "gradebook", "stud"))]
    assert after == before
    assert recorded(course) == {PAIR: marks}
    assert {why for _, why in run(course.assignment(tiny.ASSIGNMENT))} == {""}


def test_an_outcome_that_somebody_else_has_too_stays(course):
    shared = {path for path in outcomes(course)}
    erase(course, CARLA)
    kept = {path for path in outcomes(course)}
    assert len(shared - kept) == 1  # their 1_square; 2_name is everybody's
    assert {why for _, why in run(course.assignment(tiny.ASSIGNMENT))} == {""}


def test_the_work_of_a_pair_stays_under_the_other_ones_id(course):
    erase(course, ANA)
    assert naming(course, ANA) == []
    assert naming(course, f"Firma de {ANA}") == []
    assert not (course.submitted / PAIR).exists()
    notebook = nbformat.read(course.submitted / BRUNO / "tiny" / "1_square.ipynb", as_version=4)
    assert notebook.cells[2].source.splitlines() == [
        f'carne_1 = "{FORGOTTEN}"',
        f'firma_mecanografiada_1 = "{FORGOTTEN}"',
        f'carne_2 = "{BRUNO}"',
        f'firma_mecanografiada_2 = "Firma de {BRUNO}"',
    ]
    assert notebook.cells[3].outputs == []


def test_the_other_one_keeps_the_marks_and_gets_feedback_from_the_next_run(course):
    before = recorded(course)
    erase(course, ANA)
    assert (
        recorded(course) == {BRUNO: before[PAIR], CARLA: before[CARLA]} and before[PAIR][1] == 1.5
    )
    assert {s.submission: why for s, why in run(course.assignment(tiny.ASSIGNMENT))} == {
        BRUNO: "new",
        CARLA: "",
    }
    assert recorded(course) == {BRUNO: before[PAIR], CARLA: before[CARLA]}
    assert (course.feedback / BRUNO / "tiny" / "1_square.html").is_file()
    assert naming(course, ANA) == []


def test_who_handed_in_for_them_is_forgotten_too(course):
    accounts = course.submitted / ".accounts.json"
    accounts.write_text(json.dumps({PAIR: ["Canvas 17"], CARLA: ["Canvas 18"]}))
    forget(course, traces(course, ANA))
    assert json.loads(accounts.read_text()) == {CARLA: ["Canvas 18"]}


def test_both_of_a_pair_can_be_forgotten_one_after_the_other(course):
    erase(course, ANA)
    erase(course, BRUNO)
    assert naming(course, ANA) == naming(course, BRUNO) == []
    assert list(recorded(course)) == [CARLA]


def test_the_roster_keeps_its_other_rows_and_its_mark(course):
    erase(course, ANA)
    text = (course.root / "students.csv").read_text("utf-8")
    assert text == "\ufeff" + "".join(x for x in ROSTER.splitlines(True) if ANA not in x)


def test_copies_of_the_gradebook_forget_too_and_stay_readable(course):
    copies = sorted(course.root.glob("gradebook.db.*.bak"))
    assert copies and any(PAIR.encode() in path.read_bytes() for path in copies)
    erase(course, ANA)
    for path in copies:
        assert ANA.encode() not in path.read_bytes()
        with sqlite3.connect(path) as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_what_was_deleted_from_the_gradebook_before_is_in_the_file_no_more(course):
    path = course.root / "gradebook.db"
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA secure_delete = OFF")  # as SQLite is built in many places
        database.execute("CREATE TABLE old (text)")
        database.executemany("INSERT INTO old VALUES (?)", [(f"{ANA} said",)] * 999)
        database.commit()
        database.execute("DROP TABLE old")
    assert f"{ANA} said".encode() in path.read_bytes()
    erase(course, ANA)
    assert ANA.encode() not in path.read_bytes()


def test_a_copy_of_the_gradebook_that_cannot_be_read_is_deleted(course):
    path = course.root / "gradebook.db.20200101-000000.bak"
    path.write_bytes(b"no database " + PAIR.encode())
    erase(course, ANA)
    assert not path.exists()


def test_only_reports_that_name_the_student_or_hold_their_feedback_go(course):
    erase(course, CARLA)
    left = {path.name for path in (course.root / "reports").rglob("*") if path.is_file()}
    assert left == {"tiny-check.html", f"{ANA}.zip", f"{BRUNO}.zip"}


def test_it_may_be_done_again_after_a_stop(course, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr("grading.results.forget._move", lambda old, new: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            erase(course, ANA)
    erase(course, ANA)
    assert naming(course, ANA) == []
    assert recorded(course)[BRUNO] == (12, 1.5)


def test_what_a_pair_wrote_elsewhere_is_named_for_a_person_to_look_at(course):
    (course.submitted / PAIR / "tiny" / "notas.txt").write_text(f"hola {ANA}")
    said = erase(course, ANA)
    assert f"submitted/{BRUNO}/tiny/notas.txt still names {ANA}: look at it" in said


def test_an_extension_in_the_configuration_is_named(course):
    with (course.root / "grader_config.py").open("a") as file:
        file.write(f'\nc.Deadlines.extensions = {{("tiny", "{ANA}"): 48}}\n')
    said = erase(Course(course.root), ANA)
    assert f"grader_config.py names {ANA}: take the line out" in said


def test_a_student_who_is_nowhere_is_refused(course):
    with pytest.raises(CourseError, match="Nothing of 'zoe' is kept here"):
        traces(course, "zoe")


def test_a_pair_whose_other_one_handed_in_alone_too_is_refused(course):
    hand_in(course, BRUNO)
    with pytest.raises(CourseError, match=f"both have tiny: decide which {BRUNO} keeps"):
        traces(course, ANA)
    assert naming(course, ANA)


def test_of_two_recorded_for_the_other_one_that_stays_whose_folder_is_there(course):
    """As its message says: decide which, delete the other one, then try again."""
    hand_in(course, BRUNO, square=b"{}")
    list(run(course.assignment(tiny.ASSIGNMENT)))
    shutil.rmtree(course.submitted / BRUNO)
    copies = len(list(course.root.glob("gradebook.db.*.bak")))
    erase(course, ANA)
    with course.gradebook() as gradebook:
        assert {student.id for student in gradebook.students} == {BRUNO, CARLA}
        assert gradebook.find_submission(tiny.ASSIGNMENT, BRUNO).score > 10  # the pair's
    assert len(list(course.root.glob("gradebook.db.*.bak"))) == copies
    assert naming(course, ANA) == []


def test_a_copy_of_the_gradebook_that_is_locked_is_not_deleted(course):
    (first, *_) = sorted(course.root.glob("gradebook.db.*.bak"))
    held = sqlite3.connect(first, isolation_level=None)
    held.execute("BEGIN EXCLUSIVE")
    try:
        with pytest.raises(CourseError, match="locked"):
            erase(course, ANA)
    finally:
        held.close()
    erase(course, ANA)
    assert first.exists() and naming(course, ANA) == []


def test_files_that_name_the_student_in_another_way_are_named_too(course):
    path = course.submitted / PAIR / tiny.ASSIGNMENT / "2_name.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[1].source += f"\n# {ANA.upper()} y ana núñez"
    nbformat.write(notebook, path)
    said = erase(course, ANA)
    assert any("2_name.ipynb still names" in each for each in said)


def test_files_that_a_killed_command_left_go_too(course):
    backup, *_ = course.root.glob("gradebook.db.*.bak")
    for path in (
        course.submitted / ".collecting" / "17",
        course.submitted / ".collecting" / "new" / "1_square.ipynb",
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(identified(CARLA))
    feedback = course.root / "reports" / "tiny-feedback" / f"{CARLA}.zip"
    for path in (feedback, backup):
        path.rename(path.with_name(f".{path.name}.{'0' * 32}.new"))
    erase(course, CARLA)
    assert naming(course, CARLA) == []
    assert not (course.submitted / ".collecting").exists()


def test_what_a_killed_collect_left_is_found_where_nothing_else_is_kept(course):
    left = course.submitted / ".collecting" / "17"
    left.parent.mkdir()
    left.write_bytes(identified("dora-0004"))
    code, output = command(course, "dora-0004", "--yes")
    assert (code, naming(course, "dora-0004")) == (0, [])
    assert "deleted: submitted/.collecting" in output


def test_a_report_with_the_id_within_a_word_stays(course):
    other = course.root / "reports" / "otra.csv"
    other.write_text(f"x{ANA}x\n")
    erase(course, ANA)
    assert other.exists()


def test_it_takes_no_folder_away_from_a_collect_that_is_at_work(course):
    with workspace(course) as folder:
        (folder / "17").write_bytes(b"")
        with pytest.raises(CourseError, match="Another process is collecting"):
            erase(course, CARLA)
        assert (folder / "17").exists()
    assert recorded(course)[CARLA]


def test_it_waits_for_no_run(course):
    with alone(course), pytest.raises(CourseError, match="Another run"):
        erase(course, CARLA)
    assert recorded(course)[CARLA]


def test_the_command_shows_what_goes_and_asks(course):
    code, output = command(course, CARLA, answer="n\n")
    assert code == 1 and "Erase all of it?" in output
    for line in (
        f"deleted: submitted/{CARLA}",
        f"deleted: submitted/.earlier/{CARLA}",
        f"deleted: autograded/{CARLA}",
        f"deleted: feedback/{CARLA}",
        "deleted: reports/tiny-canvas.csv",
        f"in the gradebook: {CARLA} and its marks",
        f"students.csv: the row of {CARLA}",
    ):
        assert line in output
    assert recorded(course)[CARLA]


def test_the_command_says_what_becomes_of_a_pair_and_what_to_run(course):
    code, output = command(course, ANA, "--yes")
    assert code == 0
    assert f"submitted/{PAIR}: becomes {BRUNO}" in output
    assert f"in the gradebook: {PAIR} becomes {BRUNO}" in output
    assert "Run 'python -m grading run ASSIGNMENT'" in output
    assert naming(course, ANA) == []
    assert all(ANA not in note for note in notes(course.assignment(tiny.ASSIGNMENT)))


@pytest.mark.parametrize(
    "source, left",
    [
        ('carne_1 = "ana"', 'carne_1 = "X"'),
        ("carne_1 = ' ana '", 'carne_1 = "X"'),
        ('carne_1 = "bruno"', 'carne_1 = "bruno"'),
        ('carne_1 = "bruno"; carne_2 = "ana"', 'carne_1 = "bruno"; carne_2 = "X"'),
        ('á = "é"; carne_1 = "ana"  # ana', 'á = "é"; carne_1 = "X"  # ana'),
        ('carne_1 = """ana\n"""\nx = 1', 'carne_1 = "X"\nx = 1'),
        ('firma_mecanografiada_1 = "F"\ncarne_1 = "ana"',
         'firma_mecanografiada_1 = "X"\ncarne_1 = "X"'),
        ('firma_mecanografiada_2 = "F"\ncarne_1 = "ana"',
         'firma_mecanografiada_2 = "F"\ncarne_1 = "X"'),
        ('name = "ana"', 'name = "ana"'),
        ('x = 1\rcarne_1 = "ana"\nz = "é"', 'x = 1\rcarne_1 = "X"\nz = "é"'),
        ('carne_1 = "ANA"', 'carne_1 = "X"'),
        (f"carne_1 = 0x{'f' * 5000}", f"carne_1 = 0x{'f' * 5000}"),
        ('carne_1 = "ana"\n%matplotlib inline', 'carne_1 = "ana"\n%matplotlib inline'),
        ("carne_1: str = 'ana'", 'carne_1: str = "X"'),
        ("carne_1, carne_2 = 'ana', 'luis'", "carne_1, carne_2 = \"X\", 'luis'"),
        ("if True:\n    (carne_1 := 'ana')", 'if True:\n    (carne_1 := "X")'),
    ],
)  # fmt: skip
def test_only_the_id_and_its_signature_are_taken_out_of_an_identity_cell(source, left):
    assert without_identity(source, "ana", IDENTITY) == left.replace("X", FORGOTTEN)
