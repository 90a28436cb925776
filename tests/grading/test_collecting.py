"""An inbox of what platforms make becomes submitted/STUDENT/ASSIGNMENT, nothing lost."""

import json
import shutil

import nbformat
import pytest
import tiny
from click.testing import CliRunner
from downloads import (
    BOTH,
    FRIDAY,
    PAIR,
    SATURDAY,
    archive,
    collected,
    fates,
    files_in,
    hand_in,
    notebook,
    notebooks,
    notes,
    problems,
    put,
    stored,
)

from grading.cli import main
from grading.collecting.collect import Fate, collect
from grading.people.notes import notes as notes_of

# --- Where hand-ins come from -----------------------------------------------------------------

CANVAS = {
    "perezana_1001_50001_tiny_20210001_2021-0002.zip": hand_in(PAIR),
    "lopezluis_LATE_1002_50002_1_square.ipynb": notebook("1_square", ("20210003",)),
    "lopezluis_LATE_1002_50003_2_name.ipynb": notebook("2_name"),
    "núñezmaría_1003_50004_tarea.zip": archive({f"t/{k}": v for k, v in notebooks().items()}),
}
MOODLE = {
    "Ana Pérez_3001_assignsubmission_file/tiny_20210001_2021-0002.zip": hand_in(PAIR),
    "Luis López_3002_assignsubmission_file/1_square.ipynb": notebook("1_square", ("20210003",)),
    "Luis López_3002_assignsubmission_file/sub/2_name.ipynb": notebook("2_name"),
    "María Núñez_3003_assignsubmission_file_/tarea.zip": archive(notebooks()),
    "María Núñez_3003_assignsubmission_onlinetext/onlinetext.html": b"<p>Listo</p>",
}
MOODLE_FLAT = {
    "Ana Pérez_3001_assignsubmission_file_tiny_20210001_2021-0002.zip": hand_in(PAIR),
    "Luis López_3002_assignsubmission_file_1_square.ipynb": notebook("1_square", ("20210003",)),
    "Luis López_3002_assignsubmission_file_2_name.ipynb": notebook("2_name"),
    "María Núñez_3003_assignsubmission_file_tarea.zip": archive(notebooks()),
}
FOLDERS = {
    "20210001_2021-0002/1_square.ipynb": notebook("1_square"),
    "20210001_2021-0002/2_name.ipynb": notebook("2_name"),
    "20210003/1_square.ipynb": notebook("1_square"),
    "20210003/2_name.ipynb": notebook("2_name"),
}
DOWNLOADS = {
    "Canvas": (CANVAS, "nunezmaria-1003"),
    "Moodle, folders": (MOODLE, "Maria-Nunez-3003"),
    "Moodle, files": (MOODLE_FLAT, "Maria-Nunez-3003"),
    "folders": (FOLDERS, None),
}


@pytest.mark.parametrize("as_zip", [True, False], ids=["zip", "unpacked"])
@pytest.mark.parametrize(("files", "by_account"), DOWNLOADS.values(), ids=DOWNLOADS)
def test_a_class_is_sorted_by_who_handed_in(course, inbox, files, by_account, as_zip):
    if as_zip:
        put(inbox, "submissions.zip", archive(files))
    else:
        for name, content in files.items():
            put(inbox / "submissions", name, content)
    result = collected(course, inbox)
    students = {"20210001_2021-0002", "20210003"} | ({by_account} if by_account else set())
    assert set(course.assignment(tiny.ASSIGNMENT).submissions()) == students
    for student in students:
        assert set(stored(course, student)) - {"onlinetext.html"} == BOTH
        assert stored(course, student)["2_name.ipynb"] == notebook("2_name")
    assert all(row.fate is Fate.NEW for row in result.rows)
    assert result.needs_a_look == bool(by_account)


def test_single_notebooks_of_one_student_need_one_identity_cell(course, inbox):
    for name, content in notebooks(PAIR).items():
        put(inbox, name, content)
    assert fates(collected(course, inbox)) == [("20210001_2021-0002", "new")]
    assert set(stored(course, "20210001_2021-0002")) == BOTH


def test_single_notebooks_of_many_are_told_apart_by_cells_and_names(course, inbox):
    put(inbox, "1_square.ipynb", notebook("1_square", ("20210001",)))
    put(inbox, "1_square (1).ipynb", notebook("1_square", ("20210002",)))
    put(inbox, "20210003_1_square.ipynb", notebook("1_square"))
    put(inbox, "2_name.ipynb", notebook("2_name"))
    result = collected(course, inbox)
    assert set(course.assignment(tiny.ASSIGNMENT).submissions()) == {
        "20210001",
        "20210002",
        "20210003",
    }
    assert ("", "refused") in fates(result)
    assert any("put it into a folder named after" in text for text in problems(result))


