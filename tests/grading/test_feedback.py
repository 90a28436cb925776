"""The page a student gets back: marks and hints, nothing of the instructor's, nothing that runs."""

import re
from copy import deepcopy
from html.parser import HTMLParser

import nbformat
import pytest
import tiny
from nbformat.v4 import new_code_cell, new_markdown_cell
from tiny import hand_in, solved

from grading.batch.run import run
from grading.course import working_folder
from grading.execution.rendering import tally_outputs
from grading.feedback.exporter import FeedbackExporter, HideInstructorContent
from grading.feedback.formulas import formula
from grading.feedback.prose import prose
from grading.feedback.sanitising import clean_html
from grading.feedback.terminal import terminal_html
from grading.masters.build import build
from grading.model.outcome import CheckResult, Part, note_check
from grading.words import using

PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5E"
    "rkJggg=="
)
# What a student's cell shows or a text cell says, and what of it must still be there to read.
HOSTILE = {
    "a script": ("html", "<p>uno</p><script>alert(1)</script>", "uno"),
    "a handler": ("html", "<b onmouseover='alert(1)' onerror=x>dos</b>", "dos"),
    "a frame": ("html", "<iframe src='https://example.org'></iframe><p>tres</p>", "tres"),
    "a remote picture": ("html", "<img src='https://example.org/a.png' alt='cuatro'>", "cuatro"),
    "a cover": ("html", "<div style='position:fixed;top:0'>cinco</div>", "cinco"),
    "a fetched style": ("html", "<p style='background:url(//example.org)'>seis</p>", "seis"),
    "a style sheet": ("html", "<style>@import 'https://example.org'</style><p>siete</p>", "siete"),
    "a refresh": ("html", "<meta http-equiv=refresh><base href='//x'><p>ocho</p>", "ocho"),
    "a form": ("html", "<form action='https://example.org'><p>nueve</p></form>", "nueve"),
    "an own id": ("html", "<p id='resumen' name='resumen'>diez</p>", "diez"),
    "a script link": ("html", "<a href='javascript:alert(1)'>once</a>", "once"),
    "an svg": ("svg", "<svg xmlns='http://www.w3.org/2000/svg' onload='x()'></svg>", "Gráfico"),
    "javascript": ("javascript", "alert(1)", "no muestra"),
    "no text": ("png", "esto no es una imagen", "no se puede mostrar"),
    "a wrong type": ("odd", "", "dañada"),
    "codes": ("stream", "\x1b[31mdoce\x1b[0m\x1b]0;título\x07\x00", "doce"),
    "a text cell": ("markdown", "<script>x()</script> trece <img src=x onerror=x()>", "trece"),
    "a remote text": ("markdown", "![catorce](https://example.org/a.png)", "catorce"),
    "a formula": ("markdown", r"$\href{javascript:alert(1)}{x}$ y quince", "quince"),
}  # fmt: skip
SHOW = "from IPython.display import publish_display_data as show\n"


def cell_of(kind, content):
    if kind == "markdown":
        return new_markdown_cell(content)
    if kind == "stream":
        return new_code_cell(f"print({content[::-1]!r}[::-1])")
    if kind == "odd":
        return new_code_cell(SHOW + "show({'text/plain': 3, 'text/html': [1, {'a': None}]})")
    name = {
        "html": "text/html",
        "svg": "image/svg+xml",
        "png": "image/png",
        "javascript": "application/javascript",
    }[kind]
    # Backwards in the source, which the page shows too.
    return new_code_cell(SHOW + f"show({{{name!r}: {content[::-1]!r}[::-1]}})")


