"""What runs in parallel, here or on a cluster: a Job in, an Outcome out, both as JSON."""

from grading.execution.execute import execute
from grading.model.job import Job


def work(job: bytes) -> bytes:
    """The Outcome of a Job. Raises ValueError on a Job of another version of the kit."""
    return execute(Job.from_json(job.decode())).to_json().encode()
