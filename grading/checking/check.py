"""Check an assignment before its release: run every trial, gather what they have shown."""

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait

import nbformat

from grading.candidate.sandbox import require_sandbox
from grading.checking.findings import Findings
from grading.checking.hashes import weak_hashes
from grading.checking.results import Result
from grading.checking.trials import (
    Kind,
    Known,
    Masters,
    Trial,
    seeds,
    trials_of_masters,
    trials_of_tests,
)
from grading.course import Assignment, Course
from grading.execution.worker import work
from grading.intake.preparation import Preparation
from grading.masters.build import BrokenMaster
from grading.masters.clearing import Clearing
from grading.masters.reading import read_masters
from grading.masters.rules import broken_rules
from grading.masters.settings import in_its_language
from grading.masters.variants import variants_by_notebook
from grading.model.job import Job
from grading.model.outcome import Outcome, Status
from grading.model.store import OutcomeStore
from grading.processes.pool import Pool, WorkerLost
from grading.regions import solutions

AHEAD = 2  # jobs that wait for each process: all at once would not fit in memory

Told = Callable[[str, int], None]


@in_its_language
def check(assignment: Assignment, quick: bool, jobs: int | None, told: Told) -> Findings:
    """Run an assignment's right answers, blank exercises and faulty solutions.

    quick: train nothing but the masters, and those once; leave the variants out. told: called with
    what runs and how many trials have run. Raises BrokenMaster when a master breaks a rule,
    CourseError when there is no such assignment, no sandbox, or seeds that change nothing.
    """
    started, course = time.monotonic(), assignment.course
    require_sandbox(course.config)
    paths = assignment.master_paths()
    if problems := broken_rules(paths, course.config):
        lines = "\n".join(f"  {problem}" for problem in problems)
        raise BrokenMaster(f"{assignment} can't be checked, its masters need mending:\n{lines}")
    notebooks = read_masters(assignment)
    for name, master in notebooks.items():
        seeds(name, master)  # refuses those that would change nothing, before anything runs
    masters = Masters(
        Preparation(assignment),
        notebooks,
        {name: {} for name in notebooks},
        solutions(course.config),
        {} if quick else variants_by_notebook(assignment),
    )
    with Pool(jobs or os.cpu_count() or 1) as pool:
        _train(masters, OutcomeStore(course.root), pool, told)
        results = list(_run(pool, trials_of_masters(masters, quick), told))
        known = {name: _known(name, results) for name in notebooks}
        results += _run(pool, trials_of_tests(masters, quick, known), told, len(results))
    weak = [
        hash_
        for name, master in notebooks.items()
        for hash_ in weak_hashes(name, _released(course, master))
    ]
    return Findings(assignment, notebooks, quick, results, weak, time.monotonic() - started)


def _known(name: str, results: list[Result]) -> Known:
    own = [result for result in results if result.notebook == name]
    bare = [result for result in own if result.kind is Kind.BARE]
    needs_figures = any(each.lost or each.status is not Status.GRADED for each in bare)
    return Known(max(result.slowest for result in own), needs_figures)


def _train(masters: Masters, store: OutcomeStore, pool: Pool, told: Told) -> None:
    """Fill in the trainings of the masters, as `run` keeps them for a class."""
    waiting = []
    for name in filter(masters.preparation.trains, masters.notebooks):
        job = masters.preparation.teaching_job(name)
        outcome = store.get(job.key)
        if outcome is None:
            waiting.append((name, job, pool.submit(work, job.to_json().encode())))
        else:
            masters.trainings[name].update(outcome.trainings)
    if waiting:
        told("the masters train", 0)
    for name, job, future in waiting:
        outcome = _outcome(job, future)
        if outcome.status is not Status.GRADER_FAILED:
            store.put(outcome)
        masters.trainings[name].update(outcome.trainings)


def _run(pool: Pool, waiting: Iterator[Trial], told: Told, done: int = 0) -> Iterator[Result]:
    """Run trials as fast as processes take them; yields their results as they come.

    done: how many have run before.
    """
    running: dict[Future, Trial] = {}
    while True:
        while len(running) < pool.size + AHEAD and (trial := next(waiting, None)) is not None:
            running[pool.submit(work, trial.job.to_json().encode())] = trial
        if not running:
            return
        finished, _ = wait(running, return_when=FIRST_COMPLETED)
        for future in finished:
            trial = running.pop(future)
            done += 1
            told(f"{trial.notebook}: {trial.kind}", done)
            yield Result.of(trial, _outcome(trial.job, future))


def _outcome(job: Job, future: Future) -> Outcome:
    try:
        return Outcome.from_json(future.result().decode())
    except WorkerLost as lost:
        outcome = Outcome(job.key, job.notebook)
        outcome.note(Status.GRADER_FAILED, "", str(lost))
        return outcome


def _released(course: Course, master):
    clear = Clearing(course.config)
    return nbformat.from_dict({**master, "cells": [clear(cell) for cell in master.cells]})
