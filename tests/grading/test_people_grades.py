"""Grades of students, notes to look at, exports: from a real gradebook."""

import csv
import shutil
import tempfile
import zipfile

import nbformat
import pytest
import tiny
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell
from tiny import hand_in, solved

from grading.batch.run import run
from grading.cli import main
from grading.course import Course, CourseError
from grading.masters.build import build
from grading.people.grades import grades, notes
from grading.results.export import export
from grading.results.tables import harmless, number

ROSTER = """\
student,first_name,last_name,email,lms_id,section
ana,Ana,"Núñez, hija",ana@example.org,71,A
bruno,=1+1,"Paz ""el"" Sol",bruno@example.org,72,A
carla,Carla,-Lima,carla@example.org,,@B
diego,Diego,Mar,diego@example.org,74,B
eva,Eva,Río,eva@example.org,75,B
"""


def identified(first, second=""):
    """A notebook whose identity cell names these ids."""
    notebook = solved("1_square")
    source = f'carne_1 = "{first}"\nfirma_mecanografiada_1 = "Una firma"\ncarne_2 = "{second}"'
    notebook.cells.insert(2, new_code_cell(source))
    return nbformat.writes(notebook).encode()


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A class with a pair, one who handed in half, one unknown, one absent; graded."""
    course = tiny.make_course(tmp_path_factory.mktemp("class"))
    build(course.assignment(tiny.ASSIGNMENT))
    (course.root / "students.csv").write_text(ROSTER, "utf-8")
    hand_in(course, "ana_bruno")
    hand_in(course, "carla", name=None)
    hand_in(course, "felix")
    assert len(list(run(course.assignment(tiny.ASSIGNMENT)))) == 3
    with course.gradebook() as gradebook:
        grade = gradebook.find_grade("square-question", "1_square", "tiny", "ana_bruno")
        grade.manual_score, grade.needs_manual_grade = 1.5, False
        gradebook.db.commit()
        carla = gradebook.find_student("carla")
        carla.first_name, carla.last_name = "@Carla", 'Lima, "la"'
        gradebook.db.commit()
    return course


@pytest.fixture
def course_of(graded, tmp_path):
    """A copy of it."""
    root = tmp_path / "course"
    shutil.copytree(graded.root, root)
    return Course(root)


def by_student(course):
    return {grade.student: grade for grade in grades(course.assignment(tiny.ASSIGNMENT))}


def rows(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def said(course, *arguments):
    """Exit code and what a command says, in the course folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(course.root)
        done = CliRunner().invoke(main, arguments)
    return done.exit_code, done.output


def test_everybody_of_the_roster_or_with_a_submission_has_one_grade(graded):
    found = [grade.student for grade in grades(graded.assignment(tiny.ASSIGNMENT))]
    assert found == ["ana", "bruno", "carla", "diego", "eva", "felix"]


def test_both_of_a_pair_have_its_marks_and_each_other(graded):
    ana, bruno = by_student(graded)["ana"], by_student(graded)["bruno"]
    assert (ana.partners, bruno.partners, ana.folder) == (["bruno"], ["ana"], "ana_bruno")
    assert (ana.automatic, ana.written, ana.ungraded, ana.total) == (12, 1.5, 0, 13.5)
    assert (bruno.automatic, bruno.total, bruno.available) == (12, 13.5, 14)


def test_a_written_answer_that_nobody_marked_is_counted(graded):
    assert {s: g.ungraded for s, g in by_student(graded).items()} == {
        "ana": 0, "bruno": 0, "carla": 1, "diego": 0, "eva": 0, "felix": 1,
    }  # fmt: skip


def test_a_notebook_that_was_not_handed_in_earns_nothing(graded):
    carla = by_student(graded)["carla"]
    assert (carla.automatic, carla.total, carla.has_submission) == (8, 8, True)


def test_who_handed_in_nothing_has_nothing(graded):
    diego = by_student(graded)["diego"]
    assert (diego.folder, diego.total, diego.available, diego.has_submission) == ("", 0, 14, False)


