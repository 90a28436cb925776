"""What nbgrader's exchange hands out on a hub: the same whole folder as the students' zip."""

from pathlib import Path

from nbgrader.exchange.default import ExchangeReleaseAssignment

from grading.course import Course, CourseError
from grading.masters.handout import describe, students_files


class ReleaseWhole(ExchangeReleaseAssignment):
    """`nbgrader release_assignment`: also `helpers`, the description of the lab and the LEEME.

    release/ASSIGNMENT holds none of what the kit gives to every lab, so that the repository of a
    course has no second copy of it.
    """

    def do_copy(self, src, dest, log=None):
        """Copy the release, and write beside it what the zip holds besides."""
        super().do_copy(src, dest, log)
        assignment = Course(Path(self.coursedir.root)).assignment(self.coursedir.assignment_id)
        try:
            describe(assignment)  # the formgrader's Generate makes a release without one
            files = students_files(assignment)
        except CourseError as error:
            self.fail(str(error))
        for name, content in files.items():
            path = Path(dest, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
