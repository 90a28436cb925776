"""What becomes of a picture on every page: a data: URI of a fitting size, or a sentence why not."""

import base64
import binascii
import hashlib
import io
import re
import threading
import warnings
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image, ImageOps

from grading.words import say

MAX_BYTES = 40_000_000  # of a file; a phone's photo has up to 12 MB, those of 50 megapixels more
MAX_DRAWING = 5_000_000  # of an SVG drawing
MAX_PIXELS = 64_000_000  # decoded, four bytes each
# A picture within both stays as it is. Another one is drawn anew, its longest side LONGEST pixels.
PLAIN_BYTES, PLAIN_PIXELS, LONGEST = 1_000_000, 4_000_000, 2000
MAX_PAGE = 100_000_000  # characters of pictures on one page
MAX_KEPT = 64_000_000  # characters of pictures that stay in memory once they are scaled
FORMATS = ("JPEG", "PNG", "GIF", "WEBP")  # others would open more of the decoders to submissions
KINDS = {"MPO": "JPEG"}  # a photo with a second one in it, as some phones write them
# What else comes from cameras and scanners: where a file says so, the bytes, the name.
OTHERS = [
    *((4, b"ftyp" + brand, "HEIC") for brand in (b"hei", b"hev", b"mif1", b"msf1")),
    (4, b"ftypavif", "AVIF"), (0, b"II*\0", "TIFF"), (0, b"MM\0*", "TIFF"), (0, b"BM", "BMP"),
    (0, b"%PDF", "PDF"),
]  # fmt: skip
DATA_URI = re.compile(r"data:image/[a-z+.-]+;base64,(.*)", re.DOTALL | re.IGNORECASE)

# The data: URI for the address of a picture; None where there are no pictures. Raises NotShown.
Pictures = Callable[[str], str | None]

# Pillow warns of what is refused here anyway, in the middle of a command's table.
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)


class NotShown(Exception):
    """Why a picture is not shown: a sentence for the reader of the page, in the page's language."""


@dataclass
class Room:
    """How many characters of pictures a page may still take: a text can show one many times."""

    left: int = MAX_PAGE

    def take(self, uri: str) -> str:
        """The same URI. Raises NotShown when the page is full."""
        if len(uri) > self.left:
            raise NotShown(say("picture_no_room"))
        self.left -= len(uri)
        return uri


class _Kept:
    """Scaled pictures by the content that they were made of, those asked for last."""

    def __init__(self) -> None:
        self._uris: OrderedDict[bytes, str] = OrderedDict()
        self._size, self._lock = 0, threading.Lock()

    def get(self, raw: bytes, make: Callable[[], str]) -> str:
        digest = hashlib.sha256(raw).digest()
        with self._lock:
            if digest in self._uris:
                self._uris.move_to_end(digest)
                return self._uris[digest]
        uri = make()
        with self._lock:
            self._size += len(uri) - len(self._uris.pop(digest, ""))
            self._uris[digest] = uri
            while self._size > MAX_KEPT:
                self._size -= len(self._uris.popitem(last=False)[1])
        return uri


_KEPT = _Kept()


def shown(raw: bytes) -> str:
    """The picture in some bytes as a data: URI, as it is or scaled down.

    What it is is read from the bytes, whatever its name says. A drawing (SVG) shown by an <img>
    runs no script and loads nothing. A photo that is scaled is turned as its EXIF data says, and
    keeps none of them. Raises NotShown for anything that is no picture, is damaged or too large.
    """
    if len(raw) > MAX_BYTES:
        raise NotShown(say("picture_too_heavy", mb=MAX_BYTES // 10**6))
    if b"<svg" in raw[:5000] and raw.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        if len(raw) > MAX_DRAWING:
            raise NotShown(say("picture_too_heavy", mb=MAX_DRAWING // 10**6))
        return _uri("svg+xml", raw)
    try:
        image = Image.open(io.BytesIO(raw), formats=FORMATS)
    except Image.DecompressionBombError:
        raise NotShown(say("picture_too_large", millions=MAX_PIXELS // 10**6)) from None
    except Exception:  # decoders may raise anything on hostile bytes
        raise NotShown(_of_no_kind(raw)) from None
    pixels = image.width * image.height
    if pixels > MAX_PIXELS:
        raise NotShown(say("picture_too_large", millions=MAX_PIXELS // 10**6))
    try:
        if len(raw) <= PLAIN_BYTES and pixels <= PLAIN_PIXELS:
            _read_through(image)
            return _uri(KINDS.get(image.format, image.format).lower(), raw)
        return _KEPT.get(raw, lambda: _scaled(image))
    except Exception:  # as above
        raise NotShown(say("picture_damaged")) from None


def from_base64(text: str) -> str:
    """A picture as notebooks hold it (base64 with line breaks) as a data: URI; raises NotShown."""
    if len(text) > 2 * MAX_BYTES:
        raise NotShown(say("picture_too_heavy", mb=MAX_BYTES // 10**6))
    try:
        raw = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise NotShown(say("picture_damaged")) from None
    return shown(raw)


def from_data_uri(source: str) -> str:
    """A data: URI that somebody else wrote, if there is a picture in it. Raises NotShown."""
    match = DATA_URI.fullmatch(source)
    if match is None:
        raise NotShown(say("picture_elsewhere"))
    return from_base64(match[1])


def _uri(kind: str, raw: bytes) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(raw).decode('ascii')}"


def _of_no_kind(raw: bytes) -> str:
    names = (name for at, start, name in OTHERS if raw.startswith(start, at))
    name = next(names, None)
    return say("picture_of_other_kind", kind=name) if name else say("picture_of_no_kind")


def _read_through(image: Image.Image) -> None:
    """Raises an error for a file that is cut off or damaged."""
    if image.format == "PNG":
        image.verify()  # its checksums, without decoding
    else:
        image.draft(None, (1, 1))  # JPEG: at an eighth of its size
        image.load()


def _scaled(image: Image.Image) -> str:
    """A picture of at most LONGEST × LONGEST pixels; of an animation the first."""
    if image.mode.startswith("I;16"):
        image = image.point(lambda value: value / 256, "L")
    elif image.mode in ("P", "LA", "PA"):
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    image.thumbnail((LONGEST, LONGEST))  # a JPEG is decoded at a fraction of its size
    image = ImageOps.exif_transpose(image)
    raw = io.BytesIO()
    if image.has_transparency_data:
        image.convert("RGBA").save(raw, "WEBP", quality=85, method=2)
        return _uri("webp", raw.getvalue())
    image.convert("RGB").save(raw, "JPEG", quality=85)
    return _uri("jpeg", raw.getvalue())