def test_a_mark_below_zero_leaves_no_total_below_zero(course_of):
    with course_of.gradebook() as gradebook:
        for name in ("square-check", "cube-check"):
            gradebook.find_grade(name, "1_square", "tiny", "carla").manual_score = -9
        gradebook.db.commit()
    assert by_student(course_of)["carla"].total == 0


def test_a_submission_that_is_not_recorded_yet_says_so(course_of):
    hand_in(course_of, "diego")
    diego = by_student(course_of)["diego"]
    assert (diego.has_submission, diego.is_recorded) == (True, False)


def test_of_two_submissions_of_a_student_the_later_counts(course_of):
    shutil.copytree(course_of.submitted / "felix", course_of.submitted / "ana")
    for folder, time in (("ana", "2026-11-20"), ("ana_bruno", "2026-11-19")):
        stamp = course_of.submitted / folder / tiny.ASSIGNMENT / "timestamp.txt"
        stamp.write_text(f"{time} 12:00:00 UTC\n")
    found = by_student(course_of)
    assert (found["ana"].folder, found["bruno"].folder) == ("ana", "ana_bruno")


def test_of_two_submissions_without_a_time_the_better_counts(course_of):
    shutil.copytree(course_of.submitted / "felix", course_of.submitted / "ana")
    assert by_student(course_of)["ana"].folder == "ana_bruno"


@pytest.mark.parametrize(
    "prepare, said",
    [
        (lambda c: None, "No assignment 'lab9'.*Assignments here: tiny"),
        (lambda c: (c.root / "gradebook.db").unlink(), "No gradebook yet.*run tiny"),
        (lambda c: (c.root / "students.csv").write_text("x\n"), "students.csv, line 1"),
    ],
)
def test_what_is_missing_is_said(course_of, prepare, said):
    prepare(course_of)
    with pytest.raises(CourseError, match=said):
        grades(course_of.assignment("lab9" if "lab9" in said else tiny.ASSIGNMENT))
    assert (course_of.root / "gradebook.db").exists() == ("No gradebook" not in said)


def test_an_empty_class_is_said(built):
    with pytest.raises(CourseError, match="Nobody is in this class"):
        grades(built.assignment(tiny.ASSIGNMENT))


# --- Notes ----------------------------------------------------------------------------------------


def test_a_class_without_anything_odd_has_no_notes(course):
    (course.root / "students.csv").write_text("student\nana\nbruno\n")
    hand_in(course, "ana_bruno", square=identified("bruno", "ana"))
    assert notes(course.assignment(tiny.ASSIGNMENT)) == []


@pytest.mark.parametrize(
    "folder, said",
    [
        ("zoe", ["zoe: zoe is not in students.csv"]),
        ("ana_zoe", ["ana_zoe: zoe is not in students.csv"]),
        ("ana_bruno_carla", ["ana_bruno_carla: 3 ids in the name of its folder; a pair is ID_ID"]),
        ("ana_ana", ["ana_ana: an id is empty or stands twice in the name of its folder"]),
        ("ana_", ["ana_: an id is empty or stands twice in the name of its folder"]),
        ("ana bruno", ["ana bruno: 'ana bruno' is no id: letters, digits, '-', '.' and '_', a "
                       "letter or digit first, no '.' last"]),
    ],
)  # fmt: skip
def test_ids_in_a_folders_name_that_do_not_fit_are_noted(course, folder, said):
    (course.root / "students.csv").write_text("student\nana\nbruno\ncarla\n")
    hand_in(course, folder)
    assert [
        note for note in notes(course.assignment(tiny.ASSIGNMENT)) if note.startswith(folder)
    ] == said


