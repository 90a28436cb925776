"""Whether submissions run in a sandbox on this machine, and what to do where they can't."""

from traitlets import Bool
from traitlets.config import Config, Configurable

from grading.candidate.box import INSTALL, why_no_box
from grading.course import CourseError


class Sandbox(Configurable):
    """`c.Sandbox` in grader_config.py."""

    required = Bool(
        True,
        help="Grade nothing where bubblewrap can't be used. Without it only limits on time and "
        "memory protect this machine and the other students' work.",
    ).tag(config=True)
    warm = Bool(
        True,
        help="Fork the kernels and the examiners from processes that have imported their "
        "libraries already, where the system can do that.",
    ).tag(config=True)


def require_sandbox(config: Config) -> bool:
    """Whether submissions run in a sandbox here.

    Raises CourseError when they can't and the instructor has not allowed to do without.
    """
    reason = why_no_box()
    if reason and Sandbox(config=config).required:
        raise CourseError(
            f"Nothing was graded: {reason}.\nSubmissions run in a sandbox. Install it with "
            f"'{INSTALL}', or accept grading without one by writing "
            "c.Sandbox.required = False in grader_config.py."
        )
    return not reason
