"""The page of feedback as people read it: both themes, any eyes, keyboard, phone and paper."""

import shutil

import nbformat
import pytest
import tiny
from axe_playwright_python.sync_playwright import Axe
from lab3 import LAB
from nbformat.v4 import new_code_cell, new_markdown_cell
from playwright.sync_api import expect
from tiny import hand_in, solved

from grading.batch.run import Options, run
from grading.course import Course
from grading.masters.build import build

LONG = "a" * 400
PLOT = """\
import matplotlib.pyplot as plt
plt.figure(figsize=(12, 3))
plt.plot([1, 4, 9])
plt.title("Cuadrados")
plt.xlabel("lado (cm)")
plt.ylabel("área (cm²)")
plt.show()"""
TABLE = """\
import pandas as pd
pd.DataFrame([range(40)] * 3)"""
CELLS = [
    new_markdown_cell(
        "#### Un título que salta\n\nY `código` con [enlace](https://example.org).\n"
    ),
    new_code_cell(PLOT),
    new_code_cell(f'print("{LONG}", 2 * "una línea larga ")  # {LONG[:150]}'),
    new_code_cell(TABLE),
    new_code_cell('import sys\nprint("aviso", file=sys.stderr)\nprint("\\x1b[31mrojo\\x1b[0m")'),
    new_markdown_cell("## Otro\n\n| a | b |\n|---|---|\n| 1 | $x^2$ |\n\n> cita"),
    new_markdown_cell("```python\nx = 1  # uno\n```"),
]
COMMENT = "Bien, pero falta el caso del cero.\nMiren el ejemplo de la clase."
TINY, RNN = "tiny", "1_rnn"
THEMES = ("light", "dark")
# Rules of WCAG 2.1, levels A and AA, and what axe counts as good practice (headings in order).
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
every_page = pytest.mark.parametrize("name", [TINY, RNN])


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """Addresses of pages: a submission with a bit of everything, and lab 3 left untouched."""
    tiny_course = tiny.make_course(tmp_path_factory.mktemp("tiny"))
    build(tiny_course.assignment(tiny.ASSIGNMENT))
    notebook = solved("1_square")
    cells = {cell.id: cell for cell in notebook.cells}
    cells["cube"].source = f"def cube(x):\n    return x / 0 + len('{LONG}')"
    cells["square-answer"].source = "# Mi respuesta\n\nPorque $x^2 \\ge 0$."
    notebook.cells[4:4] = CELLS
    notebook.cells.append(new_code_cell("cube(2)"))
    hand_in(tiny_course, "ana", square=nbformat.writes(notebook).encode())
    list(run(tiny_course.assignment(tiny.ASSIGNMENT)))
    with tiny_course.gradebook() as gradebook:
        where = "1_square", tiny.ASSIGNMENT, "ana"
        question = gradebook.find_grade("square-question", *where)
        question.manual_score, question.needs_manual_grade = 1, False
        gradebook.find_comment("square-question", *where).manual_comment = COMMENT
        gradebook.find_comment("cube", *where).manual_comment = "¿Por qué entre cero?"
        gradebook.db.commit()
    list(run(tiny_course.assignment(tiny.ASSIGNMENT), Options(force=True)))

    root = tmp_path_factory.mktemp("lab3")
    for folder in ("submitted", "autograded", "feedback", "release"):
        (root / folder).mkdir()
    for file in ("grader_config.py", "nbgrader_config.py"):
        shutil.copy(tiny.REPOSITORY / file, root)
    shutil.copytree(tiny.REPOSITORY / "source" / LAB, root / "source" / LAB)
    course = Course(root)
    build(course.assignment(LAB))
    shutil.copytree(course.release / LAB, course.submitted / "ana" / LAB)
    list(run(course.assignment(LAB), Options(jobs=1, replay=False, notebooks=(RNN,))))
    found = {
        TINY: tiny_course.feedback / "ana" / tiny.ASSIGNMENT / "1_square.html",
        RNN: course.feedback / "ana" / LAB / "1_rnn.html",
    }
    return {name: path.as_uri() for name, path in found.items()}