def test_what_came_with_the_lab_or_a_system_is_not_taken_and_own_files_are(course, inbox):
    own = {"datos/mio.csv": b"x", "mio.py": b"y = 1"}
    given = {"helpers/tick.py": b"", "laboratorio.json": b"{}", "LEEME.md": b"", ".tally/a": b""}
    junk = {"__MACOSX/._1": b"", ".DS_Store": b"", ".ipynb_checkpoints/1_square.ipynb": b"{}"}
    put(inbox, "tiny_1_2.zip", hand_in(PAIR, notebooks() | own | given | junk))
    collected(course, inbox)
    assert set(stored(course, "20210001_2021-0002")) == BOTH | set(own)


def test_a_folder_around_everything_is_not_kept(course, inbox):
    files = {f"lab/tiny/{name}": content for name, content in notebooks(PAIR).items()}
    put(inbox, "a.zip", archive(files | {"lab/tiny/datos/x.csv": b"1", "lab/leer.txt": b"2"}))
    collected(course, inbox)
    found = stored(course, "20210001_2021-0002")
    assert set(found) == BOTH | {"datos/x.csv", "lab/leer.txt"}


def test_an_archive_of_data_beside_the_notebooks_stays_an_archive(course, inbox):
    data = archive({"x.csv": b"1"})
    put(inbox, "tiny_1_2.zip", hand_in(PAIR, notebooks() | {"datos.zip": data}))
    collected(course, inbox)
    assert stored(course, "20210001_2021-0002")["datos.zip"] == data


def test_an_archive_within_a_hand_in_of_the_kits_stays_closed(course, inbox):
    older = archive(notebooks(mark="older"))
    put(inbox, "t.zip", hand_in(PAIR, notebooks() | {"copia.zip": older}))
    result = collected(course, inbox)
    assert stored(course, "20210001_2021-0002")["copia.zip"] == older
    assert not result.needs_a_look


# --- Whose it is ------------------------------------------------------------------------------

WITH_CELLS = notebooks(("30000001", "30000002"))
WHOSE = {
    "the manifest before all": (
        {"tiny_20000001_20000002.zip": hand_in(("10000001", "10000002"), WITH_CELLS)},
        "10000001_10000002",
    ),
    "the hand-in's name before cells": (
        {"tiny_20000001_20000002.zip": archive(WITH_CELLS)},
        "20000001_20000002",
    ),
    "a browser's second copy": (
        {"tiny_20000001_20000002 (1).zip": archive(notebooks())},
        "20000001_20000002",
    ),
    "Canvas's second upload": (
        {"anap_7_900_tiny_20000001_20000002-1.zip": archive(notebooks())},
        "20000001_20000002",
    ),
    "cells before the account": (
        {"anap_7_900_tarea.zip": archive(WITH_CELLS)},
        "30000001_30000002",
    ),
    "the account at last": ({"anap_7_900_tarea.zip": archive(notebooks())}, "anap-7"),
    "an anonymous account": (
        {"anon_Xy7Zq_900_tarea.zip": archive(notebooks())},
        "anon-Xy7Zq",
    ),
    "a blinded account": (
        {"Participant_77_assignsubmission_file_t.zip": archive(notebooks())},
        "Participant-77",
    ),
    "the folder's name": ({"Ana Pérez/t.zip": archive(notebooks())}, "Ana-Perez"),
    "one id of two": ({"t.zip": hand_in(("10000001", ""))}, "10000001"),
    "the same id twice": ({"t.zip": hand_in(("abc01", "ABC01"))}, "abc01"),
    "a manifest without ids": (
        {"tiny_sin-carne_sin-carne.zip": hand_in(("", ""), WITH_CELLS)},
        "30000001_30000002",
    ),
    "a manifest that is none": (
        {"t.zip": archive(WITH_CELLS | {"entrega.json": b"[" * 9999})},
        "30000001_30000002",
    ),
}


@pytest.mark.parametrize(("files", "student"), WHOSE.values(), ids=WHOSE)
def test_whose_it_is_says(course, inbox, files, student):
    for name, content in files.items():
        put(inbox, name, content)
    collected(course, inbox)
    assert course.assignment(tiny.ASSIGNMENT).submissions() == [student]


