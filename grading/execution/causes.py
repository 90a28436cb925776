"""Finds out why code that ran at home stops when it is graded: see `grading.model.causes`."""

import platform
import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import PurePosixPath
from unicodedata import normalize

from candidate_kernel.wire_words import TEXTS
from grading.model.causes import Cause, Explanation
from grading.text import for_terminal
from grading.versions import python_series
from grading.words import say

LONGEST = 200  # characters of a name or a path that a sentence quotes
LONGEST_TEXT = 20_000  # of an error or an output that is looked at
OURS = platform.python_version()
DISTRIBUTIONS = {"sklearn": "scikit-learn", "PIL": "pillow", "cv2": "opencv-python"}
WINDOWS_ONLY = {"winsound", "msvcrt", "winreg", "win32api", "win32com", "pythoncom", "startfile"}
# What Python can read since 3.12: a pattern of the cell, one of the error, the key of its words for
# students, the words for instructors.
QUOTES = "syntax_quotes", "the same quotes inside of an f-string"
SYNTAX = (
    (r"", r"^f-string expression part cannot", "syntax_backslash",
     "a backslash or # inside of an f-string"),
    (r"^\s*type\s+\w+\s*(?:\[[^\]]*\])?\s*=", r"", "syntax_type", "type X = …"),
    (r"^\s*(?:async\s+)?(?:def|class)\s+\w+\s*\[", r"", "syntax_generic", "def f[T]"),
)  # fmt: skip
SINCE = "3.12"
NO_MODULE = re.compile(r"No module named '([^']+)'")
NOT_IN_MODULE = re.compile(
    r"cannot import name '(?P<name>[^']+)' from '(?P<module>[\w.]+)'"
    r"|module '(?P<other>[\w.]+)' has no attribute '(?P<attribute>\w+)'"
)
NO_FILE = re.compile(
    r"No such file or directory: b?(?P<quote>['\"])(?P<path>.+?)(?P=quote)"
    r"|^(?:.*FileNotFoundError: )?(?P<other>[^:\n]+) not found\.+$",
    re.MULTILINE,
)
NETWORK = re.compile(
    r"name resolution|Name or service not known|Network is unreachable|getaddrinfo failed"
    r"|Max retries exceeded|unable to resolve host|Could not resolve host"
    r"|NameResolutionError"
)
INSTALLS = re.compile(
    r"^\s*[!%]?\s*(?:python\S* -m )?(?:pip3?|conda|uv|apt|apt-get)\s.*install", re.M
)
NOT_FOUND = re.compile(r"No matching distribution found|Unable to locate package")
GPU = re.compile(r"not compiled with CUDA|Found no NVIDIA|on a CUDA device|No CUDA GPUs")
WINDOW = re.compile(r"which requires the '\w+' interactive framework|couldn't connect to display"
                    r"|no display name|recognised GUI loop")  # fmt: skip
LOCALE = re.compile(r"unsupported locale setting(?:: '?([^'\n]+?)'?$)?", re.M)
DEBUGGERS = re.compile(r"breakpoint\(|set_trace\(|^\s*%%?debug|\bpdb\b|\bpm\(\)", re.M)
ENDS_KERNEL = re.compile(r"\bos\s*\.\s*(?:_exit|kill|abort)\b|\b_exit\(|do_shutdown")
DRIVE = re.compile(r"[A-Za-z]:[\\/]")


@dataclass(frozen=True)
class Error:
    """What stopped a cell or a call. kind: the name of its class; empty where that is not known."""

    kind: str
    text: str
    source: str = ""


@dataclass(frozen=True)
class Home:
    """What is known of where a notebook ran before.

    files: the paths that it finds beside itself. python: the version that saved it, if it says so.
    """

    files: Iterable[str] = ()
    python: str = ""
    _folded: dict[str, str] = field(init=False, default_factory=dict, repr=False)

    def __post_init__(self):
        self._folded.update((_folded(name), name) for name in self.files)

    @property
    def is_newer(self) -> bool:
        """Whether its Python is of a later series than the grader's."""
        return python_series(self.python) > sys.version_info[:2]

    def file_like(self, path: str) -> str:
        """The file that a path may mean that was written for another system; empty for none."""
        parts = PurePosixPath(_folded(path)).parts
        for start in range(len(parts)):  # the longest end of the path that there is
            if found := self._folded.get("/".join(parts[start:])):
                return found
        return ""


def explain(error: Error, home: Home) -> Explanation | None:
    """Why an error happened that did not happen at home; None where it may have happened there."""
    error = Error(error.kind, error.text[:LONGEST_TEXT], error.source[:LONGEST_TEXT])
    for rule in RULES:
        if found := rule(error, home):
            return found
    return None


def explain_output(text: str, source: str) -> Explanation | None:
    """Why something failed that stopped no cell, from what a cell printed; None for nothing known.

    Such are commands after `!` and what the kernel passes over with a warning.
    """
    text = text[-LONGEST_TEXT:]
    if (NETWORK.search(text) or NOT_FOUND.search(text)) and re.search(
        r"^\s*[!%]|^\s*(?:pip|conda) ", source, re.MULTILINE
    ):
        return Explanation.of(Cause.INSTALL if INSTALLS.search(source) else Cause.NETWORK)
    if (found := LOCALE.search(text)) and "setlocale" in source:
        return Explanation.of(Cause.LOCALE, name=_quoted(found[1] or ""))
    if any(words["no_debugger"] in text for words in TEXTS.values()):
        return Explanation.of(Cause.DEBUGGER)
    return None


