"""Where a candidate or an examiner does not come up, both are ended and the reason is told."""

import asyncio
import os
import tempfile
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
import tiny

from grading.candidate.box import why_no_box
from grading.candidate.zmtp import ZmtpSocket
from grading.examiner import box, starting
from grading.execution.execute import execute
from grading.model.limits import Limits
from grading.model.outcome import Status
from grading.processes.scratch import PREFIX, scratch_folder


def boxes_left() -> list[psutil.Process]:
    """The processes of bubblewrap, of boxes in this process's scratch folders, that stay."""
    ours = str(Path(tempfile.gettempdir()) / f"{PREFIX}{os.getpid()}-")
    boxes = [
        process
        for process in psutil.process_iter(["name", "cmdline"])
        if process.info["name"] == "bwrap" and ours in " ".join(process.info["cmdline"] or [])
    ]
    _, alive = psutil.wait_procs(boxes, timeout=20)  # those that were killed just now may be listed
    return alive


FAULTS = {
    "the examiner": (starting, "_launch"),
    "the candidate, when its box is made": (ZmtpSocket, "open"),
}


@pytest.mark.parametrize("what", FAULTS)
def test_one_that_does_not_start_leaves_no_process_and_its_error_is_told(what, monkeypatch):
    async def refused(*_):
        raise OSError("the system has no more of them")

    monkeypatch.setattr(*FAULTS[what], refused)
    with scratch_folder():  # its caretaker stays as long as this process
        before = psutil.Process().children(recursive=True)
    outcome = execute(replace(tiny.job(), warm=False))
    assert outcome.status is Status.GRADER_FAILED
    assert outcome.reason.endswith("OSError: the system has no more of them")
    assert psutil.Process().children(recursive=True) == before
    assert boxes_left() == []


@pytest.mark.skipif(bool(why_no_box()), reason="no box can be made here")
def test_a_box_that_is_ended_while_it_is_made_leaves_no_process():
    async def start_and_end(folder: Path, seconds: float) -> None:
        command = [*box.command(folder, Limits()), *starting.COMMAND]
        started = await starting._launch(command, log.fileno(), confined=True)
        await asyncio.sleep(seconds)
        # Where a process of the box stays, its end is waited for without end.
        await asyncio.wait_for(started.end(), 60)

    with scratch_folder() as folder:
        (folder / "course").mkdir()
        with (folder / "log").open("wb") as log:
            for attempt in range(100):
                asyncio.run(start_and_end(folder, attempt * 0.0001))
    assert boxes_left() == []