@pytest.mark.parametrize(
    "wrong", ["../../x", "/etc", "a b", "..", "CON", "x" * 99, "a*", "é1", "-a"]
)
def test_an_id_that_is_no_plain_name_is_refused_with_the_rule(course, inbox, wrong):
    put(inbox, "entrega.zip", hand_in((wrong, "20210002"), notebooks(("30000001",))))
    result = collected(course, inbox)
    assert course.assignment(tiny.ASSIGNMENT).submissions() == ["30000001"]
    assert any(text.startswith(repr(wrong[:80])) for text in problems(result))
    assert result.needs_a_look


def test_notebooks_that_name_different_students_are_said(course, inbox):
    files = {
        "1_square.ipynb": notebook("1_square", ("1000001",)),
        "2_name.ipynb": notebook("2_name", ("1000002",)),
    }
    put(inbox, "anap_7_900_t.zip", archive(files))
    assert "its notebooks name different students: 1000001, 1000002" in problems(
        collected(course, inbox)
    )


def test_a_pair_is_one_folder_in_whatever_order_and_case_its_ids_are_given(course, inbox):
    put(inbox, "a.zip", hand_in(("abc01", "abc02"), notebooks(mark="1")), FRIDAY)
    put(inbox, "b.zip", hand_in(("ABC02", "abc01"), notebooks(mark="2")), SATURDAY)
    assert fates(collected(course, inbox)) == [("abc01_abc02", "earlier"), ("abc01_abc02", "new")]


def test_different_files_from_two_accounts_for_one_student_are_said(course, inbox):
    put(inbox, "anap_7_900_t.zip", hand_in(PAIR, notebooks(mark="hers")))
    put(inbox, "luis_8_901_t.zip", hand_in(PAIR, notebooks(mark="his")))
    result = collected(course, inbox)
    assert "different files from 2 accounts: anap 7, luis 8" in problems(result)


def test_another_account_than_before_is_said(course, inbox):
    put(inbox, "anap_7_900_t.zip", hand_in(PAIR, notebooks(mark="hers")))
    assert not collected(course, inbox).needs_a_look
    (inbox / "anap_7_900_t.zip").unlink()
    put(inbox, "evil_9_990_t.zip", hand_in(PAIR, notebooks(mark="not hers")), SATURDAY)
    result = collected(course, inbox)
    assert "handed in by evil 9, before by Canvas 7" in problems(result)
    earlier = course.submitted / ".earlier/20210001_2021-0002/tiny/2026-11-20T18-00-00Z"
    assert files_in(earlier)["1_square.ipynb"] == notebook("1_square", mark="hers")


def test_an_account_in_place_of_what_came_from_none_is_said(course, inbox):
    put(inbox, "20210001/1_square.ipynb", notebook("1_square"))
    assert not [each for each in problems(collected(course, inbox)) if "account" in each]
    put(inbox, "luis_8_901_t.zip", hand_in(("20210001", ""), notebooks(mark="not hers")), SATURDAY)
    said = "handed in by luis 8, but what it replaces came from no account"
    assert said in problems(collected(course, inbox))


def test_moodles_number_of_another_assignment_says_nothing(course, inbox):
    """It is another one in each; Canvas's is the account's."""
    masters = course.source / tiny.ASSIGNMENT
    shutil.copytree(masters, course.source / "second")
    put(inbox, "Ana Paz_501_assignsubmission_file/t.zip", hand_in(("20210001", "")))
    collected(course, inbox)
    shutil.rmtree(inbox / "Ana Paz_501_assignsubmission_file")
    again = archive(notebooks(("20210001",), mark="second"))
    put(inbox, "Ana Paz_777_assignsubmission_file/t.zip", again, SATURDAY)
    assert not collect(course.assignment("second"), inbox).needs_a_look
    assert any("before by Moodle 501" in each for each in problems(collected(course, inbox)))


def test_a_platforms_archive_of_one_account_is_said_to_be_perhaps_a_students(course, inbox):
    put(inbox, "mallory.zip", archive({"anap_7_900_t.zip": hand_in(PAIR)}))
    assert any("of one account only" in each for each in problems(collected(course, inbox)))


