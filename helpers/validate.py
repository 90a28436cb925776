"""The self-check: run notebooks from a fresh kernel, as grading does, and show what they earn.

    python -m helpers.validate 1_rnn.ipynb
    python -m helpers.validate --seconds 900 1_rnn.ipynb

In Spanish the same is `python -m helpers.validar`, with `--segundos`. The notebooks stay as they
are. Exit code 0 when every visible check of all of them passes, 1 when one does not, 2 when there
is nothing that could be run.
"""

import argparse
import json
import logging
import sys
from contextlib import suppress
from pathlib import Path

from helpers import _render
from helpers._tally import Result
from helpers.messages import language, message, released_language, using

LONGEST = 200  # characters of an error that are shown
CELL_SECONDS = 60  # the time of a cell whose metadata do not set another, as when grading
FURTHER = 900  # the least number of seconds that is proposed for a cell that needed more
# What the kernel is asked when all cells have been run: the results of its checks, as JSON.
RESULTS = """
import json as _json
from helpers import tick as _tick
print(_json.dumps([[r.name, r.marks, r.passed, r.hint] for r in _tick.results()]))
"""


def main(arguments=None, program="helpers.validate"):
    """Run the notebooks that the command line names.

    arguments: a list of texts; by default those of the process. program: the module's name in its
    help. Returns the exit code, see above.
    """
    parser = argparse.ArgumentParser(
        prog=f"python -m {program}", description=message("check_about")
    )
    parser.add_argument("notebooks", nargs="+", metavar=message("check_names"), type=Path)
    about = message("check_seconds", seconds=CELL_SECONDS)
    parser.add_argument(
        "--seconds", "--segundos", dest="seconds", metavar="N", type=_number, help=about
    )
    given = parser.parse_args(arguments)
    codes = []
    for path in given.notebooks:
        with using(released_language(path.parent) or language()):
            codes.append(check(path, given.seconds))
    return max(codes)


def _number(text):
    """A number of seconds from the command line."""
    with suppress(ValueError):
        if 0 < (seconds := float(text)) < float("inf"):
            return seconds
    raise argparse.ArgumentTypeError(message("bad_seconds", value=text))


def check(path, seconds=None):
    """Run one notebook and print the table of its checks.

    path: a pathlib.Path. seconds: what each cell may take at least; by default what its
    metadata say, or CELL_SECONDS. Returns the exit code for this notebook, see above.
    """
    import nbformat

    if not path.is_file():
        print(message("check_file", file=path), file=sys.stderr)
        return 2
    try:
        notebook = nbformat.read(path, as_version=4)
    except Exception as error:  # nbformat raises many kinds
        text = message("check_unreadable", file=path, error=f"{type(error).__name__}: {error}")
        print(text, file=sys.stderr)
        return 2
    try:
        results, problems = _run(notebook, path, seconds)
    except OSError as error:
        print(message("check_kernel", error=error), file=sys.stderr)
        return 2
    _show(path, results, problems)
    return 0 if results and all(result.passed for result in results) else 1


def _run(notebook, path, seconds):
    """Run a notebook: (the `Result` of each check, sentences on what went wrong beside them).

    Raises OSError when no kernel can be started.
    """
    from nbclient import NotebookClient
    from nbclient.exceptions import DeadKernelError
    from tqdm import tqdm

    client = NotebookClient(
        notebook,
        kernel_name="python3",
        allow_errors=True,
        timeout_func=lambda cell: _seconds(cell, seconds),
        interrupt_on_timeout=True,
        resources={"metadata": {"path": str(path.parent)}},
        # Its own log would report, in English, a late cell that is reported below.
        log=logging.Logger("helpers.validate", logging.CRITICAL + 1),
    )
    code = [
        (index, cell)
        for index, cell in enumerate(notebook.cells)
        if cell.cell_type == "code" and cell.source.strip()
    ]
    bar = {"desc": message("check_running", notebook=path.stem), "unit": message("check_cells")}
    problems = []
    with client.setup_kernel():
        for index, cell in tqdm(code, **bar, leave=False):
            try:
                client.execute_cell(cell, index)
            except DeadKernelError:
                return [], [*problems, message("check_died", cell=_name(cell, index))]
            problems += _problem(cell, index, seconds)
        return _results(client), problems


def _seconds(cell, asked):
    """The seconds that a cell may take: those of `grading.timeout` in its metadata, or the usual
    ones; where seconds were asked for, at least those.
    """
    own = cell.metadata.get("grading", {}).get("timeout")
    own = own if isinstance(own, int | float) and own > 0 else None
    return max(asked, own or 0) if asked else own or CELL_SECONDS


def _name(cell, index):
    """What to call a cell: its nbgrader id or, without one, its number from 1 up."""
    return cell.metadata.get("nbgrader", {}).get("grade_id") or index + 1


def _problem(cell, index, asked):
    """A list with a sentence on the error that stopped a cell, empty where there is none.

    Failed checks and open blanks are no such errors: the table shows them.
    """
    for output in cell.outputs:
        if output.output_type != "error" or output.ename in ("CheckFailed", "NotImplementedError"):
            continue
        if output.ename == "KeyboardInterrupt":
            late = _seconds(cell, asked)
            more = max(FURTHER, 2 * late)
            return [message("check_late", cell=_name(cell, index), seconds=late, more=more)]
        error = f"{output.ename}: {output.evalue}"[:LONGEST]
        return [message("check_error", cell=_name(cell, index), error=error)]
    return []


def _results(client):
    """Ask the kernel for the results of its checks: a list of `Result`."""
    from nbformat.v4 import new_code_cell

    question = new_code_cell(RESULTS)
    client.nb.cells.append(question)
    client.execute_cell(question, len(client.nb.cells) - 1, store_history=False)
    text = "".join(output.get("text", "") for output in question.outputs)
    try:
        return [Result(*values) for values in json.loads(text)]
    except (ValueError, TypeError):  # the notebook has no checks, or changed what they are
        return []


def _show(path, results, problems):
    """Print the table of the checks and the sentences on what went wrong."""
    earned = sum(result.earned for result in results)
    available = sum(result.marks for result in results)
    percent = 100 * earned / available if available else 0
    total = message(
        "total",
        earned=_render.number(earned),
        available=_render.number(available),
        percent=percent,
    )
    lines = [f"{path.name}: {total}"]
    for number, result in enumerate(results, 1):
        name = result.name or message("exercise", number=number)
        sign = "✓" if result.passed else "✘"
        lines.append(f"  {sign} {result.earned:>4g} / {result.marks:<4g} {name}")
        lines += [f"      {line}" for line in result.hint.splitlines()]
    lines += ["", *problems, message("check_hidden"), message("by_hand")]
    _render.show(_render.Card("\n".join(lines), ""))


if __name__ == "__main__":
    sys.exit(main())
