"""Where a candidate or an examiner does not come up, both are ended and the reason is told."""

from dataclasses import replace

import psutil
import pytest
import tiny

from grading.candidate.zmtp import ZmtpSocket
from grading.examiner import starting
from grading.execution.execute import execute
from grading.model.outcome import Status
from grading.processes.scratch import scratch_folder

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
