"""What an instructor tunes of the kit. nbgrader's own settings are in nbgrader_config.py."""

from pathlib import Path

c = get_config()  # noqa: F821  (given by the configuration loader)

# nbgrader's commands work on this folder, wherever they are called from.
c.CourseDirectory.root = str(Path(__file__).resolve().parent)
# The language of what the kit tells students: "en" or "es". An assignment in another one says so in
# the metadata of its notebooks, {"grading": {"language": "es"}}.
c.Course.language = "en"

# --- What a submission may use ----------------------------------------------------------------
# A master's cell that takes longer asks for more seconds in its metadata: grading.timeout.
c.Limits.cell_seconds = 30
c.Limits.notebook_seconds = 3600
c.Limits.call_seconds = 60  # one answer of the submission to a test, as a call of its function
c.Limits.check_seconds = 300
c.Limits.memory_mb = 4096  # all processes of the submission together
c.Limits.processes = 64
c.Limits.disk_mb = 256  # what it may write; files that were handed in may be half of it
c.Limits.file_mb = 100  # one file
c.Limits.files = 10_000
c.Limits.test_files_mb = 32  # what it wrote and tests read, together
c.Limits.output_mb = 5  # shown by one cell
# All archives of an inbox, unpacked by `collect` in submitted/.collecting; half of it for one.
c.Collecting.unpacked_mb = 4096
# Where bubblewrap can't be used nothing is graded, unless this is False: submissions then run with
# limits on time, memory, output and size of a file alone, and can read and change all you can.
c.Sandbox.required = True
# Forks kernels from a process that has imported their libraries; False starts each from nothing.
c.Sandbox.warm = True

# --- When it is due ---------------------------------------------------------------------------
# Without a date nobody is late. students.csv has extensions too.
# c.Deadlines.due = {"ps1": "2026-11-30 23:59 America/Guatemala"}
# c.Deadlines.extensions = {("ps1", "20210001"): 48}  # hours
c.Deadlines.penalty_per_day = 0.0  # share of the marks earned, for each day begun
c.Deadlines.most = 1.0  # the largest share that is taken
c.Deadlines.grace_minutes = 0
