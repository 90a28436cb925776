"""The random inputs of tests: another submission's are others, the same submission's the same."""

import json
import os
import subprocess
import sys
from dataclasses import replace

import pytest
import tiny
from nbformat.v4 import new_code_cell
from tiny import cell, notebook

from grading.execution.execute import execute
from grading.model.job import Job

CHECK = """\
import random
import numpy as np
import torch
case = random.randrange(10**9), int(np.random.randint(10**9)), int(torch.randint(10**9, (1,)))
assert square(case) == [x * x for x in case]
"""
RECORDS = "seen = []\ndef square(case):\n    seen.append(case)\n    return [x * x for x in case]"
ANSWERS = """\
seen = {seen}
def square(case):
    return {{known: [x * x for x in known] for known in seen}}[case]"""


def job(answer, check=CHECK, **fields):
    """A notebook with an answer and a test of random inputs, which tells at its end what it saw."""
    master = notebook(
        cell("locked", "imports", "from helpers import tick\nruns = 0"),
        cell("solution", "answer", RECORDS),
        cell("test", "check", check, 1),
    )
    submitted = notebook(*master.cells, new_code_cell("runs += 1\nprint([runs, seen])", id="end"))
    plain, masters = json.loads(json.dumps(submitted)), {"one": json.loads(json.dumps(master))}
    plain["cells"][1]["source"] = answer
    return Job("tiny", "one", plain, masters, **fields)


def seen(outcome):
    """How often the last cell ran, and the inputs that the answer was called with by then."""
    (output,) = outcome.notebook["cells"][-1]["outputs"]
    runs, inputs = eval(output["text"])
    return runs, inputs


def test_what_one_attempt_recorded_answers_nothing_in_the_next():
    check = "import random\ncase = (random.randrange(10**9),)\n" + CHECK.splitlines()[-1]
    first = execute(job(RECORDS, check))
    _, (recorded,) = seen(first)
    second = execute(job(ANSWERS.format(seen=[recorded]), check))
    assert (first.earned, second.earned) == (1, 0)


def test_a_submission_that_is_graded_again_meets_the_same_inputs():
    one, other = execute(job(RECORDS)), execute(replace(job(RECORDS), warm=False))
    assert seen(one) == seen(other)


OTHERS = {
    "another answer": (job(RECORDS + "\n"), "check", 0),
    "another file": (job(RECORDS, files={"a.txt": b"1"}), "check", 0),
    "another test": (job(RECORDS), "other", 0),
    "another draw": (job(RECORDS), "check", 1),
}


@pytest.mark.parametrize("other", OTHERS)
def test_the_seed_is_another_one_for(other):
    changed, grade_id, draw = OTHERS[other]
    assert changed.seed(grade_id, draw) != job(RECORDS).seed("check")


def test_the_seed_is_the_same_in_every_process_and_what_numpy_takes():
    code = "import sys\nfrom grading.model.job import Job\n"
    code += "print(Job.from_json(sys.stdin.read()).seed('check'))"
    found = {
        subprocess.run(
            [sys.executable, "-c", code], input=job(RECORDS).to_json(), text=True,
            capture_output=True, check=True, env={**os.environ, "PYTHONHASHSEED": hashes},
        ).stdout.strip()
        for hashes in ("1", "2")
    }  # fmt: skip
    assert found == {str(job(RECORDS).seed("check"))}
    assert 0 <= job(RECORDS).seed("check") < 2**32


def test_further_draws_run_no_cell_again_and_tell_the_seeds_that_failed():
    check = "import random\nassert square([random.randrange(10)]) and random.random() < 0.5, 'no'"
    outcome = execute(job(RECORDS, check, draws=20))
    runs, inputs = seen(outcome)
    assert runs == 1 and len(inputs) == 20
    (result,) = outcome.checks
    assert result.failed_draws and {draw["reason"] for draw in result.failed_draws} == {"no"}
    seeds = {job(RECORDS, check).seed("check", draw) for draw in range(1, 20)}
    assert {draw["seed"] for draw in result.failed_draws} < seeds


def test_one_draw_is_all_that_a_submission_gets():
    assert execute(tiny.job()).checks[0].failed_draws == []
    assert tiny.job().draws == 1
