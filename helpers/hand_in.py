"""Hand in: make one zip of the notebooks, and show what is still missing from them.

    from helpers.hand_in import pack

    pack()

In Spanish the same is `helpers.entrega.empaquetar`. Nothing is sent anywhere: the zip stands beside
the notebooks, ready to be uploaded.
"""

import hashlib
import json
import os
import platform
import re
import sys
import zipfile
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from itertools import combinations
from pathlib import Path

from helpers import _description, _missing, _render, _saved
from helpers._identity import fields_beside, of_notebook
from helpers.messages import language, message, released_language, using

__all__ = ["pack"]

# The description of the lab, which comes with it: {"assignment": "lab3", "notebooks": {"1_rnn":
# {id of a graded cell: its title}}, "files": [path of a given file]}. For what is asked it may have
# "asked": {"1_rnn": {id of a cell with blanks: {"exercise": its name, "blanks": {a comment above a
# blank: what it asks for}}}} and "questions": {"1_rnn": {id of a written question: {"title": its
# name, "given": [the words of a cell as it was given]}}}; "language": "en"; "identity": see
# `helpers._identity`. What comes with every lab has a name in each language.
LAB = _description.NAMES
README = {"es": "LEEME.md", "en": "README.md"}
REQUIREMENTS = "requirements.txt"
GIVEN = (*LAB.values(), *README.values(), REQUIREMENTS)
MANIFEST = "entrega.json"  # the name, inside the zip, of the description of what is handed in
LARGEST_MB, MOST_FILES = 20, 50  # limits on the files that students add
PACKAGES = ("jupyterlab", "matplotlib", "numpy", "pandas", "scipy", "torch")
# Folders, and files that come with every lab. nbgrader puts feedback/ into the folder on a hub.
NOT_THEIRS = ("helpers", "__pycache__", "venv", "env", "node_modules", "feedback")


class _NotPacked(Exception):
    """No zip could be made. The text says why and what to do, for students to read."""


def pack(folder="."):
    """Pack the lab in a folder as LAB_ID_ID.zip, and show what is missing from it.

    folder: the folder of the lab; by default the current one. Where the lab asks for no
    ids, the zip is LAB_hand-in.zip, and whoever collects it knows the account it came from.
    Returns the path of the zip, which lies in that folder; in Google Colab the browser downloads it
    too. What is missing is only shown: a broken notebook is packed as it is. Where the folder holds
    no lab, or the zip cannot be written, shows that and returns None.
    """
    with using(released_language(folder) or language()):
        try:
            target, warnings = _pack(Path(folder))
        except _NotPacked as error:
            _render.show(_render.verdict(message("not_packed"), _render.RED, str(error)))
            return None
        _render.show(_card(target, warnings))
    if _in_colab():
        from google.colab import files

        files.download(str(target))
    return target


def _in_colab():
    return "google.colab" in sys.modules


def _pack(folder):
    """Write the zip; returns its path and the warnings, a list of sentences."""
    lab = _read_lab(folder)
    notebooks, warnings = _notebooks(folder, lab)
    identity = _identity(folder, notebooks, warnings)
    others = _own_files(folder, lab, warnings)
    names = [f"{name}.ipynb" for name in lab["notebooks"]]
    files = {name: folder / name for name in names if (folder / name).is_file()} | others
    target = folder / _zip_name(lab, identity)
    manifest = {
        "version": 1,
        "assignment": lab["assignment"],
        **identity,
        "time": datetime.now().astimezone().isoformat(timespec="seconds"),
        "versions": _versions(),
        "warnings": warnings,
    }
    _write(target, files, manifest)
    return target, warnings


def _read_lab(folder):
    """The description of the lab in a folder. Raises `_NotPacked` where there is none."""
    path, lab = _description.find(folder), _description.described(folder)
    if path is None:
        raise _NotPacked(message("no_lab", file=LAB[language()], folder=folder.resolve()))
    if not {"assignment", "notebooks", "files"} <= lab.keys():
        raise _NotPacked(message("bad_lab", file=path.name))
    if not isinstance(lab["notebooks"], dict) or not isinstance(lab["files"], dict | list):
        raise _NotPacked(message("bad_lab", file=path.name))
    return lab


def _notebooks(folder, lab):
    """Read the lab's notebooks: (name → list of cells, for those that can be read; warnings)."""
    found, warnings = {}, []
    for name in lab["notebooks"]:
        path = folder / f"{name}.ipynb"
        if not path.is_file():
            warnings.append(message("no_notebook", notebook=path.name))
            continue
        cells = _saved.read_cells(path)
        if cells is None:
            warnings.append(message("unreadable_notebook", notebook=path.name))
            continue
        found[name] = cells
        warnings += _missing.warnings(name, cells, lab, folder)
    expected = {f"{name}.ipynb" for name in lab["notebooks"]}
    for path in sorted(folder.glob("*.ipynb")):
        if path.name not in expected:
            warnings.append(message("other_notebook", file=path.name))
    return found, warnings


