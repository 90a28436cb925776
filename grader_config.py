"""Everything an instructor tunes. nbgrader's own commands and the formgrader read it too."""

import os
import sys
from functools import partial
from pathlib import Path

import nbgrader

import grading
from grading.limits import cell_timeout

c = get_config()  # noqa: F821  (given by the configuration loader)

# nbgrader looks for the programs beside this interpreter (alembic) on the PATH only.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])

# --- The course -------------------------------------------------------------------------------
c.CourseDirectory.root = str(Path(__file__).resolve().parent)
# SQLite by default; any SQLAlchemy URL will do. The timeout is how many seconds a writer waits.
c.CourseDirectory.db_url = f"sqlite:///{c.CourseDirectory.root}/gradebook.db?timeout=60"
# Never released (variants: the instructor's other right answers) nor taken from a submission
# (helpers: the grader uses its own).
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
]

# --- What students find in place of a solution ------------------------------------------------
c.ClearSolutions.code_stub = {
    "python": "# Escriban aquí su código\n"
    'raise NotImplementedError("Falta completar este ejercicio")'
}
c.ClearSolutions.text_stub = "*Escriban aquí su respuesta.*"
c.ClearSolutions.begin_solution_delimeter = "### BEGIN SOLUTION"
c.ClearSolutions.end_solution_delimeter = "### END SOLUTION"
c.ClearHiddenTests.begin_test_delimeter = "### BEGIN HIDDEN TESTS"
c.ClearHiddenTests.end_test_delimeter = "### END HIDDEN TESTS"
c.ClearMarkScheme.begin_mark_scheme_delimeter = "### BEGIN MARK SCHEME"
c.ClearMarkScheme.end_mark_scheme_delimeter = "### END MARK SCHEME"

# --- Execution --------------------------------------------------------------------------------
# Seconds for a cell; a master's training cell asks for more in its metadata: grading.timeout.
c.Execute.timeout = 60
c.Execute.timeout_func = partial(cell_timeout, default=c.Execute.timeout)
c.Execute.interrupt_on_timeout = True
c.Execute.iopub_timeout = 30
c.Execute.extra_arguments = ["--log-level=ERROR"]  # kernels keep their own warnings to themselves

# --- From a submission to marks ---------------------------------------------------------------
c.Autograde.exporter_class = "grading.intake.SubmissionExporter"
c.Autograde.sanitize_preprocessors = [
    "nbgrader.preprocessors.ClearOutput",
    "grading.restoration.RestoreCells",
    "nbgrader.preprocessors.OverwriteKernelspec",
    "nbgrader.preprocessors.OverwriteCells",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.Autograde.autograde_preprocessors = [
    "grading.execution.ExecuteSubmission",
    "nbconvert.preprocessors.CoalesceStreamsPreprocessor",  # a progress bar leaves its last line
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.CoalesceStreamsPreprocessor.enabled = True

# --- What students get back -------------------------------------------------------------------
c.GenerateFeedback.exporter_class = "grading.feedback.FeedbackExporter"
c.GenerateFeedback.preprocessors = [
    "nbgrader.preprocessors.GetGrades",
    "grading.feedback.HideInstructorContent",
]
# Ours first (feedback), then nbgrader's (the formgrader's pages).
c.HTMLExporter.extra_template_basedirs = [
    str(Path(grading.__file__).parent / "templates"),
    str(Path(nbgrader.__file__).parent / "server_extensions" / "formgrader" / "templates"),
]
