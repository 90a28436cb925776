"""make tolerance: how far honest trainings and faulty ones depart from the master's record.

Each notebook of lab 3 that trains is run with its training cut to 40 epochs: the master for a
record, the foreign styles of tests/support/foreign, and every fault that `check` puts into a
function or a loop; faults in optional exercises are left out, because no mark and no training
depends on those. Departures are in units of what is allowed: above 1 is not the same training.
Whatever was replayed runs in full too, and its verdicts must be the same; --whole does so with some
replayed faults at the full number of epochs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from itertools import islice
from pathlib import Path

import click
import matplotlib.pyplot as plt
import tiny
from styles import FOREIGN, STYLES, filled

from grading.checking.mutants import mutants
from grading.course import Course
from grading.execution.execute import execute
from grading.intake.preparation import Preparation
from grading.masters.answers import solved
from grading.masters.cells import cell_name
from grading.masters.reading import read_masters
from grading.model.job import Job
from grading.regions import solutions
from grading.replay import replay

LAB, EPOCHS = "lab3", 40
LENGTH = re.compile(r"^(num_epochs\b.*?= )\d+", re.MULTILINE)
HONEST, FAULTY = "foreign styles", "faults"
LEAST, MOST = 1e-12, 1e12  # of the picture
COLOURS = {HONEST: "#0072B2", FAULTY: "#D55E00"}  # the colour-blind tell them apart


@click.command()
@click.option("--picture", type=click.Path(path_type=Path), help="Write the picture here.")
@click.option("--jobs", default=2, help="Processes.")
@click.option("--every", default=1, help="Take one fault of so many.")
@click.option("--whole", default=0, help="So many replayed faults at full length, too.")
@click.argument("notebooks", nargs=-1, type=click.Choice(FOREIGN))
def main(picture, jobs, every, whole, notebooks) -> None:
    """Print the departures of each notebook, and what was replayed with a fault in it."""
    course = Course(tiny.REPOSITORY)
    found = {}
    with ProcessPoolExecutor(jobs) as pool:
        for name in notebooks or FOREIGN:
            found[name] = _measured(course, name, every, whole, pool)
    if picture is not None:
        _draw(found, picture)


def _measured(
    course: Course, name: str, every: int, whole: int, pool: ProcessPoolExecutor
) -> dict[str, list[float]]:
    preparation, region = Preparation(course.assignment(LAB)), solutions(course.config)
    master = solved(read_masters(course.assignment(LAB))[name], region, {})
    lesson = preparation.teaching_job(name)
    jobs = [(HONEST, label, job) for label, job in _styles(preparation, name, master)]
    faults = islice(_faults(course, preparation, name), 0, None, every)
    jobs += [(FAULTY, label, job) for label, job in faults]
    found, replayed = {HONEST: [], FAULTY: []}, []
    known = execute(_short(lesson)).trainings
    work = pool.map(_departures, [replace(_short(job), trainings=known) for *_, job in jobs])
    for (kind, label, job), (sizes, is_replayed, same) in zip(jobs, work, strict=True):
        found[kind].append(next((size for size in sizes if size > 1), max(sizes, default=0)))
        if kind == FAULTY and is_replayed:
            replayed.append((label, job))
        if is_replayed != (kind == HONEST) or not same:
            _say(name, label, is_replayed, same, max(sizes, default=0))
    honest, faulty = found[HONEST], [size for size in found[FAULTY] if size > 1]
    print(
        f"{name}: {len(honest)} styles depart by {max(honest):.1e} at most; of "
        f"{len(found[FAULTY])} faults {len(replayed)} were replayed, {len(faulty)} depart, by "
        f"{min(faulty, default=0):.1e} at least",
        flush=True,
    )
    if chosen := replayed[:: max(1, len(replayed) // max(1, whole))][:whole]:
        known = execute(lesson).trainings
        work = pool.map(_departures, [replace(job, trainings=known) for _, job in chosen])
        for (label, _), (sizes, is_replayed, same) in zip(chosen, work, strict=True):
            _say(name, f"at full length, {label}", is_replayed, same, max(sizes, default=0))
    return found


def _say(name: str, label: str, is_replayed: bool, same: bool, most: float) -> None:
    end = "in full the same verdicts" if same else "IN FULL OTHER VERDICTS"
    way = "replayed" if is_replayed else "in full"
    print(f"{name}: {label}: {way}, departs by {most:.1e}, {end}", flush=True)


def _styles(preparation: Preparation, name: str, master) -> Iterator[tuple[str, Job]]:
    for style in STYLES:
        notebook = filled(json.loads(json.dumps(master)), style.cells(name))
        yield style.name, preparation.trial_job(name, notebook)


def _faults(course: Course, preparation: Preparation, name: str) -> Iterator[tuple[str, Job]]:
    region = solutions(course.config)
    original = read_masters(course.assignment(LAB))[name]
    for index, cell in enumerate(original.cells):
        is_solution = cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("solution")
        if is_solution and "optional" not in cell.metadata.get("tags", []):
            grade_id = cell_name(cell, index)
            for mutant in mutants(grade_id, cell.source, region):
                answers = {grade_id: region.without_delimiters(mutant.source)}
                notebook = solved(original, region, answers)
                yield f"{grade_id}: {mutant.change}", preparation.trial_job(name, notebook)


def _short(job: Job) -> Job:
    notebook = json.loads(json.dumps(job.notebook))
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["source"] = LENGTH.sub(rf"\g<1>{EPOCHS}", cell["source"])
    return replace(job, notebook=notebook)


def _departures(job: Job) -> tuple[list[float], bool, bool]:
    """How far each state was from the record; whether the training was replayed; whether running
    it in full gives the same verdicts."""
    sizes, measure = [], replay.difference

    def noted(*moments):
        most = measure(*moments)
        sizes.append(most.size)
        return most

    replay.difference = noted
    try:
        outcome = execute(job)
    finally:
        replay.difference = measure
    is_replayed = any(loop.replayed for loop in outcome.loops)
    same = not is_replayed or _verdicts(execute(replace(job, trainings={}))) == _verdicts(outcome)
    return sizes, is_replayed, same


def _verdicts(outcome) -> list:
    return [(check.grade_id, check.earned) for check in outcome.checks]


def _draw(found: dict[str, dict[str, list[float]]], picture: Path) -> None:
    figure, axes = plt.subplots(figsize=(8, 3.2), layout="constrained")
    for row, kinds in enumerate(found.values()):
        for kind, shift in ((HONEST, 0.12), (FAULTY, -0.12)):
            places = [min(max(size, LEAST), MOST) for size in kinds[kind]]
            label = kind if not row else None
            height = [row + shift] * len(places)
            axes.plot(places, height, "|", ms=12, color=COLOURS[kind], label=label)
    axes.axvline(1, color="black", lw=1)
    axes.annotate("allowed", (1, len(found) - 0.45), ha="right", va="top", rotation=90)
    axes.set(xscale="log", xlabel="largest departure from the record, over what is allowed")
    axes.set(xlim=(LEAST / 3, MOST * 3), yticks=range(len(found)), yticklabels=list(found))
    axes.legend(loc="lower right")
    figure.savefig(picture)


if __name__ == "__main__":
    main()
