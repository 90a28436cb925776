"""The kit's steps in the place of nbgrader's: what every course has, whatever its own settings."""

import os
import sys
from functools import partial
from pathlib import Path

import nbgrader
from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import ClearMarkScheme, ClearSolutions
from traitlets import HasTraits
from traitlets.config import Config, LazyConfigValue

import grading
from grading.masters.clearing import ClearExercises, ClearMarkSchemes
from grading.model.limits import Limits, cell_timeout

# Never released (variants: the instructor's other right answers) nor taken from a submission
# (helpers: the grader uses its own; the others came with the lab or were made by tools).
IGNORED = [
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
# Pictures go with the text that shows them, and a stub may name its exercise.
OURS = {ClearSolutions: ClearExercises, ClearMarkScheme: ClearMarkSchemes}

# Where nbgrader's steps read masters, execute or show what was submitted, the kit's stand instead
# of them: a course can't have others.
STEPS = {
    "Autograde": {
        "exporter_class": "grading.record.exporter.SubmissionExporter",
        "sanitize_preprocessors": [
            "nbgrader.preprocessors.ClearOutput",
            "nbgrader.preprocessors.OverwriteKernelspec",
            "nbgrader.preprocessors.OverwriteCells",
            "grading.record.steps.CheckCells",
        ],
        "autograde_preprocessors": [
            "grading.record.steps.RecordOutcome",
            # A progress bar leaves its last line.
            "nbconvert.preprocessors.CoalesceStreamsPreprocessor",
            "nbgrader.preprocessors.LimitOutput",
            "grading.record.marks_by_hand.SaveMarks",
            "grading.people.penalties.SetDueDate",
            "nbgrader.preprocessors.AssignLatePenalties",
            "grading.record.steps.CheckCells",
        ],
    },
    "GenerateFeedback": {
        "exporter_class": "grading.feedback.exporter.FeedbackExporter",
        "preprocessors": [
            "nbgrader.preprocessors.GetGrades",
            "grading.feedback.exporter.HideInstructorContent",
        ],
    },
    "GenerateAssignment": {"exporter_class": "grading.masters.exporter.MasterExporter"},
    "FeedbackExporter": {"preprocessors": []},
    # The formgrader's page of a submission: nothing of it may run in a grader's browser.
    "HTMLExporter": {
        "preprocessors": ["grading.feedback.formgrader.ShowHarmlessly"],
        "filters": {"markdown2html": "grading.feedback.formgrader.markdown2html"},
    },
}


def wire(c: Config) -> None:
    """Put the kit's steps into a course's configuration, and a value where the course has none.

    c: the configuration, with the settings of the course in it; it is changed in place. Call it
    before these settings are made or after: what the course says of anything but `STEPS` stands.
    """
    # nbgrader looks for the programs beside this interpreter (alembic) on the PATH only.
    beside = str(Path(sys.executable).parent)
    if beside not in os.environ["PATH"].split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join([beside, os.environ["PATH"]])
    for section, steps in STEPS.items():
        c[section].update(steps)
    c.CoalesceStreamsPreprocessor.enabled = True
    c.GenerateAssignment.preprocessors = list(map(_ours, _own(c, GenerateAssignment)))
    c.CourseDirectory.ignore = list(dict.fromkeys([*_own(c, CourseDirectory, "ignore"), *IGNORED]))
    # Ours first (feedback), then nbgrader's (the formgrader's pages).
    c.HTMLExporter.extra_template_basedirs = [
        str(Path(grading.__file__).parent / "feedback/templates"),
        str(Path(nbgrader.__file__).parent / "server_extensions" / "formgrader" / "templates"),
    ]
    _default(c, "AssignLatePenalties", plugin_class="grading.people.penalties.LatePenalty")
    # On a hub, nbgrader's exchange hands out what is in the zip (docs/where-students-work.md).
    _default(c, "ExchangeFactory", release_assignment="grading.masters.exchange.ReleaseWhole")
    root = c.CourseDirectory.get("root")
    if root:  # the timeout is how many seconds a writer waits
        _default(c, "CourseDirectory", db_url=f"sqlite:///{root}/gradebook.db?timeout=60")
    # nbgrader's Validate and the like: the same time for a cell as in grading.
    seconds = Limits(config=c).cell_seconds
    _default(
        c,
        "Execute",
        timeout=seconds,
        timeout_func=partial(cell_timeout, default=seconds),
        interrupt_on_timeout=True,
    )


def _default(c: Config, section: str, **values) -> None:
    for name, value in values.items():
        c[section].setdefault(name, value)


def _own(c: Config, kind: type[HasTraits], trait: str = "preprocessors") -> list:
    """What the course says of a list of nbgrader's, else what nbgrader has there."""
    nbgraders = kind.class_traits()[trait].default()
    said = c[kind.__name__].get(trait, nbgraders)
    # The course may have added to nbgrader's list: c.CourseDirectory.ignore.append("…")
    return said.get_value(nbgraders) if isinstance(said, LazyConfigValue) else said


def _ours(step: type | str) -> type | str:
    """The kit's step in place of one of nbgrader's, which is given as a class or by its name."""
    for theirs, ours in OURS.items():
        if step is theirs or (isinstance(step, str) and step.split(".")[-1] == theirs.__name__):
            return ours
    return step