@pytest.mark.parametrize("known", ["{", "[]", '{"20210001": 7}', '{"20210001": [7]}'])
def test_a_list_of_accounts_that_is_none_is_written_anew(course, inbox, known):
    (course.submitted / ".accounts.json").write_text(known)
    put(inbox, "anap_7_900_t.zip", hand_in(("20210001", "")))
    assert fates(collected(course, inbox)) == [("20210001", "new")]
    written = json.loads((course.submitted / ".accounts.json").read_text())
    assert written == {"20210001": ["Canvas 7"]}


def test_both_of_a_pair_may_hand_in_the_same(course, inbox):
    put(inbox, "anap_7_900_t.zip", hand_in(PAIR))
    put(inbox, "luis_8_901_t.zip", hand_in(PAIR))
    result = collected(course, inbox)
    assert not result.needs_a_look
    assert [str(row.fate) for row in result.rows] == ["new", "known"]


def test_a_hand_in_of_another_assignment_is_said(course, inbox):
    other = {"students": list(PAIR), "assignment": "lab2"}
    put(inbox, "t.zip", archive(notebooks() | {"entrega.json": json.dumps(other).encode()}))
    assert "its manifest says that it is of 'lab2'" in problems(collected(course, inbox))


# --- Which notebook it is ---------------------------------------------------------------------


def without_ids(raw):
    node = nbformat.reads(raw.decode(), as_version=4)
    for number, cell in enumerate(node.cells):
        cell.id, cell.metadata = f"x{number}", {}
    return nbformat.writes(node).encode()


NAMES = {
    "by its cells": ("final.ipynb", notebook("1_square"), "final.ipynb is 1_square, by its cells"),
    "by its text alone": (
        "final.ipynb",
        without_ids(notebook("1_square")),
        "final.ipynb is 1_square, by its cells",
    ),
    "by its cells, not its name": (
        "2_name.ipynb",
        notebook("1_square"),
        "2_name.ipynb is 1_square, by its cells",
    ),
    "a broken one by its name": (
        "1_Square-Copy1.ipynb",
        b"{",
        "1_Square-Copy1.ipynb is 1_square, by its name",
    ),
}


@pytest.mark.parametrize(("name", "raw", "note"), NAMES.values(), ids=NAMES)
def test_a_wrongly_named_notebook_is_stored_under_its_right_name(course, inbox, name, raw, note):
    put(inbox, "20210001/" + name, raw)
    result = collected(course, inbox)
    assert stored(course, "20210001").keys() == {"1_square.ipynb", "timestamp.txt"}
    assert stored(course, "20210001")["1_square.ipynb"] == raw
    assert note in notes(result)
    assert "missing: 2_name" in problems(result)


def test_an_unknown_notebook_is_kept_under_its_own_name_and_said(course, inbox):
    own = nbformat.writes(tiny.notebook(nbformat.v4.new_code_cell("1 + 1"))).encode()
    put(inbox, "tiny_1_2.zip", hand_in(PAIR, notebooks() | {"ensayo.ipynb": own}))
    result = collected(course, inbox)
    assert stored(course, "20210001_2021-0002")["ensayo.ipynb"] == own
    assert notes(result) == ["ensayo.ipynb is no notebook of the assignment: kept as it is"]
    assert not result.needs_a_look


def test_a_notebook_of_the_right_name_with_none_of_the_cells_is_stored_and_said(course, inbox):
    own = nbformat.writes(tiny.notebook(nbformat.v4.new_code_cell("1 + 1"))).encode()
    put(inbox, "t.zip", hand_in(PAIR, notebooks() | {"1_square.ipynb": own}))
    result = collected(course, inbox)
    assert stored(course, "20210001_2021-0002")["1_square.ipynb"] == own
    assert any("has hardly a cell of 1_square" in text for text in problems(result))


def test_of_two_files_for_one_notebook_both_are_kept_and_it_is_said(course, inbox):
    other = notebook("1_square", mark="other")
    put(inbox, "t.zip", hand_in(PAIR, notebooks() | {"1_square-Copy1.ipynb": other}))
    result = collected(course, inbox)
    found = stored(course, "20210001_2021-0002")
    assert found["1_square.ipynb"] == notebook("1_square")
    assert found["1_square-Copy1.ipynb"] == other
    assert any("1_square is there twice" in text for text in problems(result))


def test_two_notebooks_with_each_others_names_are_put_right(course, inbox):
    swapped = {"1_square.ipynb": notebook("2_name"), "2_name.ipynb": notebook("1_square")}
    put(inbox, "t.zip", hand_in(PAIR, swapped))
    collected(course, inbox)
    assert stored(course, "20210001_2021-0002")["1_square.ipynb"] == notebook("1_square")


