"""students.csv and the names of folders: who is in the course, whose a submission is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grading.course import Course, CourseError
from grading.people.pairs import members
from grading.people.roster import Student, read_students

HEADER = "student,first_name,last_name,email,lms_id,section,extension_hours\n"


@pytest.fixture
def course(tmp_path):
    """A folder is enough: nothing is built or graded here."""
    return Course(tmp_path)


def roster(course, text, encoding="utf-8"):
    (course.root / "students.csv").write_bytes(text.encode(encoding))
    return read_students(course)


def test_without_a_file_the_roster_is_empty(course):
    assert read_students(course) == {}


def test_a_full_row_is_a_student(course):
    found = roster(course, HEADER + "20210001,Ana,Núñez,ana@example.org,77,A,1.5\n")
    expected = Student("20210001", "Ana", "Núñez", "ana@example.org", "77", "A", 1.5)
    assert found == {"20210001": expected}


@pytest.mark.parametrize("mark", list("\v\f\x1c\x1d\x1e\x85\u2028\u2029"), ids=ascii)
def test_a_mark_that_ends_no_row_of_csv_stays_within_its_name(course, mark):
    found = roster(course, f"student,last_name\nana,Pe{mark}rez\nbea,Paz\n")
    assert found == {
        "ana": Student("ana", last_name=f"Pe{mark}rez"),
        "bea": Student("bea", last_name="Paz"),
    }


@pytest.mark.parametrize(
    "text",
    [
        "student\nana\n",
        "student\rana\r",
        "student,section\nana,\n",
        "section,student\n,ana\n",
        "student\r\nana\r\n",
        "student\nana",
        "student\n\nana\n\n",
        "student,first_name\nana\n",
        " student , section \n ana , \n",
        "student,first_name\nana,\n,\n",
    ],
)
def test_only_the_id_is_needed(course, text):
    assert roster(course, text) == {"ana": Student("ana")}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_utf8_is_read_with_and_without_a_byte_order_mark(course, encoding):
    assert roster(course, "student,last_name\nana,Núñez\n", encoding)["ana"].last_name == "Núñez"


def test_a_quoted_name_may_hold_commas_and_quotes(course):
    found = roster(course, 'student,last_name\nana,"Núñez, ""la"" de A"\n')
    assert found["ana"].last_name == 'Núñez, "la" de A'


@pytest.mark.parametrize(
    "text, line, reason",
    [
        ("", 1, "no column 'student'"),
        ("name\nana\n", 1, "no column 'student'"),
        ("student;section\nana;A\n", 1, "no column 'student'"),
        ("student,mail\nana,a\n", 1, "unknown column 'mail'"),
        ("student,student\nana,ana\n", 1, "a column stands twice: student"),
        ("student,section\n,A\n", 2, "no id"),
        ("student\nana\nbruno\nana\n", 4, "ana stands in line 2 already"),
        ("student\nana b\n", 2, "'ana b' is no id"),
        ("student\n../ana\n", 2, "'../ana' is no id"),
        ("student\n=ana\n", 2, "'=ana' is no id"),
        ("student\n-ana\n", 2, "'-ana' is no id"),
        ("student\n..\n", 2, "'..' is no id"),
        ("student\nana.\n", 2, "'ana.' is no id"),
        ("student\nana*\n", 2, "'ana*' is no id"),
        ("student,extension_hours\nana,two\n", 2, "'two' is no number of hours"),
        ("student,extension_hours\nana,-1\n", 2, "'-1' is no number of hours"),
        ("student,extension_hours\nana,nan\n", 2, "'nan' is no number of hours"),
        ("student,extension_hours\nana,50255512345\n", 2, "'50255512345' is no number of hours"),
        ("student,extension_hours\nana,inf\n", 2, "'inf' is no number of hours"),
        ("student,section\nana,A,B\n", 2, "more fields than the header's 2"),
        ('student,section\nana,"A\n', 2, "not CSV"),
    ],
)
def test_a_row_that_cannot_be_used_is_named(course, text, line, reason):
    with pytest.raises(CourseError) as error:
        roster(course, text)
    assert str(error.value).startswith(f"students.csv, line {line}: ")
    assert reason in str(error.value)


def test_another_encoding_is_refused_with_its_line(course):
    with pytest.raises(CourseError, match="line 3: not UTF-8: save the file as"):
        roster(course, "student,last_name\nana,Paz\nbruno,Núñez\n", "latin-1")


def test_a_change_of_the_file_is_seen(course):
    assert list(roster(course, "student\nana\n")) == ["ana"]
    assert list(roster(course, "student\nbruno\n")) == ["bruno"]


@pytest.mark.parametrize(
    "folder, known, ids",
    [
        ("20210001", (), ["20210001"]),
        ("20210001_20210002", (), ["20210001", "20210002"]),
        ("half-done", (), ["half-done"]),
        ("a.b-1_c.d-2", (), ["a.b-1", "c.d-2"]),
        ("ana_paz", (), ["ana", "paz"]),
        ("ana_paz", ("ana_paz",), ["ana_paz"]),
        ("ana_paz", ("ana", "paz"), ["ana", "paz"]),
        ("ana_paz_bruno", ("ana_paz", "bruno"), ["ana_paz", "bruno"]),
        ("bruno_ana_paz", ("ana_paz", "bruno"), ["bruno", "ana_paz"]),
        ("ana_paz_leo_sol", ("ana_paz", "leo_sol"), ["ana_paz", "leo_sol"]),
        ("ana_paz_bruno", ("ana_paz",), ["ana_paz", "bruno"]),
        ("a_b_c", (), ["a", "b", "c"]),
        ("a_b_c", ("a", "b", "c"), ["a", "b", "c"]),
        ("ana_ana", (), ["ana"]),
        ("_ana", (), ["ana"]),
        ("ana_", (), ["ana"]),
        ("_", (), ["_"]),
    ],
)
def test_a_folder_is_one_student_or_a_pair(folder, known, ids):
    assert members(folder, known) == ids


IDS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9.-]{0,8}", fullmatch=True)


@given(IDS, IDS)
def test_a_pair_is_read_as_it_was_written(first, second):
    assert members(f"{first}_{second}") == list(dict.fromkeys([first, second]))


@given(st.lists(st.from_regex(r"[a-z0-9][a-z0-9_]{0,5}", fullmatch=True), unique=True, max_size=9))
def test_every_student_of_the_roster_alone_is_one(roster):
    assert [members(each, roster) for each in roster] == [[each] for each in roster]
