"""What a notebook of the course may import: checks with marks, provided pieces, the hand-in.

Students have this package beside their notebooks, and the grader has the same.

Public modules:

- `checkarr`: compare an answer with a hash of the right one;
- `tick`: blocks of checks with marks, and their tally;
- `gradeutils`: compare numbers and lists without showing the threshold;
- `training`: the training loop with a progress bar;
- `sequences`: the sequence data of lab 3, its split and its one-hot encoding;
- `parameters`: orthogonal initialisation, gradient clipping and parameter update;
- `hand_in`: pack the hand-in; in Spanish `entrega`;
- `validate`: the self-check, `python -m helpers.validate`; in Spanish `validar`;
- `messages`: every sentence that students read, by language.

Importing the package imports of them only `messages`, so that a notebook pays only for what it
uses.
"""

import sys

from helpers._older import Finder

__all__ = [
    "checkarr",
    "entrega",
    "gradeutils",
    "hand_in",
    "messages",
    "parameters",
    "sequences",
    "tick",
    "training",
    "validar",
    "validate",
]

if Finder not in sys.meta_path:
    sys.meta_path.append(Finder)
