"""The masters of lab 3, executed in full by the stock command, once."""

import shutil

import nbformat
import pytest
from lab3 import LAB, nbgrader
from nbgrader.utils import is_grade, is_task

from grading.masters.rules import broken_rules

MARKS = {"1_rnn": 85, "2_lstm": 35, "3_lstm_pytorch": 10, "4_airline": 28}

# Rows of the recorded run: epoch, training loss, validation loss.
RECORDED = {
    "1_rnn": [
        (0, 4.05046509496538, 4.801971835967155),
        (100, 2.729834076574943, 3.2320576163982673),
        (1000, 1.4173709332614925, 1.860079817655523),
    ],
    "2_lstm": [
        (0, 2.9228179938116403, 4.499707061171418),
        (100, 0.682407785216461, 0.7571539177689602),
    ],
}


def marks(course, student):
    with course.gradebook() as gradebook:
        submission = gradebook.find_submission(LAB, student)
        return {n.name: (n.score, n.max_score) for n in submission.notebooks}


def test_the_masters_break_no_rule(lab):
    assert broken_rules(lab.assignment(LAB).master_paths(), lab.config) == []


def test_the_master_earns_every_automatic_mark(lab, full_run):
    earned = marks(lab, "master")
    assert {name: score for name, (score, _) in earned.items()} == MARKS
    assert sum(score for score, _ in earned.values()) == 158
    assert sum(maximum for _, maximum in earned.values()) == 176


def test_nine_written_questions_of_two_marks_are_left_to_a_person(full_run):
    tasks = [c for notebook in full_run.values() for c in notebook.cells if is_task(c)]
    assert [cell.metadata.nbgrader.points for cell in tasks] == [2] * 9


@pytest.mark.parametrize("name", MARKS)
def test_no_cell_of_the_master_warns_or_fails(full_run, name):
    for cell in full_run[name].cells:
        for output in cell.get("outputs", []):
            assert output.output_type != "error", (cell.id, output.evalue)
            assert output.get("name") != "stderr", (cell.id, output.text)
            assert "Warning" not in output.get("text", ""), (cell.id, output.text)


@pytest.mark.parametrize("name", RECORDED)
def test_the_recorded_losses_hold(histories, name):
    for epoch, training, validation in RECORDED[name]:
        assert histories[name]["training_loss"][epoch] == pytest.approx(training, rel=1e-9)
        assert histories[name]["validation_loss"][epoch] == pytest.approx(validation, rel=1e-9)


def test_the_lstm_in_pytorch_ends_below_its_thresholds_where_other_seeds_ended(histories):
    found = histories["3_lstm_pytorch"]
    assert 0.2880 < found["training_loss"][-1] <= 0.29
    assert 0.2730 < found["validation_loss"][-1] <= 0.29


def test_the_airline_reference_passes_with_room(histories):
    assert histories["4_airline"]["loss_train"][-1] <= 15
    assert histories["4_airline"]["loss_test"][-1] <= 45


@pytest.mark.parametrize("name", MARKS)
def test_the_tally_adds_up(full_run, name):
    texts = [
        output.data["text/plain"]
        for cell in full_run[name].cells
        for output in cell.get("outputs", [])
        if "data" in output
    ]
    total = f"{MARKS[name]} / {MARKS[name]} marks (100.0%)"
    assert any(total in text for text in texts)


def test_feedback_shows_no_hidden_test_and_no_mark_scheme(lab, full_run):
    nbgrader(lab.root, "generate_feedback", LAB, "--student", "master")
    for path in (lab.feedback / "master" / LAB).glob("*.html"):
        page = path.read_text("utf-8")
        for secret in ("HIDDEN TESTS", "MARK SCHEME", "grading.reference"):
            assert secret not in page, path.name


def test_the_released_notebooks_untouched_earn_nothing(lab):
    shutil.copytree(lab.release / LAB, lab.submitted / "untouched" / LAB)
    nbgrader(lab.root, "autograde", LAB, "--student", "untouched")
    assert {name: score for name, (score, _) in marks(lab, "untouched").items()} == dict.fromkeys(
        MARKS, 0
    )


def test_every_test_cell_has_a_hidden_part(lab):
    for path in lab.assignment(LAB).master_paths():
        for cell in nbformat.read(path, as_version=4).cells:
            if is_grade(cell) and cell.metadata.nbgrader.points:
                assert "### BEGIN HIDDEN TESTS" in cell.source, cell.id
