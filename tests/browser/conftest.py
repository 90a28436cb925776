"""Chromium, and JupyterLab as students and instructors have it."""

from __future__ import annotations

import os
import shutil
import zipfile
from contextlib import contextmanager
from pathlib import Path

import pytest
import tiny
from jupyter_process import end_sessions, jupyter_server
from lab3 import LAB
from playwright.sync_api import Error, expect, sync_playwright

from grading.course import Course
from grading.masters.handout import pack

NAMES = ("chromium", "chromium-browser", "google-chrome")
OPTIONS = ("--disable-quic", "--no-first-run", "--disable-background-networking",
           "--disable-component-update", "--disable-sync")  # fmt: skip
SECONDS = 60


@pytest.fixture(scope="module")
def chromium():
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip("there is no Chromium: apt-get install chromium")
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(
                executable_path=path, args=list(OPTIONS), chromium_sandbox=os.geteuid() != 0
            )
        except Error as error:
            pytest.skip(f"Chromium does not start here: {error}")
        yield browser
        browser.close()


@pytest.fixture
def page(chromium):
    """A window."""
    expect.set_options(timeout=SECONDS * 1000)
    with chromium.new_context(viewport={"width": 1280, "height": 1600}) as context:
        context.set_default_timeout(SECONDS * 1000)
        yield context.new_page()


@pytest.fixture
def look(page, request):
    """Take a picture, kept where KIT_PICTURES says: to be looked at, not compared."""
    folder = os.environ.get("KIT_PICTURES")

    def take(name: str, of=None, **options) -> None:
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            test = request.node.name.replace("[", "-").replace("]", "")
            (of or page).screenshot(path=f"{folder}/{test}-{name}.png", **options)

    return take


def unpacked(course, assignment, desk):
    """The folder that a student unpacks."""
    with zipfile.ZipFile(pack(course.assignment(assignment))) as archive:
        archive.extractall(desk)
    return desk / assignment


@contextmanager
def lab_in(folder, own, theme="JupyterLab Light"):
    """JupyterLab in a folder: the address of its server."""
    own.mkdir()
    with jupyter_server(folder, own, "lab", theme) as address:
        yield address


@pytest.fixture(params=["JupyterLab Light", "JupyterLab Dark"])
def students_lab(built, tmp_path, request):
    """JupyterLab in the folder that a student unpacked: the folder's address there, and itself."""
    folder = unpacked(built, tiny.ASSIGNMENT, tmp_path / "desk")
    with lab_in(folder, tmp_path / "jupyter", request.param) as address:
        yield f"{address}/lab/tree", folder


@pytest.fixture(scope="module")
def desks(tmp_path_factory):
    """One JupyterLab for several tests, each with a folder of its own in it: its address and
    folder."""
    folder = tmp_path_factory.mktemp("desks")
    with lab_in(folder, tmp_path_factory.mktemp("own") / "jupyter") as address:
        yield address, folder


@contextmanager
def desk(desks, course, assignment):
    """A student's folder in there; what runs in it ends with the test."""
    address, folder = desks
    name = f"desk-{len(list(folder.iterdir()))}"
    yield f"{address}/lab/tree/{name}/{assignment}", unpacked(course, assignment, folder / name)
    end_sessions(address)


@pytest.fixture
def one_lab(built, desks):
    """As `students_lab`, where the theme does not matter."""
    with desk(desks, built, tiny.ASSIGNMENT) as found:
        yield found


@pytest.fixture
def lab3(desks, tmp_path):
    """The same, with lab 3 as it is committed."""
    course = tmp_path / "course"
    for folder in ("source", "release"):
        shutil.copytree(tiny.REPOSITORY / folder / LAB, course / folder / LAB)
    shutil.copy(tiny.REPOSITORY / "grader_config.py", course)
    with desk(desks, Course(course), LAB) as found:
        yield found


@pytest.fixture
def instructors_lab(built, tmp_path):
    """JupyterLab in the course folder: its address, and the course."""
    with lab_in(built.root, tmp_path / "jupyter") as address:
        yield address, built