def test_it_says_what_was_earned_what_failed_and_what_a_person_wrote(pages, page, look):
    page.goto(pages[TINY])
    summary = page.locator("#resumen")
    expect(summary).to_contain_text("Total: 6 / 10 puntos")
    expect(summary).to_contain_text("no pasó la prueba visible")
    expect(summary).to_contain_text("ZeroDivisionError: division by zero")
    expect(page.locator(".comment").last).to_contain_text("Bien, pero falta el caso del cero.")
    expect(page.locator(".comment").last).to_be_visible()
    look("1-whole", full_page=True)


def test_what_waits_for_a_blank_names_the_exercise(pages, page):
    page.goto(pages[RNN])
    row = page.locator("table.marks tr").filter(has_text="Inicialización: U")
    expect(row).to_contain_text("Falta completar «Ejercicio 2: inicialización de los parámetros»")
    expect(page.locator("body")).not_to_contain_text("No response.")


# The rules take a quarter of a minute on a long page, whose colours the next test looks at.
@pytest.mark.parametrize(("name", "theme"), [(TINY, "light"), (TINY, "dark"), (RNN, "light")])
def test_it_breaks_no_rule_of_accessibility(pages, page, look, name, theme):
    page.emulate_media(color_scheme=theme)
    page.goto(pages[name])
    look("1-whole", full_page=True)
    found = Axe().run(page, options={"runOnly": RULES}).response
    assert [_named(rule) for rule in found["violations"]] == []


def _named(rule):
    nodes = [(node["target"], node["html"][:120], _why(node)) for node in rule["nodes"]]
    return rule["id"], len(nodes), nodes[:8]


def _why(node):
    return [check["message"] for check in node["any"] + node["all"] + node["none"]]


# The contrast of each text that can be seen, by the formula of WCAG 2, where it is too low. Large
# letters and signs that stand beside words need 3, the rest 4.5.
TOO_PALE = """() => {
    const numbers = colour => colour.match(/[\\d.]+/g).map(Number);
    const light = colour => numbers(colour).slice(0, 3).map(value => value / 255).map(value =>
        value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
    ).reduce((sum, value, k) => sum + value * [0.2126, 0.7152, 0.0722][k], 0.05);
    const solid = colour => (numbers(colour)[3] ?? 1) > 0;
    const behind = each => !each ? getComputedStyle(document.documentElement).backgroundColor
        : solid(getComputedStyle(each).backgroundColor) ? getComputedStyle(each).backgroundColor
        : behind(each.parentElement);
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
    let seen = 0;
    while (texts.nextNode()) {
        const text = texts.currentNode.data.trim(), at = texts.currentNode.parentElement;
        if (!text || !at.checkVisibility()) continue;
        const style = getComputedStyle(at), size = parseFloat(style.fontSize);
        const large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
        const sign = !/[\\p{L}\\p{N}]/u.test(text);
        const [low, high] = [light(style.color), light(behind(at))].sort((a, b) => a - b);
        seen += 1;
        if (high / low < (large || sign ? 3 : 4.5)) found.push([text.slice(0, 40), high / low]);
    }
    return {seen, found};
}"""


@every_page
@pytest.mark.parametrize("theme", THEMES)
def test_every_text_stands_out_from_what_is_behind_it(pages, page, name, theme):
    page.emulate_media(color_scheme=theme)
    page.goto(pages[name])
    page.locator("details").evaluate_all("all => all.forEach(each => each.open = true)")
    contrast = page.evaluate(TOO_PALE)
    assert contrast["found"] == [] and contrast["seen"] > 100


@every_page
def test_its_headings_are_in_order_without_a_gap(pages, page, name):
    page.goto(pages[name])
    levels = page.locator("h1, h2, h3, h4, h5, h6").evaluate_all(
        "all => all.map(each => Number(each.tagName[1]))"
    )
    assert levels[:3] == [1, 2, 3] and levels.count(1) == 1 and levels.count(2) == 1
    assert all(below <= above + 1 for above, below in zip(levels, levels[1:], strict=False))