class Page(HTMLParser):
    """Elements, attributes and text of a page."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.ids, self.text = set(), [], [], ""
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.attributes += attributes
        self.ids += [value for name, value in attributes if name in ("id", "name") and value]

    def handle_data(self, data):
        self.text += data


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """The feedback of a submission that does everything in `HOSTILE` and fails one check."""
    course = tiny.make_course(tmp_path_factory.mktemp("feedback"))
    build(course.assignment(tiny.ASSIGNMENT))
    notebook = solved("1_square")
    cells = {cell.id: cell for cell in notebook.cells}
    cells["cube"].source = "def cube(x):\n    return x / 0"
    cells["square-answer"].source = "Porque $x^2 \\ge 0$."
    notebook.cells += [cell_of(kind, content) for kind, content, _ in HOSTILE.values()]
    hand_in(course, "ana", square=nbformat.writes(notebook).encode())
    (outcome,) = [outcome for outcome, _ in run(course.assignment(tiny.ASSIGNMENT))]
    assert outcome.marks == 9, outcome.reason
    path = course.feedback / "ana" / tiny.ASSIGNMENT / "1_square.html"
    text = path.read_text("utf-8")
    return Page(text), text


def test_it_runs_nothing_and_asks_the_network_for_nothing(page):
    found, text = page
    assert not found.tags & {"script", "iframe", "form", "object", "embed", "link", "base", "svg"}
    assert "default-src 'none'" in text
    for name, value in found.attributes:
        assert not name.startswith("on"), (name, value)
        if name in ("src", "srcset", "poster", "background", "action", "formaction"):
            assert value.startswith("data:image/"), (name, value)
        if name == "href":
            assert value.startswith(("#", "https://", "http://", "mailto:")), value
        if name == "style":
            assert "url" not in value and "position" not in value, value


def test_no_id_stands_twice(page):
    assert len(page[0].ids) == len(set(page[0].ids))


@pytest.mark.parametrize("case", HOSTILE)
def test_what_is_harmless_is_still_there_to_read(page, case):
    found, text = page
    assert HOSTILE[case][2] in found.text + text


def test_it_says_marks_hints_and_what_went_wrong_in_spanish(page):
    found, _ = page
    for words in ("Total: 5 / 10 puntos", "Cuadrado", "logrado", "no pasó la prueba visible"):
        assert words in found.text
    assert "ZeroDivisionError: division by zero" in found.text
    assert "Ocurrió en cube, línea 2: return x / 0" in found.text


def test_it_holds_nothing_of_the_instructors(page):
    for secret in ("mismo signo", "MARK SCHEME", "HIDDEN", "reference", "prueben con negativos"):
        assert secret not in page[1]


def test_formulas_are_drawn_without_a_script(page):
    assert "<math" in page[1] and "<msup>" in page[1]


def test_every_formula_of_the_masters_is_drawn():
    for path in sorted((tiny.REPOSITORY / "source").glob("*/*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "markdown":
                drawn = prose(cell.source, {}, lambda source: None)
                assert 'class="latex"' not in drawn, (path.name, cell.id)


def test_a_formula_that_nobody_can_draw_stays_as_it_was_written():
    assert formula(r"\nada{x}<b>") == r'<code class="latex">$\nada{x}&lt;b&gt;$</code>'


@pytest.mark.parametrize(
    "written",
    [
        "Cuesta $5 hoy y $10 mañana.",
        "De $20,000 a $30,000 al año.",
        "US$5 y US$6.",
        "20$ y 30$.",
        "A $5/kg, $6/kg o $7 (y $8).",
        "Vale $5 o $ 6 $ más.",
        "Hoy $5,\nmañana $6.",
    ],
)
def test_amounts_of_money_are_no_formulas(written):
    assert f"<p>{written}</p>" == prose(written, {}, lambda source: None).strip()


@pytest.mark.parametrize(
    ("written", "formulas"),
    [
        ("Sea $x$, o $-5$ y $(a)$.", 3),
        ("Cuesta $5 y crece como $x^2$, no $10.", 1),
        (r"$a\$b$ y $c\\$", 2),
        ("$a\n+b$ y $$x$$", 2),
    ],
)
def test_formulas_beside_amounts_of_money_are_drawn(written, formulas):
    assert prose(written, {}, lambda source: None).count("<math") == formulas


def test_the_kits_own_cards_look_the_same_after_cleaning(page):
    card = '<div style="border-left:4px solid #1f8a3b;padding:4px 12px;margin:4px 0">✓</div>'
    assert clean_html(card) == card


def test_pictures_of_the_submission_are_inside_the_page():
    assert (
        prose(f"![a](data:image/png;base64,{PIXEL})", {}, lambda source: None).count("data:") == 1
    )
    pasted = {"a.png": {"image/png": PIXEL}}
    assert "data:image/png" in prose("![a](attachment:a.png)", pasted, lambda source: None)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("a\rb\n", "b\n"),
        ("\x1b[31mrojo\x1b[0m", '<span class="ansi-red-fg">rojo</span>'),
        ("\x1b[2J\x1b[10;10Hx", "x"),
        ("\x1b]8;;http://x\x07enlace", "enlace"),
        ("<b>", "&lt;b&gt;"),
    ],
)
def test_a_terminals_codes_become_colours_or_nothing(written, shown):
    assert terminal_html(written) == shown


# --- Several blocks of marks, and whose the text of a cell is -------------------------------------

PARTS = [Part("Sum", 2, True), Part("Product", 3, False, "look at 0 × 1", "visible")]
TOLD = "Product: look at 0 × 1"
RESULTS = {
    "✓ achieved": dict(passed=True, score=5, parts=[Part("Sum", 2, True), Part("Root", 3, True)]),
    "◐ partly achieved": dict(passed=False, reason=TOLD, part="visible", score=2, parts=PARTS),
    "◐ partly": dict(passed=False, score=3.5),  # by the number that the test ends in
    "✘ did not pass the visible test": dict(passed=False, reason="no", part="visible"),
}  # fmt: skip


def page_of(course, *cells, released=()):
    """The text of the page of a notebook in English. released: its cells as students got them."""
    path = course.root / "release" / "made" / "1_made.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(tiny.notebook(*released), path)
    node = tiny.notebook(*deepcopy(cells))
    node.metadata["grading"] = {"language": "en"}
    resources = {"nbgrader": {"assignment": "made", "notebook": "1_made"}}
    with working_folder(course.root):
        node, resources = HideInstructorContent(config=course.config)(node, resources)
        exporter = FeedbackExporter(config=course.config, template_name="feedback")
        made, _ = exporter.from_notebook_node(node, resources)
    return made


@pytest.mark.parametrize("words", RESULTS)
def test_a_check_of_several_parts_says_what_each_gave_and_why(course, words):
    result = CheckResult("c", "Both", 5, **RESULTS[words])
    test = tiny.cell("test", "c", "assert both", 5)
    test.metadata.nbgrader.score = result.earned
    note_check(test, result)
    text = " ".join(Page(page_of(course, test)).text.split())
    assert text.count(words) == 2  # in the table, and above the test
    for part in result.parts:
        sign = "✓" if part.passed else "✘"
        told = " ".join(filter(None, [sign, part.title + part.reason]))
        assert text.count(f"{told} {part.earned} / {part.points}") == 1
    assert text.count("look at 0 × 1") == result.reason.count("look at 0 × 1")


HEADING, EXAMPLE = [new_markdown_cell("# Powers")], [new_code_cell("1 + 1")]
QUESTION = tiny.cell("task", "question", "**Why?**", 2)
UNANSWERED = [QUESTION, new_markdown_cell("*here*")]
WHOSE = {
    "a heading of the master's": (HEADING, HEADING, []),
    "an example of the master's": (EXAMPLE, EXAMPLE, []),
    "an example that was changed": (EXAMPLE, [new_code_cell("1 + 2")], ["Your code"]),
    "a cell that was added": (HEADING, [*HEADING, new_markdown_cell("I")], ["Your answer"]),
    "an answer": (UNANSWERED, [QUESTION, new_markdown_cell("because")], ["Your answer"]),
    "an answer that was not given": (UNANSWERED, UNANSWERED, ["Your answer"]),
}


@pytest.mark.parametrize("released, handed_in, labels", WHOSE.values(), ids=WHOSE)
def test_only_what_is_the_students_is_called_theirs(course, released, handed_in, labels):
    text = page_of(course, *handed_in, released=released)
    assert re.findall(r'<p class="label">(.*?)</p>', text) == labels


def test_what_was_not_released_is_the_students(course):
    text = page_of(course, *HEADING)
    assert re.findall(r'<p class="label">(.*?)</p>', text) == ["Your answer"]


def test_the_tally_of_a_page_has_a_row_for_each_part_and_a_sign_for_some_marks():
    checks = [
        CheckResult("a", "Both", 5, False, TOLD, score=2, parts=PARTS),
        CheckResult("b", "Near", 4, False, score=3.5),
        CheckResult("c", "Left out", 1, None),
    ]
    with using("en"):
        (card,) = tally_outputs(checks)
    lines = [line.strip() for line in card.data["text/plain"].splitlines()]
    assert lines[0] == "5.5 / 10 marks (55.0%)"
    assert [" ".join(line.split()) for line in lines[2:6]] == [
        "✓ 2 / 2 Sum",
        "✘ 0 / 3 Product",
        "◐ 3.5 / 4 Near",
        "– 0 / 1 Left out",
    ]
