"""Whose a hand-in is in downloads of Blackboard, Brightspace, Google Classroom, Gradescope."""

import pytest
import tiny
from downloads import (
    BOTH,
    PAIR,
    archive,
    blackboard,
    brightspace,
    collected,
    fates,
    gradescope,
    hand_in,
    notebook,
    notebooks,
    notes,
    problems,
    put,
    stored,
)

ANA = ("Ana Pérez", "'20210001'", "ana@x.org")
BEA = ("Bea", "'2021-0002'", "bea@x.org")
LUIS = ("Luis López", "'20210003'", "luis@x.org")
KIT = {"tiny_20210001_2021-0002.zip": hand_in(PAIR)}
OF_LUIS, OF_MARIA = notebooks(("20210003",)), {"tarea.zip": archive(notebooks())}
NOON = "2026-11-20-12-00-00"
CLASS = {
    "Blackboard": (
        blackboard("Lab 3", ("ana01", "Ana Pérez", NOON, KIT), ("luis02", "Luis", NOON, OF_LUIS),
                   ("maria03", "María Núñez", NOON, OF_MARIA)), "maria03"),
    "Brightspace": (
        brightspace(("Ana Pérez", "20 noviembre, 2026 1200 PM", KIT),
                    ("Luis López", "20 noviembre, 2026 1200 PM", OF_LUIS),
                    ("María Núñez", "Nov 20, 2026 1200 PM", OF_MARIA)), "Maria-Nunez-27236-46025"),
    "Gradescope": (
        gradescope(([ANA, BEA], "2026-11-20 12:00:00.938335000 Z", notebooks()),
                   ([LUIS], "2026-11-20 06:00:00.000000000 -06:00", notebooks()),
                   ([("María", "", "maria@x.org")], "2026-11-20 12:00:00 Z", OF_MARIA)), "maria"),
    "Google Classroom": (
        {"Ana Pérez - 1_square.ipynb": notebook("1_square", PAIR),
         "Ana Pérez - 2_name.ipynb": notebook("2_name"),
         "Copia de Luis López - 1_square.ipynb": notebook("1_square", ("20210003",)),
         "Luis López - 2_name.ipynb": notebook("2_name"),
         "María Núñez - 1_square.ipynb": notebook("1_square"),
         "María Núñez - Copia de 2_name.ipynb": notebook("2_name")}, "Maria-Nunez"),
}  # fmt: skip


@pytest.mark.parametrize("how", ["zip", "zip with a folder", "unpacked"])
@pytest.mark.parametrize(("files", "third"), CLASS.values(), ids=CLASS)
def test_a_class_is_sorted_by_who_handed_in(course, inbox, files, third, how):
    if how == "unpacked":
        for name, content in files.items():
            put(inbox / "download", name, content)
    else:
        above = "Lab 3/" if how != "zip" else ""
        put(inbox, "download.zip", archive({above + name: raw for name, raw in files.items()}))
    result = collected(course, inbox)
    students = ["20210001_2021-0002", "20210003", third]
    assert sorted(course.assignment("tiny").submissions()) == sorted(students)
    assert all(set(stored(course, student)) == BOTH for student in students)
    by_account = ["no id in it: named after the account that handed it in"]
    assert problems(result) == ([] if third == "maria" else by_account)
    assert all("index.html" in each for each in result.left_over)


# --- Whose it is ------------------------------------------------------------------------------