def test_every_picture_is_described_and_a_plot_by_its_title_and_axes(pages, page):
    page.goto(pages[TINY])
    alt = page.locator(".output img").get_attribute("alt")
    assert alt == (
        "Gráfico con título: Cuadrados; eje horizontal: lado (cm); eje vertical: área (cm²)"
    )
    page.goto(pages[RNN])
    alts = page.locator("img").evaluate_all("all => all.map(each => each.alt)")
    assert alts and all(len(alt) > 30 for alt in alts), alts


FOCUSED = """() => {
    const at = document.activeElement, style = getComputedStyle(at);
    return {
        tag: at.tagName, href: at.getAttribute('href'), html: at.outerHTML.slice(0, 60),
        index: [...document.querySelectorAll('*')].indexOf(at),
        seen: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
    };
}"""
# What a finger or a mouse may open, follow or scroll.
OPERABLE = """() => [...document.querySelectorAll('*')].flatMap((each, index) => {
    const style = getComputedStyle(each);
    const wide = each.scrollWidth > each.clientWidth && /auto|scroll/.test(style.overflowX);
    const tall = each.scrollHeight > each.clientHeight && /auto|scroll/.test(style.overflowY);
    const inside = each.querySelector('a, summary') !== null;
    const hidden = !each.checkVisibility();
    return !hidden && (each.matches('a[href], summary') || ((wide || tall) && !inside &&
        each !== document.documentElement)) ? [index] : [];
})"""


def test_the_keyboard_reaches_all_that_can_be_opened_followed_or_scrolled(pages, page):
    page.goto(pages[TINY])
    reached = set()
    for _ in range(300):
        page.keyboard.press("Tab")
        at = page.evaluate(FOCUSED)
        if at["tag"] in ("BODY", "HTML"):
            break
        assert at["seen"], at
        reached.add(at["index"])
    assert set(page.evaluate(OPERABLE)) <= reached


@every_page
def test_its_links_go_to_the_exercise_and_back(pages, page, name):
    page.goto(pages[name])
    rows = page.locator("table.marks a")
    assert rows.count() >= 3
    for row in rows.all()[:12]:
        row.focus()
        page.keyboard.press("Enter")
        exercise = page.locator(":target")
        expect(exercise).to_be_in_viewport()
        expect(exercise).to_contain_text(row.inner_text())
        exercise.locator("a.up").press("Enter")
        expect(page.locator(":target")).to_be_in_viewport()
        expect(page.locator(":target").locator("a")).to_have_text(row.inner_text())


@every_page
def test_nothing_sticks_out_on_a_phone(pages, page, look, name):
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(pages[name])
    look("1-top")
    look("2-whole", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


CUT = """() => [...document.querySelectorAll('main *')].filter(each => {
    const style = getComputedStyle(each), box = each.getBoundingClientRect();
    const clipped = /auto|scroll|hidden|clip/.test(style.overflow) &&
        (each.scrollWidth > each.clientWidth + 1 || each.scrollHeight > each.clientHeight + 1);
    // A line that wraps may end in spaces that hang over: its block tells.
    const block = style.display !== 'inline' || each.matches('img, math');
    return each.checkVisibility() && box.width > 0 && block &&
        (clipped || box.right > document.documentElement.clientWidth + 1);
}).map(each => each.outerHTML.slice(0, 100))"""
A4 = {"width": 718, "height": 1046}  # in CSS pixels, less margins of 1 cm


@every_page
def test_nothing_is_cut_off_on_paper_and_verdicts_need_no_colour(pages, page, look, name, tmp_path):
    page.emulate_media(media="print", color_scheme="dark")
    page.set_viewport_size(A4)
    page.goto(pages[name])
    assert page.evaluate(CUT) == []
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert paper == "rgb(255, 255, 255)"  # ink on paper, whatever the theme of the screen
    for verdict in page.locator(".verdict").all():
        assert verdict.inner_text()[0] in "✓✘✎–"
    margins = dict.fromkeys(("top", "bottom", "left", "right"), "1cm")
    look("1-on-paper", full_page=True)
    assert page.pdf(format="A4", margin=margins).startswith(b"%PDF")
