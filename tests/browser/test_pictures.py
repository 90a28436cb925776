"""Pictures of an answer, drawn by Chromium where it is marked and where it is given back."""

from pathlib import Path

import photos
import pytest
import tiny
import written_class
from jupyter_process import jupyter_server
from playwright.sync_api import expect
from written_class import hand_in

import grading.marking
from grading.batch.run import run

SMALL = (160, 120)
PASTED = {
    "mi foto.png": photos.plain("PNG", "teal", SMALL),
    "dibujo (1).png": photos.plain("WEBP", "orange", SMALL),
}
BESIDE = {
    "foto.png": photos.plain("PNG", "red", SMALL),
    "mi día.gif": photos.animation("GIF"),
    "fotos/foto.jpg": photos.photo(),  # to be scaled and turned
    "fotos/otra.jpeg": photos.photo(400, 300),  # the browser turns it
    "dibujo.svg": photos.DRAWING,
    "cortada.jpg": photos.photo()[:-3000],
    "bomba.png": photos.bomb(60_000, 60_000),
    "IMG_0001.HEIC": photos.HEIC,
}
# What the student wrote, and how large it is drawn; None where it cannot be.
PICTURES = {
    "![pegada](attachment:mi%20foto.png)": SMALL,
    "![pegada con paréntesis](attachment:dibujo%20(1).png)": SMALL,
    '<img src="foto.png" width=80 alt="al lado">': SMALL,
    "![con espacio](<mi día.gif>)": (40, 30),
    "![del teléfono](./fotos/foto.jpg)": (1500, 2000),
    "![otra](fotos/otra.jpeg)": (300, 400),
    "![dibujada](dibujo.svg)": (40, 30),
    "![cortada](cortada.jpg)": None,
    "![bomba](bomba.png)": None,
    "![iPhone](IMG_0001.HEIC)": None,
    "![ajena](../../../gradebook.db)": None,
}
ANSWER = "Cuesta $5 hoy y $10 mañana. Sea $x_t = 5$.\n\n" + "\n\n".join(PICTURES)
DRAWN = [size for size in PICTURES.values() if size]
SIZES = "images => images.map(each => [each.naturalWidth, each.naturalHeight])"


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """An answer with all these pictures, graded."""
    course = written_class.make_course(tmp_path_factory.mktemp("course"))
    folder = hand_in(course, "ana", ANSWER, attachments=PASTED)
    for name, raw in BESIDE.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(raw)
    list(run(course.assignment(tiny.ASSIGNMENT)))
    return course


def drawn(answer):
    """The size of each picture that the browser has drawn of an answer."""
    expect(answer.locator("img")).to_have_count(len(DRAWN))
    expect(answer).to_contain_text("Cuesta $5 hoy y $10 mañana.")
    expect(answer.locator("math")).to_have_count(1)
    for words in ("es HEIC", "dañada", "píxeles", "no hay un archivo de ese nombre"):
        expect(answer).to_contain_text(words)
    for image in answer.locator("img").all():
        image.evaluate("image => image.decode()")
    return list(map(tuple, answer.locator("img").evaluate_all(SIZES)))


def test_they_are_in_the_feedback_also_on_a_phone(course, page, look):
    page.goto((course.feedback / "ana" / tiny.ASSIGNMENT / "1_square.html").as_uri())
    answer = page.locator(".prose").filter(has_text="Cuesta")
    assert drawn(answer) == DRAWN
    look("1-wide", of=answer)
    page.set_viewport_size({"width": 390, "height": 844})
    look("2-phone", of=answer)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_they_are_where_it_is_marked_and_in_the_formgrader(
    course, tmp_path, page, look, monkeypatch
):
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", str(Path(grading.marking.__file__).parent))
    with jupyter_server(course.root, tmp_path) as address:
        page.goto(f"{address}/marking/{tiny.ASSIGNMENT}")
        answer = page.locator(".answer").first
        assert drawn(answer) == DRAWN
        look("1-marking", full_page=True)
        page.goto(f"{address}/formgrader/gradebook/{tiny.ASSIGNMENT}/1_square")
        page.get_by_role("link", name="Submission #1").click()
        answer = page.locator(".tex2jax_ignore").filter(has_text="Cuesta")
        assert drawn(answer) == DRAWN
        look("2-formgrader", of=answer)