def explain_end(source: str) -> Explanation | None:
    """Why a kernel ended while it ran a cell; None where the cell does not say so itself."""
    return Explanation.of(Cause.RESTART) if ENDS_KERNEL.search(source) else None


# --- The rules: each looks at an error and says what it knows of it -------------------------------


def _newer_syntax(error: Error, home: Home) -> Explanation | None:
    if error.kind != "SyntaxError":
        return None
    if sys.version_info[:2] >= python_series(SINCE):
        return _newer(home)
    nested = re.search(r"f-string|untermin|syntax", error.text) and _nests_quotes(error.source)
    for code, text, key, english in [("", "", *QUOTES)] if nested else SYNTAX:
        if re.search(code, error.source, re.MULTILINE) and re.search(text, error.text):
            saved = say("syntax_saved", python=home.python) if home.python else ""
            also = f"; the notebook was saved by {home.python}" if home.python else ""
            return Explanation.of(
                Cause.SYNTAX, what=say(key), english=english, needed=SINCE, ours=OURS,
                saved=saved, saved_english=also,
            )  # fmt: skip
    return _newer(home)


def _nests_quotes(source: str) -> bool:
    """Whether an f-string has its own quotes inside of its braces, as f"{d["a"]}" has.

    Written as a search from place to place: a pattern for it takes minutes on text made for that.
    """
    for line in source.splitlines():
        for start in re.finditer(r"(?i)\bf([\"'])", line):
            brace = line.find("{", start.end())
            quote = line.find(start[1], start.end())
            close = line.find("}", brace)
            if 0 <= brace < quote < close:
                return True
    return False


def _newer(home: Home) -> Explanation | None:
    if not home.is_newer:
        return None
    return Explanation.of(Cause.NEWER_PYTHON, theirs=home.python, ours=OURS)


def _library(error: Error, home: Home) -> Explanation | None:
    found = NO_MODULE.search(error.text)
    if found is None:
        return None
    name, top = _quoted(found[1]), _quoted(found[1].partition(".")[0])
    if name in ("google", "google.colab") or name.startswith("google.colab."):
        return Explanation.of(Cause.COLAB, name="google.colab")
    if top in WINDOWS_ONLY:
        return Explanation.of(Cause.WINDOWS, name=top)
    if top in sys.stdlib_module_names:
        return _newer(home)
    if _version(top):  # an installed library without this part
        return Explanation.of(Cause.VERSION, name=name, library=top, version=_version(top))
    return Explanation.of(Cause.LIBRARY, name=top)


def _other_version(error: Error, home: Home) -> Explanation | None:
    found = NOT_IN_MODULE.search(error.text)
    if found is None:
        return None
    module, name = found["module"] or found["other"], found["name"] or found["attribute"]
    top = module.partition(".")[0]
    if name in WINDOWS_ONLY:
        return Explanation.of(Cause.WINDOWS, name=f"{module}.{name}")
    if top in sys.stdlib_module_names:
        return _newer(home)
    if not (known := _version(top)):
        return None
    return Explanation.of(Cause.VERSION, name=f"{module}.{name}", library=top, version=known)


def _file(error: Error, home: Home) -> Explanation | None:
    found = NO_FILE.search(error.text)
    if found is None or error.kind not in ("", "FileNotFoundError", "OSError"):
        return None
    path = (found["path"] or found["other"]).replace("\\\\", "\\")
    if re.match(r"https?://", path):
        return Explanation.of(Cause.NETWORK)
    if (like := home.file_like(path)) and like != path:
        return Explanation.of(Cause.OTHER_NAME, path=_quoted(path), found=_quoted(like))
    is_absolute = path.startswith(("/", "\\", "~")) or DRIVE.match(path)
    return Explanation.of(Cause.ABSOLUTE if is_absolute else Cause.NO_FILE, path=_quoted(path))


def _input(error: Error, home: Home) -> Explanation | None:
    asked = re.search("does not support input requests|EOF when reading a line", error.text)
    if not asked and error.kind != "BdbQuit":
        return None
    is_debugger = error.kind == "BdbQuit" or DEBUGGERS.search(error.source)
    return Explanation.of(Cause.DEBUGGER if is_debugger else Cause.INPUT)


def _by_its_text(pattern: re.Pattern, cause: Cause) -> Callable:
    def rule(error: Error, home: Home) -> Explanation | None:
        return Explanation.of(cause) if pattern.search(error.text) else None

    return rule


def _exit(error: Error, home: Home) -> Explanation | None:
    return Explanation.of(Cause.EXIT) if error.kind == "SystemExit" else None


RULES = (
    _newer_syntax, _library, _other_version, _by_its_text(NETWORK, Cause.NETWORK), _file, _input,
    _by_its_text(WINDOW, Cause.WINDOW), _by_its_text(GPU, Cause.GPU), _exit,
)  # fmt: skip


def _folded(path: str) -> str:
    """A path as systems see it that know no upper case, with `/`, without a drive or `./`."""
    path = DRIVE.sub("", path.replace("\\", "/")) if DRIVE.match(path) else path
    return normalize("NFC", path.replace("\\", "/")).casefold().strip("/").removeprefix("./")


def _quoted(text: str) -> str:
    return for_terminal(text)[:LONGEST]


def _version(library: str) -> str:
    """The version of an installed library; empty where there is none of that name."""
    try:
        return version(DISTRIBUTIONS.get(library, library))
    except (PackageNotFoundError, ValueError):
        return ""