@pytest.mark.parametrize(
    "written, said",
    [
        (("ana", "bruno"), []),
        (("BRUNO", " ana "), []),
        (("", ""), []),
        (("ana", ""), ["ana_bruno: 1_square.ipynb says that it is of ana"]),
        (("ana", "zoe"), ["ana_bruno: 1_square.ipynb says that it is of ana and zoe"]),
        (("ana", "a\x1b[2Jb"), ["ana_bruno: 1_square.ipynb says that it is of ana and a�[2Jb"]),
    ],
)
def test_an_identity_cell_that_says_otherwise_is_noted(course, written, said):
    hand_in(
        course,
        "ana_bruno",
        square=identified(*(text.encode("unicode_escape").decode() for text in written)),
    )
    assert notes(course.assignment(tiny.ASSIGNMENT)) == said


@pytest.mark.parametrize(
    "raw", [b"carne_1 {", b"\xff\xfecarne_1", b"[" * 5000 + b"carne_1", b'{"cells": "carne_1"}']
)
def test_a_notebook_that_cannot_be_read_says_nothing_about_identity(course, raw):
    hand_in(course, "ana", square=raw)
    assert notes(course.assignment(tiny.ASSIGNMENT)) == []


def test_a_notebook_that_is_a_link_is_not_followed(course):
    folder = hand_in(course, "ana", square=None)
    (course.root / "other.ipynb").write_bytes(identified("zoe"))
    (folder / "1_square.ipynb").symlink_to(course.root / "other.ipynb")
    assert notes(course.assignment(tiny.ASSIGNMENT)) == []


def test_an_id_in_two_submissions_is_noted(course):
    hand_in(course, "ana_bruno")
    hand_in(course, "ana")
    assert notes(course.assignment(tiny.ASSIGNMENT)) == [
        "ana is in 2 submissions, the later counts: ana, ana_bruno"
    ]


def test_a_time_that_is_none_is_noted(course):
    (hand_in(course, "ana") / "timestamp.txt").write_text("soon")
    assert notes(course.assignment(tiny.ASSIGNMENT)) == [
        "ana: its timestamp.txt is no time, so nobody knows whether it is late"
    ]


def test_who_has_no_submission_is_counted_and_listed_in_part(course):
    (course.root / "students.csv").write_text("student\n" + "".join(f"s{n}\n" for n in range(12)))
    hand_in(course, "s0")
    assert notes(course.assignment(tiny.ASSIGNMENT)) == [
        "11 of the 12 students in students.csv have no submission: "
        "s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, …"
    ]


# --- Exports --------------------------------------------------------------------------------------


def test_grades_csv_has_a_row_for_each_student_with_numbers_as_numbers(graded, tmp_path):
    path, _ = export(graded.assignment(tiny.ASSIGNMENT), "grades", tmp_path / "grades.csv")
    header, *found = rows(path)
    assert ",".join(header) == (
        "student,last_name,first_name,email,section,submission,partners,automatic,written,"
        "ungraded,penalty,total,available,hours_late"
    )
    assert found == [
        ["ana", "Núñez, hija", "Ana", "ana@example.org", "A", "ana_bruno", "bruno",
         "12", "1.5", "0", "0", "13.5", "14", ""],
        ["bruno", 'Paz "el" Sol', "'=1+1", "bruno@example.org", "A", "ana_bruno", "ana",
         "12", "1.5", "0", "0", "13.5", "14", ""],
        ["carla", "'-Lima", "Carla", "carla@example.org", "'@B", "carla", "",
         "8", "0", "1", "0", "8", "14", ""],
        ["diego", "Mar", "Diego", "diego@example.org", "B", "", "", "0", "0", "0", "0", "0",
         "14", ""],
        ["eva", "Río", "Eva", "eva@example.org", "B", "", "", "0", "0", "0", "0", "0", "14", ""],
        ["felix", "", "", "", "", "felix", "", "12", "0", "1", "0", "12", "14", ""],
    ]  # fmt: skip


def test_excel_sees_that_grades_csv_is_utf8(graded, tmp_path):
    path, _ = export(graded.assignment(tiny.ASSIGNMENT), "grades", tmp_path / "grades.csv")
    assert path.read_bytes().startswith(b"\xef\xbb\xbfstudent,")


