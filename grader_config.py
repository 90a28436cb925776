"""Everything an instructor tunes. nbgrader's own commands and the formgrader read it too."""

from pathlib import Path

from grading.wiring import wire

c = get_config()  # noqa: F821  (given by the configuration loader)

# --- The course -------------------------------------------------------------------------------
# The language of what students read: "es" or "en". An assignment in another one says so in the
# metadata of its notebooks: docs/writing-a-lab.md.
c.Course.language = "es"
c.CourseDirectory.root = str(Path(__file__).resolve().parent)
# SQLite by default; the timeout is how many seconds a writer waits. Any SQLAlchemy URL will do;
# PostgreSQL asks for a course too: docs/people.md, "The gradebook".
c.CourseDirectory.db_url = f"sqlite:///{c.CourseDirectory.root}/gradebook.db?timeout=60"
# On a hub, nbgrader's exchange hands out what is in the zip (docs/where-students-work.md). It needs
# the course's name and a folder that all accounts share:
# c.CourseDirectory.course_id = "course"
# c.Exchange.root = "/srv/nbgrader/exchange"

# --- What students find in place of a solution ------------------------------------------------
# The language has its own text for it. Another one ({exercise}: the last heading before it):
# c.ClearSolutions.code_stub = {"python": 'raise NotImplementedError("{exercise} is open")'}
# c.ClearSolutions.text_stub = "*Your answer.*"
c.ClearSolutions.begin_solution_delimeter = "### BEGIN SOLUTION"
c.ClearSolutions.end_solution_delimeter = "### END SOLUTION"
c.ClearHiddenTests.begin_test_delimeter = "### BEGIN HIDDEN TESTS"
c.ClearHiddenTests.end_test_delimeter = "### END HIDDEN TESTS"
c.ClearMarkScheme.begin_mark_scheme_delimeter = "### BEGIN MARK SCHEME"
c.ClearMarkScheme.end_mark_scheme_delimeter = "### END MARK SCHEME"

# --- What a submission may use ----------------------------------------------------------------
# A master's training cell asks for more seconds in its metadata: grading.timeout.
c.Limits.cell_seconds = 30
c.Limits.notebook_seconds = 3600
c.Limits.call_seconds = 60  # one answer of the submission to a test, as a call of its function
c.Limits.check_seconds = 300
# All processes of the submission together. PyTorch's build for GPUs (pip's choice on x86 where no
# other is asked for) takes 3400 of it, the one for CPU 800: with the former, allow 8192.
c.Limits.memory_mb = 4096
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
# Without a date nobody is late. More in docs/people.md; students.csv has extensions too.
# c.Deadlines.due = {"lab3": "2026-11-30 23:59 America/Guatemala"}
# c.Deadlines.extensions = {("lab3", "20210001"): 48}  # hours
c.Deadlines.penalty_per_day = 0.0  # share of the marks earned, for each day begun
c.Deadlines.most = 1.0  # the largest share that is taken
c.Deadlines.grace_minutes = 0

# --- From a submission to marks and feedback --------------------------------------------------
# The kit's steps in the place of nbgrader's, and a value for all that is not said above.
wire(c)
