"""An answer that changed after it was marked, on the page for marking."""

from pathlib import Path

import tiny
import written_class
from axe_playwright_python.sync_playwright import Axe
from jupyter_process import jupyter_server
from playwright.sync_api import expect

import grading.marking
from grading.batch.run import run
from grading.marking.marks import Change, State, entries, save
from grading.marking.questions import questions

BEFORE = "El producto de dos números del mismo signo nunca es negativo.\n\n- $x < 0$ o $x > 0$"
AFTER = (
    "El producto de dos factores del mismo signo <b>siempre</b> es positivo.\n\n- $x < 0$\n- cero"
)


def test_a_changed_answer_shows_its_earlier_mark_and_one_key_gives_it_again(
    tmp_path, page, look, monkeypatch
):
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", str(Path(grading.marking.__file__).parent))
    for folder in ("course", "jupyter"):
        (tmp_path / folder).mkdir()
    course = written_class.make_course(tmp_path / "course")
    assignment = course.assignment(tiny.ASSIGNMENT)
    folder = written_class.hand_in(course, "ana", BEFORE)
    list(run(assignment))
    (task, _), given = questions(assignment), State(1.5, "Falta decir por qué.", False)
    found = entries(assignment, task)
    save(assignment, task, {name: Change(each.state, given) for name, each in found.items()})
    (folder / "1_square.ipynb").write_bytes(written_class.notebook(AFTER))
    list(run(assignment))
    with jupyter_server(course.root, tmp_path / "jupyter", "lab") as address:
        page.goto(f"{address}/marking/{tiny.ASSIGNMENT}")
        earlier, said = page.locator(".card.current .earlier"), page.locator("#said")
        expect(earlier).to_contain_text("Marked before: 1.5, “Falta decir por qué.”")
        expect(earlier.locator(".changed del").first).to_have_text("números")
        expect(page.locator("#done")).to_have_text("0 / 1")
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            report = Axe().run(page)
            assert report.violations_count == 0, report.generate_report()
            look(scheme)
        page.keyboard.press("r")
        expect(said).to_have_text("Saved: 1 answer.")
        expect(earlier).to_have_count(0)
        page.keyboard.press("u")
        expect(said).to_have_text("Undone.")
        expect(earlier).to_be_visible()
        page.keyboard.press("r")
        expect(page.locator("#done")).to_have_text("1 / 1")
    assert [each.state for each in entries(assignment, task).values()] == [given]