def _identity(folder, notebooks, warnings):
    """The ids and signatures of the notebooks; adds what is wrong to `warnings`."""
    fields = fields_beside(folder)
    by_notebook = [of_notebook(name, cells, folder, fields) for name, cells in notebooks.items()]
    found = {}
    for field in fields:
        name, least = field.name, field.least
        values = list(dict.fromkeys(texts[name] for texts in by_notebook if name in texts))
        if len(values) > 1:
            warnings.append(message("two_identities", name=name, values=", ".join(values)))
        found[name] = values[0] if values else ""
        if not found[name]:
            warnings.append(message("no_identity", name=name))
        elif len(found[name]) < least:
            warnings.append(message("short_identity", name=name, length=least))
    ids = {each.name: found[each.name] for each in fields if not each.signature}
    for first, second in combinations(ids, 2):
        if ids[first] and ids[first] == ids[second]:
            warnings.append(message("same_identity", first=first, second=second))
    return {
        "students": list(ids.values()),
        "signatures": [found[each.name] for each in fields if each.signature],
    }


def _own_files(folder, lab, warnings):
    """The files that students added: path inside the folder → path.

    Adds to `warnings` those that are left out.
    """
    found = {}
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(
            name for name in folders if name not in NOT_THEIRS and not name.startswith(".")
        )
        for name in sorted(names):
            path = Path(parent, name)
            relative = path.relative_to(folder).as_posix()
            if not _is_theirs(path, relative, lab):
                continue
            if path.stat().st_size > LARGEST_MB * 2**20:
                reason = message("too_large", mb=LARGEST_MB)
            elif len(found) == MOST_FILES:
                reason = message("too_many", count=MOST_FILES)
            else:
                found[relative] = path
                continue
            warnings.append(message("file_left_out", file=relative, reason=reason))
    return found


def _is_theirs(path, relative, lab):
    """Whether a file is of the students', and neither a notebook, nor given, nor an older zip."""
    own_zip = path.suffix == ".zip" and path.name.startswith(f"{lab['assignment']}_")
    if path.name.startswith(".") or path.suffix in (".ipynb", ".pyc") or own_zip:
        return False
    if path.is_symlink() or not path.is_file():
        return False
    given = (*LAB.values(), README[language()], REQUIREMENTS)
    return relative not in given and relative not in lab["files"]


def _zip_name(lab, identity):
    """LAB_ID_ID.zip; of the ids only letters, digits and hyphens, so that any system takes it."""
    ids = [re.sub(r"[^A-Za-z0-9-]", "", value)[:30] for value in identity["students"]]
    named = [value or message("no_id") for value in ids] or [message("plain_name")]
    return "_".join([lab["assignment"], *named]) + ".zip"


def _write(target, files, manifest):
    """Write the zip under another name first, so that a failure leaves an older zip as it was.

    files: name in the zip → path. Raises `_NotPacked` when the zip cannot be written.
    """
    new = target.with_name(f".{target.name}.new")
    try:
        with zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED) as archive:
            hashes = {}
            for name, path in files.items():
                content = path.read_bytes()
                hashes[name] = hashlib.sha256(content).hexdigest()
                archive.writestr(name, content)
            whole = json.dumps(manifest | {"files": hashes}, ensure_ascii=False, indent=1)
            archive.writestr(MANIFEST, whole)
        os.replace(new, target)
    except OSError as error:
        new.unlink(missing_ok=True)
        text = message("cannot_write", file=target.name, error=error.strerror or error)
        raise _NotPacked(text) from None


def _card(target, warnings):
    key = "ready_with_warnings" if warnings else "ready"
    title = message(key, name=target.name, size=_size(target.stat().st_size))
    lines = [f"• {warning}" for warning in warnings] + [message("hand_in_next")]
    lines += [message("hand_in_colab")] if _in_colab() else []
    colour = _render.AMBER if warnings else _render.GREEN
    return _render.verdict(title, colour, "\n".join(lines))


def _size(count):
    """A number of bytes as text: 14 kB, 1.5 MB."""
    return f"{count / 2**20:.1f} MB" if count >= 2**20 else f"{max(1, count // 2**10)} kB"


def _versions():
    """What the students work with: Python, the system, and the packages that are installed."""
    found = {"python": platform.python_version(), "system": sys.platform}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:  # not all labs need all of them
            continue
    return found
