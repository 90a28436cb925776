"""The description of an assignment, a JSON file that is released beside its notebooks."""

import json
from pathlib import Path

# Its name in a Spanish and in an English course.
NAMES = {"es": "laboratorio.json", "en": "assignment.json"}


def find(folder):
    """The path of the description in a folder; None where there is none."""
    paths = (Path(folder, name) for name in NAMES.values())
    return next((path for path in paths if path.is_file()), None)


def described(folder):
    """What the description in a folder says, as a dictionary; empty where none can be read."""
    path = find(folder)
    try:
        found = json.loads(path.read_text(encoding="utf-8")) if path else {}
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