def test_canvas_gets_its_columns_points_possible_and_who_has_marks(graded, tmp_path):
    path, _ = export(graded.assignment(tiny.ASSIGNMENT), "canvas", tmp_path / "canvas.csv")
    assert path.read_bytes().startswith(b"Student,")
    assert rows(path) == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "tiny"],
        ["    Points Possible", "", "", "", "", "14"],
        ["Núñez, hija, Ana", "71", "ana", "ana@example.org", "A", "13.5"],
        ['Paz "el" Sol, =1+1', "72", "bruno", "bruno@example.org", "A", "13.5"],
        ["'-Lima, Carla", "", "carla", "carla@example.org", "'@B", "8"],
        ["felix", "", "felix", "", "", "12"],
    ]


def test_the_column_may_have_the_name_that_canvas_gave_it(graded, tmp_path):
    name = "Lab 3, final (1234)"
    path, _ = export(graded.assignment(tiny.ASSIGNMENT), "canvas", tmp_path / "canvas.csv", name)
    assert rows(path)[0][-1] == name


def test_moodle_gets_ids_names_and_marks_also_in_per_cent(graded, tmp_path):
    path, _ = export(graded.assignment(tiny.ASSIGNMENT), "moodle", tmp_path / "moodle.csv")
    assert rows(path) == [
        ["ID number", "First name", "Last name", "tiny", "tiny (%)"],
        ["ana", "Ana", "Núñez, hija", "13.5", "96.43"],
        ["bruno", "'=1+1", 'Paz "el" Sol', "13.5", "96.43"],
        ["carla", "Carla", "'-Lima", "8", "57.14"],
        ["felix", "", "", "12", "85.71"],
    ]


def test_moodle_gets_addresses_where_everybody_has_one(course_of, tmp_path):
    shutil.rmtree(course_of.submitted / "felix")
    with course_of.gradebook() as gradebook:
        gradebook.remove_student("felix")
    path, _ = export(course_of.assignment(tiny.ASSIGNMENT), "moodle", tmp_path / "moodle.csv")
    header, *found = rows(path)
    assert header[:2] == ["ID number", "Email address"]
    assert [row[1] for row in found] == [f"{who}@example.org" for who in ("ana", "bruno", "carla")]


def test_nbgraders_csv_is_its_own_with_fields_quoted_and_formulas_as_text(graded, tmp_path):
    path, _ = export(graded.assignment(tiny.ASSIGNMENT), "nbgrader", tmp_path / "nbgrader.csv")
    header, *found = rows(path)
    assert {len(row) for row in found} == {len(header)}
    of = {row[3]: dict(zip(header, row, strict=True)) for row in found}
    assert sorted(of) == ["ana_bruno", "carla", "felix"]
    assert (of["carla"]["first_name"], of["carla"]["last_name"]) == ("'@Carla", 'Lima, "la"')
    assert (of["ana_bruno"]["score"], of["ana_bruno"]["max_score"]) == ("13.5", "14.0")
    with graded.gradebook() as gradebook:
        assert gradebook.find_student("carla").first_name == "@Carla"