def test_a_notebook_under_another_ones_name_does_not_take_that_name(course, inbox):
    second = notebook("2_name", mark="second")
    put(
        inbox,
        "t.zip",
        hand_in(PAIR, {"1_square.ipynb": second, "2_name.ipynb": notebook("2_name")}),
    )
    result = collected(course, inbox)
    found = stored(course, "20210001_2021-0002")
    assert found["2_name.ipynb"] == notebook("2_name")
    assert found["1_square (other).ipynb"] == second and "1_square.ipynb" not in found
    assert "missing: 1_square" in problems(result)


HUGE = f"carne_1 = 0x{'f' * 5000}"  # more digits than Python writes out


@pytest.mark.parametrize(
    "source", [HUGE, "carne_1 = " + "-" * 200_000 + "1", "carne_1 = '\\ud800'"]
)
def test_an_identity_that_can_not_be_read_stops_nobody_else(course, inbox, source):
    odd = tiny.solved("1_square")
    odd.cells.insert(1, nbformat.v4.new_code_cell(source, id="who"))
    put(inbox, "20210001/1_square.ipynb", nbformat.writes(odd).encode())
    put(inbox, "t.zip", hand_in(PAIR))
    collected(course, inbox)
    assert course.assignment("tiny").submissions() == ["20210001", "20210001_2021-0002"]
    notes_of(course.assignment(tiny.ASSIGNMENT))


# --- The command ------------------------------------------------------------------------------


def run(course, monkeypatch, *arguments):
    monkeypatch.chdir(course.root)
    return CliRunner().invoke(main, ["collect", *arguments])


def test_a_dry_run_shows_who_is_who_and_writes_nothing(course, inbox, monkeypatch):
    put(inbox, "anap_7_900_t.zip", hand_in(PAIR))
    done = run(course, monkeypatch, "tiny", "inbox", "--dry-run")
    assert done.exit_code == 0, done.output
    row = next(line for line in done.output.splitlines() if "anap 7" in line)
    assert all(text in row for text in ("20210001", "2/2", "2026-11-20", "new"))
    assert "Nothing was written" in done.output
    assert list(course.submitted.iterdir()) == []


def test_the_exit_code_says_when_somebody_should_look(course, inbox, monkeypatch):
    put(inbox, "20210001/1_square.ipynb", notebook("1_square"))
    done = run(course, monkeypatch, "tiny", "inbox")
    assert done.exit_code == 3
    assert "missing: 2_name" in done.output


def test_one_broken_archive_never_stops_the_others(course, inbox, monkeypatch):
    put(inbox, "a.zip", b"PK\x03\x04 and no more")
    put(inbox, "b.zip", hand_in(PAIR))
    put(inbox, "c.rar", b"Rar!")
    done = run(course, monkeypatch, "tiny", "inbox")
    assert done.exit_code == 3
    assert course.assignment("tiny").submissions() == ["20210001_2021-0002"]
    assert "a.zip: it is broken or no zip archive" in done.output
    assert "c.rar" in done.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nada", "inbox"], "No assignment 'nada'"),
        (["tiny", "nowhere"], "No folder nowhere"),
        (["tiny", "inbox"], "is empty"),
        (["tiny", "grader_config.py"], "is a file"),
        (["tiny", "submitted"], "holds submitted/ or lies in it"),
        (["tiny", "."], "holds submitted/ or lies in it"),
        (["tiny", "inbox", "--by", "yesterday"], "--by yesterday: no time"),
    ],
)
def test_a_wrong_call_says_what_to_do(course, inbox, monkeypatch, arguments, said):
    done = run(course, monkeypatch, *arguments)
    assert done.exit_code == 1
    assert said in done.output


def test_help_has_an_example(course, monkeypatch):
    assert "python -m grading collect lab3 inbox/" in run(course, monkeypatch, "--help").output


def test_the_kits_own_hand_in_is_collected_as_it_writes_it(course, inbox):
    from helpers.entrega import empaquetar

    folder = course.root / "work"
    for name, content in notebooks(PAIR).items():
        put(folder, name, content)
    lab = {"assignment": "tiny", "notebooks": {"1_square": {}, "2_name": {}}, "files": {}}
    lab["identity"] = tiny.IDENTITY
    put(folder, "laboratorio.json", json.dumps(lab).encode())
    path = empaquetar(folder)
    path.rename(inbox / path.name)
    result = collected(course, inbox)
    assert fates(result) == [("20210001_2021-0002", "new")]
    assert not result.needs_a_look
