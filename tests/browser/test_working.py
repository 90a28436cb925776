"""A student at work in JupyterLab: long trainings, the stop button, cells out of order, blanks."""

import json
import re

import nbformat
from lab_window import STOP, cell, open_notebook, run_all, run_cell, save, shown, start
from nbformat.v4 import new_code_cell
from playwright.sync_api import expect
from tiny import notebook

MAX_BYTES = 1_000_000
FAILING = {"tags": ["raises-exception"]}
TRAINING = """\
from helpers.training import epochs
losses, params = [], [1.0]
for epoch in epochs({epochs}, params=params, history={{"training_loss": losses}}):
    {work}
    params[0] *= 0.999
    losses.append(params[0] ** 2)"""
LOSSES = """\
import matplotlib.pyplot as plt
plt.plot(losses)
plt.title("Curva de aprendizaje")
plt.show()"""
AFTER = 'print("quedan", len(losses) > 0, params[0] < 1, len(losses))'


def put(folder, name, *sources):
    """A notebook of a student's own beside those of the lab."""
    cells = [new_code_cell(source, metadata=FAILING) for source in sources]
    nbformat.write(notebook(*cells), folder / f"{name}.ipynb")


def texts(path):
    """What each code cell of a saved notebook holds in its streams."""
    cells = [each for each in json.loads(path.read_text())["cells"] if each["cell_type"] == "code"]
    return ["".join("".join(o.get("text", "")) for o in each["outputs"]) for each in cells]


def test_a_long_training_leaves_one_line_of_its_bar_in_a_small_file(one_lab, page, look):
    address, folder = one_lab
    work = "sum(range(100_000))"  # some seconds in all: the bar is drawn once a second
    put(folder, "entrenar", TRAINING.format(epochs=5000, work=work), LOSSES, AFTER)
    open_notebook(page, address, "entrenar")
    run_all(page, "quedan")
    look("1-trained")
    save(page)
    path = folder / "entrenar.ipynb"
    bar, _, after = texts(path)
    assert after.strip() == "quedan True True 5000"
    assert "5000/5000" in bar and len(bar.strip().splitlines()) == 1, bar
    assert path.stat().st_size < MAX_BYTES


def test_the_stop_button_keeps_what_was_trained_and_the_next_cells_run(one_lab, page, look):
    address, folder = one_lab
    put(folder, "parar", TRAINING.format(epochs=10**6, work="sum(range(20_000))"), AFTER)
    open_notebook(page, address, "parar")
    training = cell(page, "losses, params")
    start(page, training)
    expect(shown(training)).to_contain_text(re.compile(r"training_loss="))
    page.locator(STOP).first.click()
    expect(shown(training)).to_contain_text("El entrenamiento se detuvo después de")
    expect(shown(training)).to_contain_text("lo calculado hasta ahí se conserva")
    run_cell(page, cell(page, "quedan"))
    expect(shown(cell(page, "quedan"))).to_contain_text("quedan True True")
    look("1-stopped")


def test_cells_out_of_order_say_what_to_run(one_lab, page, look):
    address, _ = one_lab
    open_notebook(page, address, "1_square")
    check = cell(page, "# Cuadrado")
    run_cell(page, check)  # before the imports: only Python can speak
    expect(shown(check)).to_contain_text("NameError: name 'tick' is not defined")
    look("1-before-the-imports")
    run_cell(page, cell(page, "from helpers import tick"))
    run_cell(page, check)
    expect(shown(check)).to_contain_text("✘ [0/5 marks]")
    expect(shown(check)).to_contain_text("«square» no existe todavía: ejecuten en orden")
    look("2-before-the-exercise")


def test_a_name_that_does_not_exist_yet_is_explained_below_the_cell(one_lab, page, look):
    address, folder = one_lab
    put(folder, "orden", "from helpers import tick", "print(square(3))", "1 / 0")
    open_notebook(page, address, "orden")
    for text in ("from helpers", "print(square(3))", "1 / 0"):
        run_cell(page, cell(page, text))
    said = shown(cell(page, "print(square(3))"))
    expect(said).to_contain_text("NameError")
    expect(said).to_contain_text("«square» no existe todavía: ejecuten en orden las celdas")
    expect(shown(cell(page, "1 / 0"))).not_to_contain_text("ejecuten")
    look("1-explained")


def test_an_untouched_notebook_of_lab_3_runs_to_its_end_and_says_what_is_missing(lab3, page, look):
    address, _ = lab3
    open_notebook(page, address, "1_rnn")
    run_all(page)
    tally = shown(cell(page, "summarise_marks"))
    expect(tally).to_contain_text("0 / 85 marks (0.0%)")
    for name in ("Vocabulario: de palabra a índice", "Sigmoide", "Gradiente de W", "Entrenamiento"):
        expect(tally).to_contain_text(name)
    tally.scroll_into_view_if_needed()
    look("1-tally")
    blank = "Falta completar «Ejercicio 3: sigmoide»"
    check, later = shown(cell(page, "# Sigmoide")), shown(cell(page, "xs = np.linspace"))
    expect(check).to_contain_text(blank)
    check.scroll_into_view_if_needed()
    look("2-check")
    expect(later).to_contain_text(f"NotImplementedError: {blank}")
    later.scroll_into_view_if_needed()
    look("3-later-cell")
