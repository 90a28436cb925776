"""A student in JupyterLab: run all, fill one exercise, reload, hand in."""

import json
import zipfile

from lab_window import cell, open_notebook, run_all, save, write
from playwright.sync_api import expect

HAND_IN = "from helpers.entrega import empaquetar\nempaquetar();"


def test_run_all_fill_one_exercise_reload_and_hand_in(students_lab, page, look):
    address, folder = students_lab
    open_notebook(page, address, "1_square")
    run_all(page)
    tally = cell(page, "summarise_marks").locator(".jp-OutputArea")
    expect(tally).to_contain_text("0 / 8 marks (0.0%)")
    check = cell(page, "# Cuadrado").locator(".jp-OutputArea")
    expect(check).to_contain_text("✘ [0/5 marks]")
    expect(check).to_contain_text("Falta completar «Potencias»")
    look("1-untouched")

    answer = "def square(x):\n    y = x * x\nreturn y"
    write(page, cell(page, "Calculen y"), answer.replace("return", "    return"))
    run_all(page)
    expect(check).to_contain_text("✓ [5 marks]")
    expect(tally).to_contain_text("5 / 8 marks (62.5%)")
    expect(tally).to_contain_text("cambios sin guardar")
    look("2-one-exercise")

    save(page)
    run_all(page)
    expect(tally).not_to_contain_text("cambios sin guardar")
    save(page)
    page.reload()
    expect(check).to_contain_text("✓ [5 marks]")
    expect(tally).to_contain_text("5 / 8 marks (62.5%)")

    page.locator(".jp-CodeCell").last.locator(".jp-InputPrompt").click()
    page.keyboard.press("b")  # a cell below
    page.keyboard.press("Enter")
    page.keyboard.insert_text(HAND_IN)
    page.keyboard.press("Shift+Enter")
    card = cell(page, "empaquetar").locator(".jp-OutputArea")
    expect(card).to_contain_text("Entrega creada, con avisos: tiny_sin-carne_sin-carne.zip")
    expect(card).to_contain_text("1_square: falta completar (1): «Potencias, en cube»")
    card.scroll_into_view_if_needed()
    look("3-handed-in")
    with zipfile.ZipFile(folder / "tiny_sin-carne_sin-carne.zip") as archive:
        manifest = json.loads(archive.read("entrega.json"))
        assert {"1_square.ipynb", "2_name.ipynb"} <= set(archive.namelist())
    assert "2_name: no se ha ejecutado hasta el final" in " ".join(manifest["warnings"])
