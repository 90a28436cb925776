"""What stock nbgrader gives for the masters in this folder, written to `stock.json`.

For each assignment in `masters/` the script makes a course in a temporary folder, with nbgrader's
default configuration, releases it with `nbgrader generate_assignment`, hands in five submissions
and grades them with `nbgrader autograde`:

- `answers`: the release with the master's own answers in its solution cells;
- `release`: the release, untouched;
- `fault_1`, `fault_2`, `fault_3`: the answers, with one cell of each notebook replaced as
  `faults.json` says.

Two things are done to a copy of the masters so that stock nbgrader can work with them: notebooks
with an older schema of nbgrader's metadata go through `nbgrader update` (the result is kept in
`updated/`), and every notebook runs in the kernel `python3`. Where stock nbgrader can't grade a
submission as a whole, its notebooks are handed in one by one, and the notebook that stops nbgrader
has its last line of error in place of marks.

Run it from the top of the repository. It takes some minutes; names of notebooks limit it to these:

    .venv/bin/python tests/nbgrader/stock.py
    .venv/bin/python tests/nbgrader/stock.py english/01_calendar spanish/10_graficas
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.nbgraderformat import SCHEMA_VERSION

HERE = Path(__file__).parent
FAULTS = json.loads((HERE / "faults.json").read_text(encoding="utf-8"))
SUBMISSIONS = ("answers", "release", "fault_1", "fault_2", "fault_3")
REGIONS = ("SOLUTION", "HIDDEN TESTS")


def main(wanted):
    """Grades the wanted notebooks, "ASSIGNMENT/NAME" each (none: all), and writes `stock.json`."""
    chosen = {}
    for path in sorted((HERE / "masters").glob("*/*.ipynb")):
        if not wanted or f"{path.parent.name}/{path.stem}" in wanted:
            chosen.setdefault(path.parent.name, []).append(path.stem)
    kept = HERE / "stock.json"
    marks = json.loads(kept.read_text(encoding="utf-8")) if wanted and kept.exists() else {}
    with ThreadPoolExecutor(max_workers=2) as pool:
        results = pool.map(grade, chosen, chosen.values())
        for assignment, result in zip(chosen, results, strict=True):
            for submission, notebooks in result.items():
                marks.setdefault(assignment, {}).setdefault(submission, {}).update(notebooks)
    kept.write_text(json.dumps(marks, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def grade(assignment, notebooks):
    """Grades one assignment with stock nbgrader.

    Returns {submission: {notebook: {grade_id: {"auto_score": …, "max": …, "needs_manual": …}}}},
    with {"error": …} in place of a notebook's marks where nbgrader stops.
    """
    with tempfile.TemporaryDirectory() as folder:
        course = Path(folder)
        masters = make_course(course, assignment, notebooks)
        release = course / "release" / assignment
        marks = {}
        for submission in SUBMISSIONS:
            hand_in(course, submission, release, masters, notebooks)
            error = nbgrader(course, "autograde", assignment, "--student", submission)
            if not error:
                marks[submission] = read_marks(course, assignment, submission)
                continue
            marks[submission] = {}
            for notebook in notebooks:
                alone = f"{submission}-{notebook}"
                hand_in(course, alone, release, masters, [notebook])
                error = nbgrader(course, "autograde", assignment, "--student", alone)
                one = {"error": error} if error else read_marks(course, assignment, alone)[notebook]
                marks[submission][notebook] = one
        return marks


def make_course(course, assignment, notebooks):
    """Puts the masters into a new course and releases them.

    Returns {notebook: its master as nbgrader reads it}. Raises SystemExit where nbgrader refuses
    to release them.
    """
    (course / "nbgrader_config.py").write_text("c = get_config()\n", encoding="utf-8")
    source = course / "source" / assignment
    shutil.copytree(HERE / "masters" / assignment, source, ignore=shutil.ignore_patterns("*.ipynb"))
    masters = {}
    for notebook in notebooks:
        path = source / f"{notebook}.ipynb"
        shutil.copyfile(HERE / "masters" / assignment / path.name, path)
        if is_old(path):
            error = nbgrader(course, "update", str(path))
            if error:
                raise SystemExit(f"{assignment}/{notebook}: nbgrader update fails: {error}")
            updated = HERE / "updated" / assignment / path.name
            updated.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, updated)
        master = nbformat.read(path, as_version=nbformat.NO_CONVERT)
        master.metadata.kernelspec.name = "python3"
        nbformat.write(master, path)
        masters[notebook] = master
    error = nbgrader(course, "generate_assignment", assignment)
    if error:
        raise SystemExit(f"{assignment}: nbgrader generate_assignment fails: {error}")
    return masters


def is_old(path):
    """Whether nbgrader refuses the notebook at this path before an `nbgrader update`."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    kinds = [cell["metadata"]["nbgrader"] for cell in cells if "nbgrader" in cell["metadata"]]
    return any(kind.get("schema_version", 0) < SCHEMA_VERSION for kind in kinds)