MINE = notebooks()
WHOSE = {
    "a user name with an underscore": (
        blackboard("Lab 3", ("ana_paz", "Ana Paz", NOON, MINE), ("luis_paz", "L", NOON, MINE)),
        ["ana-paz", "luis-paz"]),
    "a work and user names that look like Canvas's": (
        blackboard("Lab_3", ("20210001", "Ana", NOON, MINE), ("20210002", "Luis", NOON, MINE)),
        ["20210001", "20210002"]),
    "Blackboard's word in Spanish": (
        blackboard("Lab 3", ("ana01", "Ana", NOON, MINE), word="intento"), ["ana01"]),
    "a file that Blackboard's student named like another one's attempt": (
        blackboard("Lab 3", ("ana01", "Ana", NOON, {
            "x_luis_attempt_2026-11-01-00-00-00_1_square.ipynb": notebook("1_square")})),
        ["ana01"]),
    "Blackboard's files without their notes": (
        {f"Lab 3_ana01_attempt_{NOON}_{name}": raw for name, raw in MINE.items()}, ["ana01"]),
    "Blackboard's files of users with an underscore without their notes": (
        {f"Lab 3_{who}_paz_attempt_{NOON}_{name}": raw
         for who in ("ana", "luis") for name, raw in notebooks((f"{who}-id",)).items()},
        ["ana-id", "luis-id"]),
    "a file that Canvas's student named like an attempt in Blackboard": (
        {f"anap_7_90{n}_attempt_2026-11-01-00-00-00_{name}": raw
         for n, (name, raw) in enumerate(MINE.items())}, ["anap-7"]),
    "a group of Brightspace": (
        brightspace(("Grupo 2026 - Ana Pérez", "20 nov, 2026 2359", MINE)),
        ["Grupo-2026-Ana-Perez-27236-46025"]),
    "a name with a hyphen, and one that begins with an id": (
        brightspace(("Mary-Ann Smith", "Sep 24, 2026 926 PM", MINE),
                    ("23304308 Angood", "05 March 2026 612 PM", MINE)),
        ["23304308-Angood-27236-46025", "Mary-Ann-Smith-27236-46025"]),
    "Brightspace's files side by side": (
        {f"1-2 - Ana Pérez - Nov 20, 2026 1159 PM - {name}": raw for name, raw in MINE.items()},
        ["Ana-Perez-1-2"]),
    "a file that Brightspace's student named like a folder of Moodle": (
        {f"1-2 - Ana - Nov 20, 2026 1159 PM - Luis_7_assignsubmission_file_{name}": raw
         for name, raw in MINE.items()}, ["Ana-1-2"]),
    "an id of Gradescope with zeros before it": (
        gradescope(([("Ana", "'00210001'", "a@x.org")], "2026-11-20 12:00:00 Z", MINE)),
        ["00210001"]),
    "an id of Gradescope without quotes": (
        gradescope(([("Ana", "0x1F", "a@x.org")], "2026-11-20 12:00:00 Z", MINE)), ["0x1F"]),
    "an id of Gradescope with an accent and a space": (
        gradescope(([("Ana", "'Á 1'", "a@x.org")], "2026-11-20 12:00:00 Z", MINE)), ["A-1"]),
    "a list of Gradescope's in a student's own folder": (
        gradescope(([ANA], "2026-11-20 12:00:00 Z", {
            f"mine/{name}": raw for name, raw in gradescope(
                ([LUIS], "2026-11-01 00:00:00 Z", MINE)).items()})), ["20210001"]),
}  # fmt: skip


@pytest.mark.parametrize(("files", "students"), WHOSE.values(), ids=WHOSE)
def test_whose_it_is_says_the_platform(course, inbox, files, students):
    put(inbox, "download.zip", archive(files))
    collected(course, inbox)
    assert course.assignment(tiny.ASSIGNMENT).submissions() == students


def test_blackboards_archive_is_never_a_hand_in_of_canvas(course, inbox):
    raw = archive(blackboard("Lab 3", ("ana01", "Ana", NOON, MINE)))
    put(inbox, f"gradebook_202610_1234_Lab_{NOON}.zip", raw)
    collected(course, inbox)
    assert course.assignment(tiny.ASSIGNMENT).submissions() == ["ana01"]


