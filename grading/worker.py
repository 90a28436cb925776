"""The work that is done in parallel, as bytes that can travel: a Job in, an Outcome out."""

from __future__ import annotations

from grading.execution import execute
from grading.job import Job


def work(job: bytes) -> bytes:
    """Execute and examine one notebook. job: a Job's JSON; what comes back: an Outcome's."""
    return execute(Job.from_json(job.decode())).to_json().encode()
