"""A notebook of an older edition that names what is not here is told what to use instead."""

import subprocess
import sys

import pytest
from IPython.core.interactiveshell import InteractiveShell

from helpers import tick

SAYS = {
    "from helpers.tick import check_answer": "check_scalar",
    "from helpers.tick import marks, check_answer": "check_scalar",
    "from helpers import tick\ntick.check_answer(3, 'x')": "check_scalar",
    "from helpers.tick import init_marks": "reset_marks",
    "import helpers.tick as tick\ntick.init_marks()": "reset_marks",
    "from helpers import tick\ntick.js_summarise_marks()": "summarise_marks()",
    "from helpers import tick\nprint(tick.total_marks)": "tick.results()",
    "from helpers import image_audio": "IPython.display.Audio",
    "import helpers.image_audio as ia": "IPython.display.Audio",
    "from helpers.image_audio import show_image": "imshow",
    "from helpers import tick, image_audio": "imshow",
    "from helpers.matrices import print_matrix": "print",
    "from helpers import saveload": "borren esa línea",
}


@pytest.mark.parametrize(("source", "said"), SAYS.items(), ids=SAYS)
def test_what_to_use_is_said_where_the_name_stands(source, said, capsys):
    InteractiveShell().run_cell(source)
    shown = capsys.readouterr().out
    error = shown[shown.rindex("ImportError") :]
    assert "es de la biblioteca anterior" in error and said in error
    assert "cannot import name" not in error


NOT_OURS = {
    "from helpers import tick\ntick.nothing": "AttributeError: module 'helpers.tick' has no",
    "from helpers.tick import nothing": "ImportError: cannot import name 'nothing'",
    "from helpers import nothing": "ImportError: cannot import name 'nothing'",
    "import helpers.nothing": "ModuleNotFoundError: No module named 'helpers.nothing'",
    "import image_audio": "ModuleNotFoundError: No module named 'image_audio'",
}


@pytest.mark.parametrize(("source", "error"), NOT_OURS.items(), ids=NOT_OURS)
def test_any_other_name_gives_pythons_own_error(source, error):
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True)
    assert error in done.stderr


def test_what_is_here_is_found_as_before():
    assert hasattr(tick, "marks") and not hasattr(tick, "nothing")
    names = {}
    exec("from helpers.tick import *\nfrom helpers import checkarr", names)
    assert {"marks", "checkarr"} <= names.keys()
