"""Everything an instructor tunes. nbgrader's own commands and the formgrader read it too."""

import os
import sys
from functools import partial
from pathlib import Path

import nbgrader
from nbgrader.converters import GenerateAssignment
from nbgrader.preprocessors import ClearMarkScheme, ClearSolutions

import grading
from grading.masters.clearing import ClearExercises, ClearMarkSchemes
from grading.model.limits import cell_timeout

c = get_config()  # noqa: F821  (given by the configuration loader)

# nbgrader looks for the programs beside this interpreter (alembic) on the PATH only.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])

# --- The course -------------------------------------------------------------------------------
# The language of what students read: "es" or "en". An assignment in another one says so in the
# metadata of its notebooks: docs/writing-a-lab.md.
c.Course.language = "es"
c.CourseDirectory.root = str(Path(__file__).resolve().parent)
# SQLite by default; the timeout is how many seconds a writer waits. Any SQLAlchemy URL will do;
# PostgreSQL asks for a course too: docs/people.md, "The gradebook".
c.CourseDirectory.db_url = f"sqlite:///{c.CourseDirectory.root}/gradebook.db?timeout=60"
# Never released (variants: the instructor's other right answers) nor taken from a submission
# (helpers: the grader uses its own; the others came with the lab or were made by tools).
c.CourseDirectory.ignore = [
    ".ipynb_checkpoints",
    "*.pyc",
    "__pycache__",
    "feedback",
    ".tally",
    "variants",
    "grader_config.py",
    "nbgrader_config.py",
    "helpers",
    "laboratorio.json",
    "assignment.json",
    "entrega.json",
    "LEEME.md",
]

# On a hub, nbgrader's exchange hands out what is in the zip (docs/where-students-work.md). It needs
# the course's name and a folder that all accounts share:
# c.CourseDirectory.course_id = "course"
# c.Exchange.root = "/srv/nbgrader/exchange"
c.ExchangeFactory.release_assignment = "grading.masters.exchange.ReleaseWhole"

# --- What students find in place of a solution ------------------------------------------------
# Pictures go with the text that shows them.
OURS = {ClearSolutions: ClearExercises, ClearMarkScheme: ClearMarkSchemes}
c.GenerateAssignment.preprocessors = [
    OURS.get(step, step) for step in GenerateAssignment.class_traits()["preprocessors"].default()
]
c.GenerateAssignment.exporter_class = "grading.masters.exporter.MasterExporter"
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
c.Limits.cell_seconds = 60
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
# nbgrader's Validate and the like: the same time for a cell as above.
c.Execute.timeout = c.Limits.cell_seconds
c.Execute.timeout_func = partial(cell_timeout, default=c.Limits.cell_seconds)
c.Execute.interrupt_on_timeout = True

# --- When it is due ---------------------------------------------------------------------------
# Without a date nobody is late. More in docs/people.md; students.csv has extensions too.
# c.Deadlines.due = {"lab3": "2026-11-30 23:59 America/Guatemala"}
# c.Deadlines.extensions = {("lab3", "20210001"): 48}  # hours
c.Deadlines.penalty_per_day = 0.0  # share of the marks earned, for each day begun
c.Deadlines.most = 1.0  # the largest share that is taken
c.Deadlines.grace_minutes = 0

# --- From a submission to marks ---------------------------------------------------------------
c.Autograde.exporter_class = "grading.record.exporter.SubmissionExporter"
c.Autograde.sanitize_preprocessors = [
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.OverwriteKernelspec",
    "nbgrader.preprocessors.OverwriteCells",
    "grading.record.steps.CheckCells",
]
c.Autograde.autograde_preprocessors = [
    "grading.record.steps.RecordOutcome",
    "nbconvert.preprocessors.CoalesceStreamsPreprocessor",  # a progress bar leaves its last line
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "grading.people.penalties.SetDueDate",
    "nbgrader.preprocessors.AssignLatePenalties",
    "grading.record.steps.CheckCells",
]
c.AssignLatePenalties.plugin_class = "grading.people.penalties.LatePenalty"
c.CoalesceStreamsPreprocessor.enabled = True

# --- What students get back -------------------------------------------------------------------
c.GenerateFeedback.exporter_class = "grading.feedback.exporter.FeedbackExporter"
c.GenerateFeedback.preprocessors = [
    "nbgrader.preprocessors.GetGrades",
    "grading.feedback.exporter.HideInstructorContent",
]
# The formgrader's page of a submission: nothing of it may run in a grader's browser.
c.HTMLExporter.preprocessors = ["grading.feedback.formgrader.ShowHarmlessly"]
c.HTMLExporter.filters = {"markdown2html": "grading.feedback.formgrader.markdown2html"}
c.FeedbackExporter.preprocessors = []
# Ours first (feedback), then nbgrader's (the formgrader's pages).
c.HTMLExporter.extra_template_basedirs = [
    str(Path(grading.__file__).parent / "feedback/templates"),
    str(Path(nbgrader.__file__).parent / "server_extensions" / "formgrader" / "templates"),
]
