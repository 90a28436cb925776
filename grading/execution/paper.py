"""What an examiner is set up with for one Job: a small course that holds nobody's answers."""

import json
from pathlib import Path

from nbformat import NotebookNode
from nbgrader.utils import is_solution

from grading.course import CONFIG_FILE
from grading.examiner.process import Paper
from grading.masters.cells import is_test
from grading.model.job import Job
from grading.source import names, parses


def imports_behind(job: Job) -> tuple[str, ...] | None:
    """What a warm start has behind it; None for a cold one.

    Libraries choose their number of threads when they are imported.
    """
    return tuple(job.imports) if job.warm and job.threads == 1 else None


def provided_before(master: NotebookNode) -> dict[str, int]:
    """By the grade_id of a test, how many cells that students are given stand before it."""
    count, found = 0, {}
    for cell in master.cells:
        if is_test(cell):
            found[cell.metadata.nbgrader.grade_id] = count
        elif cell.cell_type == "code" and not is_solution(cell):
            count += 1
    return found


def write_paper(job: Job, folder: Path, master: NotebookNode) -> Paper:
    """Write the examiner's own small course: the masters and their files, nobody's answers."""
    course = folder / "course"
    work = f"source/{job.assignment}"
    (course / work).mkdir(parents=True)
    (course / CONFIG_FILE).write_text("")
    for name, content in job.masters.items():
        (course / work / f"{name}.ipynb").write_text(json.dumps(content), "utf-8")
    for name, raw in job.master_files.items():
        path = course / work / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw)
    code = [cell for cell in master.cells if cell.cell_type == "code"]
    return Paper(
        folder,
        work,
        imports=[cell.source for cell in code if not is_test(cell) and not is_solution(cell)],
        answers=[cell.source for cell in code if is_solution(cell)],
        tests=[cell.source for cell in code if is_test(cell)],
        confined=job.confined,
        warm=imports_behind(job),
        measures=job.measures,
        language=job.language,
    )


def rebound(master: NotebookNode) -> dict[str, list[str]]:
    """By test, the names that the cells between the test before it and itself bind.

    Those are the master's cells: another one of the submission's must not bind what a test has
    bound for the tests below it.
    """
    found, bound = {}, set()
    for cell in master.cells:
        if is_test(cell):
            found[cell.metadata.nbgrader.grade_id], bound = sorted(bound), set()
        elif cell.cell_type == "code" and parses(cell.source):
            bound |= names(cell.source)[0]
    return found
