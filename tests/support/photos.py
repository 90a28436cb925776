"""Pictures as students hand them in, and as somebody would who wants to do harm."""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image

ORIENTATION = 0x0112  # EXIF's tag
TURNED = 6  # the camera was held upright: turn the picture by 90 degrees, clockwise
DRAWING = (
    b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg' width='40' height='30'>"
    b"<script>alert(1)</script><circle r='20'/></svg>"
)
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(100)


def saved(image: Image.Image, kind: str, **options) -> bytes:
    raw = io.BytesIO()
    image.save(raw, kind, **options)
    return raw.getvalue()


def plain(kind: str = "PNG", colour: str = "red", size: tuple[int, int] = (40, 30)) -> bytes:
    """A small picture of one colour."""
    return saved(Image.new("RGB", size, colour), kind)


def animation(kind: str) -> bytes:
    """Two pictures, one after the other."""
    first, second = (Image.new("RGB", (40, 30), colour) for colour in ("red", "blue"))
    return saved(first, kind, save_all=True, append_images=[second], duration=200)


def photo(width: int = 2600, height: int = 1950, turned: bool = True) -> bytes:
    """A phone's JPEG, stored with red at the left: shown upright, red is at the top."""
    image = Image.new("RGB", (width, height), "blue")
    image.paste("red", (0, 0, width // 2, height))
    exif = Image.Exif()
    if turned:
        exif[ORIENTATION] = TURNED
    return saved(image, "JPEG", exif=exif)


def heavy_photo() -> bytes:
    """A photo of 12 megapixels with the noise of a dark room: over 5 MB."""
    noise = Image.effect_noise((4032, 3024), 90)
    return saved(Image.merge("RGB", (noise, noise, noise)), "JPEG", quality=92)


def bomb(width: int, height: int) -> bytes:
    """A PNG of some hundred bytes that says that it has so many pixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    parts = [(b"IHDR", header), (b"IDAT", zlib.compress(bytes(10_000))), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in parts
    )
