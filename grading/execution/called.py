"""Files under the names that code calls them by, whichever way these names store accents."""

from collections.abc import Iterable
from pathlib import PurePosixPath
from unicodedata import normalize

from nbformat import NotebookNode


def as_called(files: dict[str, bytes], cells: Iterable[NotebookNode]) -> dict[str, bytes]:
    """The files as code finds them that was written on a Mac, where é and e with an accent are one.

    files: composed path → content. A part of a path stands in its other form where code says only
    that form, and in both where code says both. Modules keep their names, as `import` asks for
    them composed.
    """
    sources = [cell.source for cell in cells if cell.cell_type == "code"]
    sources += [raw.decode(errors="replace") for name, raw in files.items() if name.endswith(".py")]
    code = "\n".join(sources)
    found = {}
    for path, content in files.items():
        parts = PurePosixPath(path).parts
        others = [other for part in parts if (other := normalize("NFD", part)) != part]
        if path.endswith(".py") or not any(other in code for other in others):
            found[path] = content
            continue
        if all(part in code for part in parts if not part.isascii()):
            found[path] = content
        found["/".join(_called(part, code) for part in parts)] = content
    return found


def _called(part: str, code: str) -> str:
    other = normalize("NFD", part)
    return other if other in code else part
