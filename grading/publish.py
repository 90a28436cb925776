"""TEMP"""
from pathlib import Path
from grading.course import Course
from grading.record import RecordFailed, _last_error
def publish(root, assignment, student):
    course = Course(Path(root))
    result = course.nbgrader().generate_feedback(assignment, student, force=True)
    if not result["success"]:
        raise RecordFailed(_last_error(result))
