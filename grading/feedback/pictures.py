"""Pictures for the feedback page, each inside the page as a data: URI or not shown at all."""

import base64
import binascii
import re
import stat
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

MAX_BYTES = 5_000_000
SVG = "image/svg+xml"
# The first bytes of a file of each kind; an SVG drawing, which is text, is looked for by its tag.
SIGNATURES = {
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/gif": (b"GIF87a", b"GIF89a"),
}
KINDS = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".svg": SVG,
}
DATA_URI = re.compile(r"data:(image/[a-z+]+);base64,(.*)", re.DOTALL)

Pictures = Callable[[str], str | None]


def data_uri(kind: str, raw: bytes) -> str | None:
    """The bytes of a picture as a data: URI; None when they are no picture of that kind.

    A drawing (SVG) shown by an <img> runs no script and loads nothing, whatever is in it.
    """
    if len(raw) > MAX_BYTES:
        return None
    is_drawing = kind == SVG and b"<svg" in raw[:5000]
    if not is_drawing and not raw.startswith(SIGNATURES.get(kind, ())):
        return None
    return f"data:{kind};base64,{base64.b64encode(raw).decode('ascii')}"


def from_base64(kind: str, text: str) -> str | None:
    """A picture as notebooks hold it (base64 with line breaks) as a data: URI, or None."""
    if len(text) > 2 * MAX_BYTES:
        return None
    try:
        return data_uri(kind, base64.b64decode("".join(text.split()), validate=True))
    except (binascii.Error, ValueError):
        return None


def from_drawing(svg: str) -> str | None:
    """The text of an SVG output as a data: URI, or None."""
    return data_uri(SVG, svg.encode("utf-8", "replace"))


def from_data_uri(source: str) -> str | None:
    """A data: URI that somebody else wrote, if there is a picture in it."""
    match = DATA_URI.fullmatch(source)
    return from_base64(match[1], match[2]) if match else None


def from_attachment(bundle: dict[str, str]) -> str | None:
    """A picture pasted into a Markdown cell: the first kind of its bundle that can be shown."""
    uris = (from_base64(kind, text) for kind, text in bundle.items())
    return next(filter(None, uris), None)


def pictures_beside(graded: Path, ours: Path) -> Pictures:
    """A function that gives the data: URI of a picture that the released notebook refers to.

    graded: the folder of the graded notebook, where the file must be.
    ours: the folder whose bytes are shown: the release for students, the masters for instructors.
    So no link, `..` or file of a student's decides which file is read, and students are shown
    nothing that was not handed out.
    """

    def picture(source: str) -> str | None:
        path = PurePosixPath(unquote(source))
        kind = KINDS.get(path.suffix.lower())
        if kind is None or ":" in source or "\\" in source:
            return None
        if path.is_absolute() or ".." in path.parts:
            return None
        try:
            if not (_is_own_file(graded, path) and _is_own_file(ours, path)):
                return None
            return data_uri(kind, (ours / path).read_bytes())
        except (OSError, ValueError):  # a name that no file system takes
            return None

    return picture


def _is_own_file(folder: Path, path: PurePosixPath) -> bool:
    """Whether `path` is a regular file in `folder`, reached through no link."""
    inside = [folder / part for part in [path, *path.parents][:-1]]
    if any(part.is_symlink() for part in inside):
        return False
    return stat.S_ISREG((folder / path).lstat().st_mode)
