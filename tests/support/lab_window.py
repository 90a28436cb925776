"""JupyterLab in a browser window, as people use it."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

STOP = '[data-command="notebook:interrupt-kernel"]'


def open_notebook(page: Page, folder: str, name: str) -> None:
    """Open a notebook; `folder` is the address of its folder in JupyterLab."""
    page.goto(f"{folder}/{name}.ipynb?reset")
    wait_until_idle(page)


def wait_until_idle(page: Page) -> None:
    expect(page.locator("#jp-main-statusbar")).to_contain_text("Python 3 (ipykernel) | Idle")


def choose(page: Page, menu: str, item: str) -> None:
    page.locator("#jp-MainMenu").get_by_text(menu, exact=True).click()
    page.locator(".lm-Menu").get_by_text(item, exact=True).click()


def run_all(page: Page, last: str = "summarise_marks", timeout: float | None = None) -> None:
    """Run every cell and wait for the last, which has the text `last`: its number changes then.

    timeout: milliseconds, the window's own when it is None.
    """
    number = cell(page, last).locator(".jp-InputPrompt")
    before = number.inner_text()
    choose(page, "Run", "Run All Cells")
    expect(number).to_have_text(re.compile(r"\[\d+\]:"), timeout=timeout)
    expect(number).not_to_have_text(before, timeout=timeout)


def run_cell(page: Page, where: Locator) -> None:
    """Run one cell and wait for it: its number changes."""
    number = where.locator(".jp-InputPrompt")
    before = number.inner_text()
    start(page, where)
    expect(number).to_have_text(re.compile(r"\[\d+\]:"))
    expect(number).not_to_have_text(before)


def start(page: Page, where: Locator) -> None:
    """Run one cell without waiting."""
    where.locator(".cm-content").click()
    page.keyboard.press("Control+Enter")


def save(page: Page) -> None:
    page.keyboard.press("Control+s")
    expect(page.locator(".lm-TabBar-tab.jp-mod-current.jp-mod-dirty")).to_have_count(0)


def cell(page: Page, text: str) -> Locator:
    """The code cell whose source has a text."""
    return page.locator(".jp-CodeCell").filter(has=page.locator(".cm-content", has_text=text))


def shown(where: Locator) -> Locator:
    """What a cell shows."""
    return where.locator(".jp-OutputArea")


def write(page: Page, where: Locator, source: str) -> None:
    """Replace a cell's source, as by pasting."""
    where.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(source)
