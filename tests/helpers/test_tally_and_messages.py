"""The tally as an object, the names that notebooks may rely on, and the messages."""

import string
from pathlib import Path

import pytest

from helpers import messages, tick
from helpers._tally import Place, Result, Tally


def test_the_public_names_of_tick():
    assert set(tick.__all__) == {
        "CheckFailed", "Marks", "Tally", "marks", "prestige_mark", "reset_marks",
        "results",
        "summarise_marks", "tick",
    }  # fmt: skip


PASSED, FAILED = Result("uno", 5, True), Result("uno", 5, False, "pista")


def test_a_place_that_is_run_again_keeps_its_last_result_only():
    tally = Tally()
    tally.record(Place(filename="cell", line=2), PASSED, run="first")
    tally.record(Place(filename="cell", line=2), FAILED, run="second")
    assert tally.results == [FAILED]


def test_a_loop_in_one_run_adds_its_results_and_the_next_run_replaces_them():
    tally = Tally()
    for run in ("first", "second"):
        for _ in range(3):
            tally.record(Place(filename="cell", line=2), PASSED, run=run)
    assert tally.score().earned == 15


def test_an_edited_cell_replaces_what_it_gave_before():
    tally = Tally()
    tally.record(Place("id-1", "before", 2), PASSED)
    tally.record(Place("id-2", "other", 2), PASSED)
    tally.record(Place("id-1", "after", 3), FAILED)
    assert tally.results == [PASSED, FAILED]


def test_a_tally_given_to_a_block_is_the_one_that_counts():
    tally = Tally()
    with tick.Marks("uno", 5, tally=tally):
        pass
    assert tally.results == [Result("uno", 5, True)]


def test_more_marks_than_the_notebook_has_are_not_shown():
    tally = Tally()
    tally.record("a", Result("a", 1000, True))
    assert tally.score(85).earned == 85


@pytest.mark.parametrize("marks", [-1, float("nan"), float("inf"), "5", None])
def test_marks_must_be_a_number_from_zero_up(marks):
    with pytest.raises(ValueError):
        tick.marks(marks)


def test_a_tally_that_cannot_be_kept_is_said_and_stops_nothing(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path(".tally").write_text("a file where the folder should be")
    tick.reset_marks()
    with tick.Marks("uno", 5):
        pass
    tick.summarise_marks("1_a", lab={"1_a": 5, "2_b": 3})
    tick.reset_marks()
    shown = capsys.readouterr().out
    assert "5 / 5 marks" in shown and "No se pudo guardar" in shown


def test_written_questions_are_said_to_be_graded_by_hand(capsys):
    tick.summarise_marks()
    assert "a mano" in capsys.readouterr().out


@pytest.mark.parametrize("table", messages.TEXTS.values(), ids=messages.TEXTS)
def test_every_language_has_the_messages_of_the_first_with_the_same_places(table):
    def places(text):
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    assert {key: places(text) for key, text in table.items()} == {
        key: places(text) for key, text in messages.SPANISH.items()
    }


def test_an_unknown_language_is_refused():
    with pytest.raises(ValueError, match="es"):
        messages.use_language("xx")


def test_another_language_can_be_added(monkeypatch):
    monkeypatch.setitem(messages.TEXTS, "fr", {"correct": "✓ Juste"})
    messages.use_language("fr")
    try:
        assert messages.message("correct") == "✓ Juste"
        assert messages.message("prestige") == messages.SPANISH["prestige"]
    finally:
        messages.use_language(None)