def hand_in(course, student, release, masters, notebooks):
    """Hands in the named notebooks, and all files that were released beside them.

    The student's name begins with the kind of submission, one of SUBMISSIONS.
    """
    kind = student.partition("-")[0]
    folder = course / "submitted" / student / release.name
    shutil.copytree(release, folder, ignore=shutil.ignore_patterns("*.ipynb"))
    for notebook in notebooks:
        nb = nbformat.read(release / f"{notebook}.ipynb", as_version=nbformat.NO_CONVERT)
        if kind != "release":
            fault = kind.partition("_")[2]
            chosen = FAULTS[release.name][notebook][int(fault) - 1] if fault else None
            fill(nb, masters[notebook], chosen)
        nbformat.write(nb, folder / f"{notebook}.ipynb")


def fill(nb, master, fault=None):
    """Writes the master's answers into the solution cells of a released notebook, in place.

    A fault, {"cell": grade_id, "source": …}, replaces one of them. Raises ValueError for a fault
    in a cell that is no solution cell.
    """
    answers = {}
    for cell in master.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            answers[cell.metadata.nbgrader.grade_id] = without_delimiters(cell.source)
    if fault:
        if fault["cell"] not in answers:
            raise ValueError(f"faults.json: {fault['cell']} is no solution cell")
        answers[fault["cell"]] = fault["source"]
    for cell in nb.cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        cell.source = answers.get(grade_id, cell.source)


def without_delimiters(source):
    """A master's answer as a student would write it: without the delimiters of regions."""
    marks = [f"{edge} {region}" for edge in ("BEGIN", "END") for region in REGIONS]
    lines = [line for line in source.split("\n") if not any(mark in line for mark in marks)]
    return "\n".join(lines)


def nbgrader(course, *arguments):
    """Runs an nbgrader command in the course; returns "" where it succeeds, else its error."""
    # A home of its own, so that no configuration of the person who runs this counts.
    own = {"HOME": str(course), "JUPYTER_CONFIG_DIR": str(course / ".jupyter")}
    # nbgrader looks for alembic in PATH.
    own["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {name: value for name, value in os.environ.items() if name != "MPLBACKEND"} | own
    command = [sys.executable, "-m", "nbgrader", *arguments]
    done = subprocess.run(command, cwd=course, env=environment, capture_output=True, text=True)
    if done.returncode == 0:
        return ""
    told = [line.strip() for line in done.stderr.splitlines() if line.strip()]
    raised = [line for line in told if re.match(r"[\w.]*(Error|Exception)\b", line)]
    return (raised or told)[-1].replace(str(course), "COURSE")


def read_marks(course, assignment, student):
    """What the gradebook has for one submission: {notebook: {grade_id: marks}}."""
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        try:
            submission = gradebook.find_submission(assignment, student)
        except MissingEntry as missing:
            raise SystemExit(f"{assignment}: {student} was not recorded: {missing}") from missing
        return {
            notebook.name: {
                grade.name: {
                    "auto_score": grade.auto_score,
                    "max": grade.max_score,
                    "needs_manual": grade.needs_manual_grade,
                }
                for grade in notebook.grades
            }
            for notebook in submission.notebooks
        }


if __name__ == "__main__":
    main(sys.argv[1:])
