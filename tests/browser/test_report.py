"""The report is opened from disk: readable on a desk and on a phone, light and dark, on paper."""

import os
import re
from pathlib import Path

import pytest
import tiny
from made_up_class import in_course, made_up_class
from playwright.sync_api import expect
from tiny import hand_in

from grading.batch.run import run
from grading.reporting.anonymous import anonymous
from grading.reporting.report import FORMGRADER, write_class, write_report_page

WIDTHS = {"desktop": 1280, "phone": 360}


@pytest.fixture
def quiet(page):
    """A window, and what it has complained of and asked for."""
    said, asked = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    return page, said, asked


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("hidden", [False, True], ids=["with ids", "anonymous"])
def test_it_opens_without_a_request_or_an_error_and_fits(
    quiet, look, tmp_path, theme, width, hidden
):
    page, said, asked = quiet
    found = made_up_class(40)
    address = write_report_page(in_course(tmp_path, anonymous(found) if hidden else found)).as_uri()
    page.set_viewport_size({"width": WIDTHS[width], "height": 900})
    page.emulate_media(color_scheme=theme)
    page.goto(address)
    look("page", full_page=True)
    expect(page.get_by_role("heading", name="lab3: the class")).to_be_visible()
    for details in page.locator("details").all():
        details.locator("summary").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= WIDTHS[width]
    assert said == [] and asked == [address]
    lightness = "getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)[0]"
    assert (page.evaluate(lightness) > 128) == (theme == "light")


def test_its_plots_say_in_words_what_they_show(page, tmp_path):
    page.goto(write_report_page(in_course(tmp_path, made_up_class(40))).as_uri())
    plots = page.get_by_role("img")
    expect(plots.first).to_have_attribute("aria-label", re.compile("^Students by their share"))
    assert all(plot.get_attribute("aria-label") for plot in plots.all())


def test_links_lead_to_the_feedback_beside_it(page, tmp_path):
    found = made_up_class(3)
    student = found.submissions[0].name
    feedback = tmp_path / "feedback" / student / "lab3" / "1_rnn.html"
    feedback.parent.mkdir(parents=True)
    feedback.write_text("<h1>Retroalimentación</h1>")
    page.goto(write_report_page(in_course(tmp_path, found)).as_uri())
    page.locator("#students tbody tr").filter(has_text=student).get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="Retroalimentación")).to_be_visible()


def test_links_to_what_waits_for_a_mark_are_pages_of_the_formgrader(instructors_lab, page):
    address, course = instructors_lab
    hand_in(course, "ana")
    list(run(course.assignment(tiny.ASSIGNMENT)))
    path, _ = write_class(course.assignment(tiny.ASSIGNMENT))
    page.goto(path.as_uri())
    waiting = page.locator("#by-hand")
    waiting.locator("summary").click()
    for name, shown in (("1_square", "Submission #1"), ("ana", "Dos factores del mismo signo")):
        link = waiting.get_by_role("link", name=name).get_attribute("href")
        page.goto(link.replace(FORMGRADER, address))
        expect(page.locator("body")).to_contain_text(shown)
        page.go_back()
        waiting.locator("summary").click()


def test_it_can_be_printed(page, tmp_path):
    page.goto(write_report_page(in_course(tmp_path, made_up_class(40))).as_uri())
    page.emulate_media(media="print", color_scheme="dark")
    light = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(light) == "rgb(255, 255, 255)"
    raw = page.pdf(format="A4")
    assert raw.startswith(b"%PDF")
    if folder := os.environ.get("KIT_PICTURES"):
        Path(folder, "report.pdf").write_bytes(raw)


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_class_of_few_is_shown_too(quiet, tmp_path, count):
    page, said, _ = quiet
    page.goto(write_report_page(in_course(tmp_path, made_up_class(count))).as_uri())
    expect(page.locator("#checks")).to_contain_text("too small for that")
    assert said == []
