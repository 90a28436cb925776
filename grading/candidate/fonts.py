"""Matplotlib's list of the fonts, which takes seconds: made once for all the boxes of a process.

A box has an empty home. Without a list in it Matplotlib would look through all fonts again in each
kernel, and say in the student's cell that it does.
"""

import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from types import MappingProxyType

from grading.candidate import bubblewrap
from grading.candidate.kit import shared_folder

VARIABLE = "MPLCONFIGDIR"  # the folder of Matplotlib's list, in which it must be able to write
SECONDS = 120  # to make the list on a busy machine
DRAWING = re.compile("matplotlib|plot|pylab|seaborn|draw|hist")
# A process of its own, as the grader needs no Matplotlib: it reads or makes the list of the
# grader's user, which stays for the next run, and leaves out fonts that a box does not see.
PROGRAM = """
import os, sys
from matplotlib import font_manager
target, *seen = sys.argv[1:]
manager = font_manager.fontManager
for name in ("ttflist", "afmlist"):
    fonts = getattr(manager, name)
    fonts[:] = [font for font in fonts if font.fname.startswith(tuple(seen))]
file = f"fontlist-v{font_manager.FontManager.__version__}.json"
font_manager.json_dump(manager, os.path.join(target, file))
"""


def may_draw(code: Iterable[str], files: Mapping[str, bytes] = MappingProxyType({})) -> bool:
    """Whether some code, or a module in the files beside it, may load Matplotlib.

    It has a word in it that names a drawing. files: path → content.
    """
    modules = (raw.decode("latin-1") for name, raw in files.items() if name.endswith(".py"))
    return any(DRAWING.search(text) for text in chain(code, modules))


def shared_fonts() -> Path | None:
    """A folder with the list, for all the boxes that this process makes; None where there is none.

    There is none without Matplotlib, or where the list can't be made: then each kernel makes its
    own, as it would without this.
    """
    if find_spec("matplotlib") is None:
        return None
    folder = shared_folder("fonts", _write_list)
    return folder if any(folder.iterdir()) else None


def _write_list(folder: Path) -> None:
    folder.mkdir()
    seen = (*bubblewrap.SYSTEM, *bubblewrap.interpreter())
    command = [sys.executable, "-s", "-P", "-c", PROGRAM, str(folder)]
    command += [f"{path}/" for path in seen]
    try:
        subprocess.run(command, timeout=SECONDS, stdin=subprocess.DEVNULL, capture_output=True)
    except subprocess.TimeoutExpired:
        return