def test_gradescope_and_a_notebook_that_name_different_students_are_said(course, inbox):
    files = gradescope(([ANA], "2026-11-20 12:00:00 Z", notebooks(("20210009",))))
    put(inbox, "e.zip", archive(files))
    result = collected(course, inbox)
    assert "Gradescope says that it is of 20210001" in problems(result)
    assert course.assignment(tiny.ASSIGNMENT).submissions() == ["20210009"]


# --- Lists and parts that are broken ------------------------------------------------------------

LISTS = {
    "cut off": b"submission_216975964:\n  :submitters: [",
    "a text": b"nothing", "empty": b"", "too deep": b"[" * 99_999, "binary": bytes(range(256)),
    "in itself": b"submission_216975964: &a\n  :submitters: *a\n",
    "an object": b"submission_216975964: !ruby/object:A\n  :submitters: !!python/name:os.system\n",
    "other types": b"submission_216975964:\n  :submitters: 7\n",
    "no students": b"submission_216975964:\n  :submitters:\n  - 7\n  - []\n  - :name: []\n",
}  # fmt: skip


@pytest.mark.parametrize("text", LISTS.values(), ids=LISTS)
def test_a_list_of_gradescope_that_says_nobody_stops_nobody(course, inbox, text):
    files = gradescope(([ANA], "2026-11-20 12:00:00 Z", notebooks(("20210001",))))
    put(inbox, "e.zip", archive(files | {"submission_metadata.yml": text}))
    put(inbox, "t.zip", hand_in(("20210009", "")))
    collected(course, inbox)
    assert course.assignment("tiny").submissions() == ["20210001", "20210009"]


def parts(course, inbox, *names):
    first = {"Lab 3/Ana - 1_square.ipynb": notebook("1_square", ("20210001",))}
    second = {"Lab 3/Ana - 2_name.ipynb": notebook("2_name")}
    for each in (first, second):
        each |= {name.replace("Ana", "Luis"): raw.replace(b"0001", b"0003")
                 for name, raw in each.items()}  # fmt: skip
    for name, files in zip(names, (first, second), strict=False):
        put(inbox, name, archive(files))
    return collected(course, inbox)


@pytest.mark.parametrize("number", ["-", "-1-", "-3-"])
def test_the_parts_of_a_download_of_drive_are_one(course, inbox, number):
    begin = f"Lab 3-20261120T180000Z{number}"
    result = parts(course, inbox, f"{begin}001.zip", f"{begin}002.zip")
    assert fates(result) == [("20210001", "new"), ("20210003", "new")]
    assert set(stored(course, "20210001")) == BOTH and not result.needs_a_look


def test_a_part_that_is_not_there_is_said(course, inbox):
    result = parts(course, inbox, "Lab-20261120T180000Z-001.zip", "Lab-20261120T180000Z-003.zip")
    assert (
        "Lab-20261120T180000Z-001.zip: only 2 of at least 3 parts: download it again"
        in problems(result)
    )


def test_notebooks_in_drive_under_the_students_own_names_are_told_apart_by_their_cells(
    course, inbox
):
    files = {
        "Lab 3/1_square.ipynb": notebook("1_square", ("20210001",)),
        "Lab 3/1_square (1).ipynb": notebook("1_square", ("20210002",)),
        "Lab 3/Copia de 1_square.ipynb": notebook("1_square", ("20210003",)),
    }
    put(inbox, "Lab 3-20261120T180000Z-001.zip", archive(files))
    collected(course, inbox)
    assert course.assignment("tiny").submissions() == ["20210001", "20210002", "20210003"]


def test_a_students_own_folder_is_not_taken_apart_by_a_name_before_the_notebooks(course, inbox):
    for name, raw in MINE.items():
        put(inbox, f"20210001/Ana Pérez - {name}", raw)
    result = collected(course, inbox)
    assert fates(result) == [("20210001", "new")] and set(stored(course, "20210001")) == BOTH
    assert any("1_square" in each for each in notes(result))
