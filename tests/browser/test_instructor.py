"""An instructor in JupyterLab: the formgrader, marks and a comment by hand, the feedback."""

import csv
import subprocess
import sys

import tiny
from playwright.sync_api import expect
from tiny import hand_in

from grading.batch.run import run

COMMENT = "Bien, pero falta el caso del cero."


def saved(reply, kind):
    """Whether the gradebook has taken a grade or a comment."""
    return f"/api/{kind}/" in reply.url and reply.request.method == "PUT" and reply.ok


def test_a_question_marked_by_hand_is_in_the_feedback_and_the_csv(instructors_lab, page, look):
    address, course = instructors_lab
    hand_in(course, "ana")
    list(run(course.assignment(tiny.ASSIGNMENT)))
    page.goto(f"{address}/formgrader/gradebook/{tiny.ASSIGNMENT}/1_square")
    look("1-submissions")
    page.get_by_role("link", name="Submission #1").click()
    page.wait_for_load_state("networkidle")  # marks are sent only once the page has read the grades
    question = page.locator("div.nbgrader_cell").filter(has_text="Dos factores del mismo signo")
    expect(question).to_be_visible()  # the mark scheme
    for field, text, kind in (
        ("input.score", "1.5", "grade"),
        ("textarea.comment", COMMENT, "comment"),
    ):
        with page.expect_response(lambda reply, kind=kind: saved(reply, kind)):
            question.locator(field).fill(text)
            page.keyboard.press("Tab")
    look("2-marked", full_page=True)
    command = ["generate_feedback", tiny.ASSIGNMENT, "--force"]
    subprocess.run([sys.executable, "-m", "nbgrader", *command], cwd=course.root, check=True)
    page.goto((course.feedback / "ana" / tiny.ASSIGNMENT / "1_square.html").as_uri())
    expect(page.locator("body")).to_contain_text(COMMENT)
    expect(page.locator("body")).to_contain_text("9.5 / 10")
    look("3-feedback", full_page=True)
    subprocess.run([sys.executable, "-m", "nbgrader", "export"], cwd=course.root, check=True)
    (row,) = csv.DictReader((course.root / "grades.csv").open())
    assert float(row["score"]) == 13.5 and row["student_id"] == "ana"
