"""The card of the tally: the marks of a notebook by check and, once all were run, of the lab."""

from helpers import _render, _tally
from helpers._saved import executed, fingerprint, read_cells
from helpers.messages import message


def card(notebook, lab, tally, identity):
    """The card that `tick.summarise_marks` shows. Keeps the notebook's score beside it.

    notebook: its name, or None. lab: notebook's name → marks available. tally: the `Tally`.
    identity: the ids and signatures that are kept with the score.
    """
    tally = _own(notebook, lab, tally)
    score = tally.score(lab.get(notebook))
    notes = [] if len(tally) else [message("empty_tally")]
    # With no result at all nothing was run: what an earlier session kept is worth more.
    if notebook is not None and len(tally):
        if not _tally.save(notebook, score, executed(), identity=identity):
            notes.append(message("not_saved"))
    parts = [_notebook_part(notebook, tally, score, notes)]
    if len(lab) > 1:
        parts += _lab_parts(notebook, lab, score if len(tally) else None, notes)
    if notebook is not None and _tally.is_stale(notebook):
        notes.append(message("unsaved", notebook=notebook))
    if stale := [name for name in lab if name != notebook and _tally.is_stale(name)]:
        notes.append(message("stale", notebooks=", ".join(stale)))
    notes.append(message("by_hand"))
    return _render.summary(parts)


def _own(notebook, lab, tally):
    """The tally without the results of other notebooks, as far as the saved files tell."""
    own = _codes(notebook)
    if not own:
        return tally
    return tally.of_notebook(
        own, {code for name in lab if name != notebook for code in _codes(name)}
    )


def _codes(name):
    """The fingerprints of the code cells of a notebook that lies in the current folder."""
    cells = read_cells(f"{name}.ipynb") or []
    return {fingerprint(cell.source) for cell in cells if cell.kind == "code"}


def _notebook_part(notebook, tally, score, notes):
    """The part of this notebook, as `_render.summary` takes it; `notes` may grow afterwards."""
    title = message("tally_title", notebook=notebook) if notebook else message("tally_title_plain")
    rows = [
        (
            result.passed,
            result.name or message("exercise", number=number),
            _share(result.earned, result.marks),
        )
        for number, result in enumerate(tally.results, 1)
    ]
    missing = score.available - sum(result.marks for result in tally.results)
    if missing > 0:
        rows.append((None, message("not_run"), _share(0, missing)))
    header = message("column_exercise"), message("column_marks")
    return title, score, header, rows, notes


def _lab_parts(notebook, lab, score, notes):
    """The part of the whole lab, in a list; without it while notebooks were not run.

    Those notebooks are then said in `notes`. `score` is this notebook's, None if it was not run.
    """
    scores = {name: _tally.load(name, available) for name, available in lab.items()}
    if score is not None and notebook in lab:
        scores[notebook] = score
    pending = [name for name, found in scores.items() if found is None]
    if pending:
        notes.append(message("lab_pending", notebooks=", ".join(pending)))
        return []
    total = _tally.Score(sum(each.earned for each in scores.values()), sum(lab.values()))
    rows = [
        (each.earned == each.available, name, _share(each.earned, each.available))
        for name, each in scores.items()
    ]
    header = message("column_notebook"), message("column_marks")
    return [(message("lab_title"), total, header, rows, [])]


def _share(earned, available):
    return f"{_render.number(earned)} / {_render.number(available)}"
