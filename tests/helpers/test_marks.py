"""Blocks of checks with marks: what they show, what they raise, what they leave alone."""

import json
import random

import numpy as np
import pytest
import torch
from IPython.core.interactiveshell import InteractiveShell

from helpers import tick
from helpers.checkarr import array_hash, check_hash
from helpers.tick import CheckFailed


@pytest.fixture(autouse=True)
def fresh_tally(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    tick.reset_marks()
    yield
    tick.reset_marks()


def block(passes=True, marks=5):
    with tick.marks(marks):
        assert passes, "revisen el signo"


def test_a_passed_block_shows_its_marks(capsys):
    block()
    assert "✓ [5 marks]" in capsys.readouterr().out


def test_a_failed_block_shows_the_hint_and_raises(capsys):
    with pytest.raises(CheckFailed):
        block(passes=False)
    shown = capsys.readouterr().out
    assert "✘ [0/5 marks]" in shown and "revisen el signo" in shown


@pytest.mark.parametrize(("answer", "also"), [([[1.0, 2.0]], ""), ([[1.0], [2.0]], "(2, 1)")])
def test_a_checks_own_text_stands_in_place_of_a_vague_reason_only(answer, also, capsys):
    with pytest.raises(CheckFailed), tick.marks(2):
        assert check_hash(answer, array_hash([[1.0, 3.0]])), "look at the clipping"
    shown = capsys.readouterr().out
    assert "look at the clipping" in shown and also in shown and "seed" not in shown


def test_an_error_of_the_answer_is_a_failed_block_too(capsys):
    with pytest.raises(CheckFailed), tick.marks(2):
        raise ZeroDivisionError
    assert "ZeroDivisionError" in capsys.readouterr().out


def test_an_interruption_is_no_verdict():
    with pytest.raises(KeyboardInterrupt), tick.marks(2):
        raise KeyboardInterrupt
    tick.summarise_marks()


def test_running_a_block_again_replaces_its_result(capsys):
    for passes in (True, False, True):
        try:
            block(passes)
        except CheckFailed:
            continue
    tick.summarise_marks()
    assert "5 / 5 marks (100.0%)" in capsys.readouterr().out


def test_blocks_add_up_by_name(capsys):
    with tick.Marks("uno", 3):
        assert True
    with pytest.raises(CheckFailed), tick.Marks("dos", 7):
        raise AssertionError
    tick.summarise_marks()
    shown = capsys.readouterr().out
    assert "3 / 10 marks (30.0%)" in shown and "uno" in shown and "dos" in shown


def test_an_empty_tally_is_shown(capsys):
    tick.summarise_marks()
    assert "0 / 0 marks" in capsys.readouterr().out


def test_a_prestige_block_never_raises(capsys):
    with tick.prestige_mark():
        raise AssertionError("todavía no")
    with tick.prestige_mark():
        assert True
    assert "🏆" in capsys.readouterr().out


def test_no_generator_is_moved_by_a_block():
    def draws():
        return random.random(), np.random.rand(), torch.rand(1).item()

    for seed in (random.seed, np.random.seed, torch.manual_seed):
        seed(5)
    expected = draws()
    for seed in (random.seed, np.random.seed, torch.manual_seed):
        seed(5)
    with tick.marks(1):
        np.random.seed(0)
        draws()
    with pytest.raises(CheckFailed), tick.marks(1):
        torch.manual_seed(3)
        raise AssertionError
    assert draws() == expected


def test_a_shell_shows_a_failed_block_in_one_line(capsys):
    shell = InteractiveShell()
    shell.run_cell("from helpers import tick")
    shell.run_cell('# Forma\nwith tick.marks(4):\n    secret = 42\n    assert 0, "miren la forma"')
    shown = "".join(capsys.readouterr())
    assert "miren la forma" in shown and "CheckFailed" in shown
    assert "secret = 42" not in shown and "Traceback" not in shown


LAB = {"1_a": 5, "2_b": 3}


THREE_BLOCKS = """\
from helpers import tick
from helpers.checkarr import array_hash, check_hash
# Suma
with tick.marks(1):
    assert 1 + 1 == {first}, "sumen de nuevo"
# Producto
with tick.marks(2):
    assert 2 * 3 == {second}
# Resta
with tick.marks(3):
    assert 5 - 2 == {third}, "resten de nuevo"
"""


@pytest.mark.parametrize(
    "values, total, rows, failed",
    [
        ((2, 6, 3), "6 / 6", ["✓  1 / 1  Suma", "✓  2 / 2  Producto", "✓  3 / 3  Resta"], []),
        (
            (0, 6, 0),
            "2 / 6",
            ["✘  0 / 1  Suma", "✓  2 / 2  Producto", "✘  0 / 3  Resta"],
            ["Suma: sumen de nuevo", "Resta: resten de nuevo"],
        ),
        (
            (0, 6, 3),
            "5 / 6",
            ["✘  0 / 1  Suma", "✓  2 / 2  Producto", "✓  3 / 3  Resta"],
            ["sumen de nuevo"],
        ),
    ],
)
def test_each_block_of_a_cell_gives_its_marks_and_the_last_raises_for_all(
    values, total, rows, failed, capsys
):
    shell = InteractiveShell()
    first, second, third = values
    source = THREE_BLOCKS.format(first=first, second=second, third=third)
    result = shell.run_cell(source, silent=True)
    error = result.error_in_exec
    assert (str(error).splitlines() if error else []) == failed
    capsys.readouterr()
    tick.summarise_marks()
    shown = [line.strip() for line in capsys.readouterr().out.splitlines()]
    assert shown[0].startswith(f"{total} marks") and shown[2:5] == rows


def test_the_lab_is_shown_once_every_notebook_was_run(capsys):
    block()
    tick.summarise_marks("1_a", lab=LAB)
    shown = capsys.readouterr().out
    assert "5 / 5 marks (100.0%)" in shown and "2_b" in shown and "5 / 8" not in shown
    tick.reset_marks()
    with pytest.raises(CheckFailed):
        block(passes=False, marks=3)
    tick.summarise_marks("2_b", lab=LAB)
    assert "5 / 8 marks (62.5%)" in capsys.readouterr().out


def test_checks_that_were_not_run_count_as_missing(capsys):
    block(marks=2)
    tick.summarise_marks("1_a", lab=LAB)
    assert "2 / 5 marks (40.0%)" in capsys.readouterr().out


@pytest.mark.parametrize("content", ["{", "[]", '{"earned": "x"}', '{"earned": 1e999}', "\x00"])
def test_a_broken_tally_file_is_a_notebook_not_run(content, tmp_path, capsys):
    (tmp_path / ".tally").mkdir()
    (tmp_path / ".tally" / "2_b.json").write_text(content)
    block()
    tick.summarise_marks("1_a", lab=LAB)
    assert "2_b" in capsys.readouterr().out


def test_the_kept_tally_is_whole_json(tmp_path):
    block()
    tick.summarise_marks("1_a", lab=LAB)
    kept = json.loads((tmp_path / ".tally" / "1_a.json").read_text())
    assert (kept["earned"], kept["available"]) == (5, 5)