def test_nbgraders_csv_puts_nothing_into_the_temporary_folder(graded, tmp_path, monkeypatch):
    """A process that is killed would leave everybody's marks there."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "none"))
    path, _ = export(
        graded.assignment(tiny.ASSIGNMENT), "nbgrader", tmp_path / "out" / "nbgrader.csv"
    )
    assert rows(path) and list(path.parent.iterdir()) == [path]


def test_a_submission_that_is_not_recorded_has_no_mark_in_any_export(course_of, tmp_path):
    hand_in(course_of, "diego")
    for kind, mark in (("grades", 11), ("canvas", 5), ("moodle", 3)):
        path, warned = export(course_of.assignment(tiny.ASSIGNMENT), kind, tmp_path / f"{kind}.csv")
        marks = [row[mark] for row in rows(path) if "diego" in row]
        assert marks in ([""], [])
        assert any("not in the gradebook yet" in text for text in warned)


def test_each_student_gets_a_zip_of_feedback_both_of_a_pair(graded, tmp_path):
    folder, warned = export(graded.assignment(tiny.ASSIGNMENT), "feedback", tmp_path / "zips")
    assert sorted(path.name for path in folder.iterdir()) == [
        "ana.zip", "bruno.zip", "carla.zip", "felix.zip",
    ]  # fmt: skip
    for student in ("ana", "bruno"):
        archive = zipfile.ZipFile(folder / f"{student}.zip")
        assert archive.namelist() == ["tiny/1_square.html", "tiny/2_name.html"]
        page = (graded.feedback / "ana_bruno" / "tiny" / "1_square.html").read_bytes()
        assert archive.read("tiny/1_square.html") == page
    assert warned == []


def test_a_student_without_feedback_is_named(course_of, tmp_path):
    shutil.rmtree(course_of.feedback / "felix")
    _, warned = export(course_of.assignment(tiny.ASSIGNMENT), "feedback", tmp_path / "zips")
    assert warned == ["1 students have a submission but no feedback: felix"]


@pytest.mark.parametrize("kind", ["grades", "canvas", "feedback"])
def test_what_was_not_graded_as_it_is_there_is_said(course_of, tmp_path, kind):
    shutil.copy(
        course_of.submitted / "carla/tiny/1_square.ipynb", course_of.submitted / "felix/tiny"
    )
    (course_of.submitted / "felix/tiny/2_name.ipynb").unlink()
    shutil.rmtree(course_of.submitted / "carla")
    _, warned = export(course_of.assignment(tiny.ASSIGNMENT), kind, tmp_path / "out")
    assert any("1 submissions are not as they were graded" in text for text in warned)
    assert any("in submitted/ any more, and their marks count" in text for text in warned)


def test_the_command_writes_to_reports_and_warns_of_answers_without_a_mark(course_of):
    code, output = said(course_of, "export", "tiny", "--format", "canvas")
    assert code == 0 and "Written: reports/tiny-canvas.csv" in output
    assert "Warning: 2 students have written answers that nobody has marked yet" in output
    assert "mark them with 'python -m grading mark tiny', then export again" in output
    assert "Warning: 2 students of students.csv have no submission and are left out" in output
    assert (course_of.root / "reports/tiny-canvas.csv").is_file()


@pytest.mark.parametrize(
    "arguments, expected",
    [
        (("export", "lab9"), "No assignment 'lab9'"),
        (("export", "tiny", "--format", "excel"), "'excel' is not one of"),
        (("export", "tiny", "--output", "grader_config.py/x.csv"), "not written: "),
    ],
)
def test_the_command_says_what_is_wrong(course_of, arguments, expected):
    code, output = said(course_of, *arguments)
    assert code != 0 and expected in output


@pytest.mark.parametrize(
    "text, shown",
    [
        ("", ""), ("Ana", "Ana"), ("a=b", "a=b"), ("=1+1", "'=1+1"), ("+1", "'+1"), ("-1", "'-1"),
        ("@a", "'@a"), ("\t=1", "'\t=1"), ("\r=1", "'\r=1"), ("\n=1", "'\n=1"), ("  =1", "'  =1"),
    ],
)  # fmt: skip
def test_a_text_that_a_spreadsheet_would_run_is_shown_as_text(text, shown):
    assert harmless(text) == shown


@given(st.text())
def test_no_text_begins_like_a_formula_and_all_of_it_is_kept(text):
    shown = harmless(text)
    assert not shown.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert shown in (text, f"'{text}")


@pytest.mark.parametrize(
    "value, shown",
    [(0, "0"), (12.0, "12"), (13.5, "13.5"), (1 / 3, "0.33"), (158, "158"), (-0.5, "-0.5"),
     (100, "100"), (12345.678, "12345.68"), (None, "")],
)  # fmt: skip
def test_a_number_has_two_decimals_at_most(value, shown):
    assert number(value) == shown
