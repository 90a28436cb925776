"""Where bubblewrap can't be used: nothing is graded unless allowed, and then it is said loudly."""

import pytest
import tiny
from click.testing import CliRunner
from nbgrader.apps import NbGraderAPI
from tiny import hand_in

from grading.candidate import box
from grading.cli import main


@pytest.fixture
def missing(monkeypatch, tmp_path_factory):
    """A machine on which no program called bwrap is found."""
    monkeypatch.setenv("PATH", str(tmp_path_factory.mktemp("empty")))
    box.why_no_box.cache_clear()
    yield
    box.why_no_box.cache_clear()


def run_tiny(course, monkeypatch):
    monkeypatch.chdir(course.root)
    return CliRunner().invoke(main, ["run", tiny.ASSIGNMENT])


def allow(course):
    with (course.root / "grader_config.py").open("a") as config:
        config.write("\nc.Sandbox.required = False\n")


def test_nothing_is_graded_and_the_message_says_what_to_do(built, missing, monkeypatch):
    hand_in(built, "ana")
    result = run_tiny(built, monkeypatch)
    assert result.exit_code == 1
    assert "Nothing was graded: bubblewrap is not installed" in result.output
    assert "sudo apt-get install bubblewrap" in result.output
    assert "c.Sandbox.required = False" in result.output
    assert not (built.autograded / "ana").exists()


def test_allowed_it_grades_and_says_so_at_the_start_and_under_the_table(
    built, missing, monkeypatch
):
    hand_in(built, "ana")
    allow(built)
    result = run_tiny(built, monkeypatch)
    assert result.exit_code == 0, result.output
    first, last = result.output.splitlines()[0], result.output.partition("total")[2]
    assert first.startswith("NOT IN A SANDBOX") and "not installed" in first
    assert "NOT IN A SANDBOX" in last and "12" in last


def test_the_stock_command_grades_nothing_either(built, missing):
    hand_in(built, "ana")
    result = NbGraderAPI(config=built.config).autograde(tiny.ASSIGNMENT, "ana")
    assert not result["success"] and "Nothing was graded" in result["log"]
    with built.gradebook() as gradebook:
        assert gradebook.assignment_submissions(tiny.ASSIGNMENT)[0].score == 0
    assert not list((built.autograded / "ana").rglob("*.ipynb"))


def test_with_a_sandbox_nothing_is_said(built, monkeypatch):
    hand_in(built, "ana")
    allow(built)
    assert "SANDBOX" not in run_tiny(built, monkeypatch).output


@pytest.mark.parametrize(
    ("platform", "program", "reason"),
    [
        ("darwin", None, "bubblewrap needs Linux, this is darwin"),
        ("linux", None, "bubblewrap is not installed (sudo apt-get install bubblewrap)"),
        (
            "linux",
            "#!/bin/sh\necho 'bwrap: Creating new namespace failed' >&2\nexit 1\n",
            "bubblewrap can't make a box here: bwrap: Creating new namespace failed",
        ),
    ],
)
def test_the_reason_is_named(monkeypatch, tmp_path, platform, program, reason):
    if program is not None:
        (tmp_path / "bwrap").write_text(program)
        (tmp_path / "bwrap").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin" if program else str(tmp_path))
    monkeypatch.setattr(box.sys, "platform", platform)
    box.why_no_box.cache_clear()
    assert box.why_no_box() == reason
    monkeypatch.undo()
    box.why_no_box.cache_clear()
