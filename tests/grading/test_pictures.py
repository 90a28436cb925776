"""Pictures of answers: what is shown, scaled or refused, and which file an address means."""

import base64
import io
from unicodedata import normalize

import nbformat
import photos
import pytest
from nbformat.v4 import new_markdown_cell
from PIL import Image
from tiny import notebook

from grading.feedback import pictures
from grading.feedback.beside import files_in, files_of, pictures_at
from grading.feedback.pictures import LONGEST, NotShown, Room, shown
from grading.feedback.presentable import presentable
from grading.feedback.prose import prose
from grading.words import using


def base64_of(raw):
    return base64.b64encode(raw).decode()


def opened(uri):
    """The picture in a data: URI."""
    return Image.open(io.BytesIO(base64.b64decode(uri.partition(",")[2])))


AS_THEY_ARE = {
    "a PNG": ("png", photos.plain("PNG")),
    "a JPEG": ("jpeg", photos.plain("JPEG")),
    "a small photo that is turned": ("jpeg", photos.photo(400, 300)),  # browsers turn it
    "a GIF": ("gif", photos.plain("GIF")),
    "a GIF that moves": ("gif", photos.animation("GIF")),
    "a WebP": ("webp", photos.plain("WEBP")),
    "a WebP that moves": ("webp", photos.animation("WEBP")),
    "a drawing with a script, which an <img> does not run": ("svg+xml", photos.DRAWING),
}


@pytest.mark.parametrize("case", AS_THEY_ARE)
def test_small_pictures_are_shown_as_they_are(case):
    kind, raw = AS_THEY_ARE[case]
    assert shown(raw) == f"data:image/{kind};base64,{base64_of(raw)}"


@pytest.fixture(scope="module")
def heavy():
    return photos.heavy_photo()


def test_a_phones_photo_of_over_5_megabytes_is_scaled(heavy):
    assert len(heavy) > 5_000_000
    picture = opened(shown(heavy))
    assert picture.size == (LONGEST, LONGEST * 3 // 4) and picture.format == "JPEG"


def test_a_photo_that_is_scaled_is_turned_as_its_camera_says_and_keeps_no_place_or_time():
    picture = opened(shown(photos.photo()))
    assert picture.size == (LONGEST * 3 // 4, LONGEST)
    top, bottom = (picture.getpixel((700, y)) for y in (100, LONGEST - 100))
    assert top[0] > 200 > bottom[0] and bottom[2] > 200 > top[2]
    assert not picture.getexif()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_a_large_picture_of_any_kind_of_colours_is_scaled(mode):
    raw = photos.saved(Image.new(mode, (3000, 1500)), "PNG")
    picture = opened(shown(raw))
    assert picture.size == (LONGEST, LONGEST // 2)
    assert picture.has_transparency_data == (mode in ("LA", "RGBA"))


def test_of_a_large_animation_the_first_picture_is_shown():
    first, second = (Image.new("RGB", (2400, 1700), colour) for colour in ("red", "blue"))
    raw = photos.saved(first, "WEBP", save_all=True, append_images=[second])
    assert opened(shown(raw)).getpixel((5, 5))[0] > 200


def test_a_photo_is_scaled_once_however_often_a_page_asks(monkeypatch):
    made = []
    scaled = pictures._scaled
    monkeypatch.setattr(pictures, "_scaled", lambda image: made.append(1) or scaled(image))
    raw = photos.photo(2400, 1800)
    assert len({shown(raw), shown(bytes(bytearray(raw)))}) == 1 and made == [1]


def test_what_is_kept_is_limited_and_the_oldest_goes_first(monkeypatch):
    monkeypatch.setattr(pictures, "MAX_KEPT", 10)
    kept = pictures._Kept()
    made = []

    def ask(name):
        return kept.get(name, lambda: made.append(name) or "1234")

    for name in (b"a", b"b", b"a", b"c", b"a", b"b"):
        assert ask(name) == "1234"
    assert made == [b"a", b"b", b"c", b"b"]


REFUSED = {
    "a JPEG that is cut off": (photos.plain("JPEG", size=(900, 900))[:-600], "dañada"),
    "a large JPEG that is cut off": (photos.photo()[:-3000], "dañada"),
    "a PNG that is cut off": (photos.plain("PNG", size=(900, 900))[:-100], "dañada"),
    "a bomb": (photos.bomb(12_000, 12_000), "píxeles"),
    "a larger bomb": (photos.bomb(60_000, 60_000), "píxeles"),
    "an iPhone's HEIC": (photos.HEIC, "es HEIC, que no se puede mostrar aquí; hay que guardarla"),
    "a TIFF": (photos.plain("TIFF"), "es TIFF"),
    "a web page": (b"<html><script>alert(1)</script>", "no es una imagen"),
    "nothing": (b"", "no es una imagen"),
    "over 40 MB": (bytes(40_000_001), "40 MB"),
    "a drawing of over 5 MB": (b"<svg>" + b" " * 5_000_000, "5 MB"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_shown_is_named_with_what_to_do(case):
    raw, words = REFUSED[case]
    pasted = {"f.png": {"image/png": base64_of(raw)}}
    with using("es"):
        page = prose("![mi dibujo](attachment:f.png)", pasted, lambda source: None)
    assert "<img" not in page and "data:" not in page
    assert "mi dibujo" in page and "f.png" in page and words in page


# --- Which file an address means ------------------------------------------------------------------

NAMES = ["foto.png", "mi foto.png", "foto (1).png", "acción.png", "fotos/foto.png", "50%20.png"]
ADDRESSES = {
    "![f](foto.png)": "foto.png",
    "![f](./foto.png)": "foto.png",
    '![f](foto.png "título")': "foto.png",
    '<img src="foto.png" width=300>': "foto.png",
    "<img width=300 src=foto.png>": "foto.png",
    "![f][a]\n\n[a]: foto.png": "foto.png",
    "| a |\n|---|\n| ![f](foto.png) |": "foto.png",
    "![f](<mi foto.png>)": "mi foto.png",
    "![f](mi%20foto.png)": "mi foto.png",
    '<img src="mi foto.png">': "mi foto.png",
    "![f](<foto (1).png>)": "foto (1).png",
    "![f](foto%20(1).png)": "foto (1).png",
    "![f](acción.png)": "acción.png",
    "![f](acci%C3%B3n.png)": "acción.png",
    f"![f]({normalize('NFD', 'acción.png')})": "acción.png",
    "![f](./fotos/foto.png)": "fotos/foto.png",
    "![f](FOTO.PNG)": "foto.png",
    "![f](50%20.png)": "50%20.png",
}


@pytest.fixture(scope="module")
def beside(tmp_path_factory):
    """A folder with pictures, each as wide as its place in NAMES says, and a secret above it."""
    folder = tmp_path_factory.mktemp("above") / "folder"
    for width, name in enumerate(NAMES, 1):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(photos.plain(size=(width, 1)))
    secret = folder.parent / "secret.png"
    secret.write_bytes(photos.plain(size=(99, 1)))
    (folder / "link.png").symlink_to(secret)
    (folder / "linked").symlink_to(folder.parent)
    (folder / "notes.png").mkdir()
    return folder


@pytest.mark.parametrize("text", ADDRESSES)
def test_a_file_beside_the_notebook_is_found_as_students_write_it(text, beside):
    page = prose(text, {}, pictures_at(files_in(beside)))
    wide = NAMES.index(ADDRESSES[text]) + 1
    assert shown(photos.plain(size=(wide, 1))) in page
    assert ('width="300"' in page) == ("300" in text)


@pytest.mark.parametrize(
    "text", [each for each in ADDRESSES if "./" not in each and "FOTO" not in each]
)
def test_a_pasted_picture_is_found_as_students_write_it(text):
    name = ADDRESSES[text]
    written = text
    for start in ("](<", "](", 'src="', "src=", "[a]: "):
        if start in text:
            written = text.replace(start, start + "attachment:", 1)
            break
    pasted = {"otra.png": {"image/png": "x"}, name: {"image/png": base64_of(photos.plain())}}
    assert shown(photos.plain()) in prose(written, pasted, lambda source: None)


HOSTILE = [
    "../secret.png", "fotos/../../secret.png", "..%2Fsecret.png", "linked/secret.png", "link.png",
    "{above}/secret.png", "file://{above}/secret.png", "//{above}/secret.png", "..\\secret.png",
    "notes.png", "nada.png", "x" * 5000, "a%00.png", ".", "", "https://example.org/a.png",
    "javascript:alert(1)", "data:text/html,<script>", "data:refused,0",
]  # fmt: skip


@pytest.mark.parametrize("address", HOSTILE)
@pytest.mark.parametrize("form", ["![f](<{}>)", '<img src="{}" onerror="alert(1)" alt="f">'])
def test_nothing_else_is_read(form, address, beside):
    text = form.format(address.format(above=beside.parent))
    page = prose(text, {}, pictures_at(files_in(beside)))
    assert "<img" not in page and "base64" not in page and "onerror=" not in page


@pytest.fixture
def course(tmp_path):
    """What lies in a course of the file that is looked for."""

    def lay(**files):
        for folder, width in files.items():
            below = "lab" if folder in ("source", "release") else "ana/lab"
            path = tmp_path / folder / below / "f.png"
            path.parent.mkdir(parents=True)
            path.write_bytes(photos.plain(size=(width, 1)))
        return pictures_at(files_of(tmp_path, "lab", "ana"))

    return lay


@pytest.mark.parametrize(
    ("where", "width"),
    [
        (dict(submitted=1, autograded=1), 1),
        (dict(submitted=2, autograded=1), 1),  # as it was when it was marked
        (dict(source=5, release=5, autograded=5), 5),  # a figure of the assignment
        (dict(source=5, release=5, submitted=1, autograded=5), 1),  # drawn into that figure
        (dict(source=5, autograded=5), None),  # a picture of the mark scheme
        (dict(source=5, submitted=1, autograded=5), 1),  # the student's, which has its name
        (dict(source=5), None),
        (dict(), None),
    ],
)
def test_a_students_text_shows_what_was_handed_in_or_handed_out(where, width, course):
    picture = course(**where)
    if width is None:
        pytest.raises(NotShown, picture, "f.png")
    else:
        assert picture("f.png") == shown(photos.plain(size=(width, 1)))


def test_a_link_of_the_masters_hands_out_nothing_either(course, tmp_path):
    picture = course(elsewhere=5, autograded=5)
    (tmp_path / "source/lab").mkdir(parents=True)
    (tmp_path / "source/lab/f.png").symlink_to(tmp_path / "elsewhere/ana/lab/f.png")
    pytest.raises(NotShown, picture, "f.png")


# --- Pages that hold many or large ones -----------------------------------------------------------


def test_a_photo_in_the_middle_of_a_text_as_colab_pastes_it_is_shown(heavy):
    text = f"Así:\n\n![image.png](data:image/png;base64,{base64_of(heavy)})\n\n**fin**"
    cell = new_markdown_cell(text)
    (kept,) = presentable(notebook(cell)).cells
    assert len(kept.source) < 200
    page = prose(kept.source, kept.attachments, lambda source: None)
    assert shown(heavy) in page and "<strong>fin</strong>" in page


def test_a_pasted_photo_of_over_10_million_characters_stays_whole(heavy):
    raw = heavy + bytes(
        9_000_000 - min(len(heavy), 9_000_000)
    )  # what comes after the end is let be
    cell = new_markdown_cell("![f](attachment:f.jpg)")
    cell.attachments = {"f.jpg": {"image/jpeg": base64_of(raw)}}
    (kept,) = presentable(notebook(nbformat.from_dict(cell))).cells
    assert "<img" in prose(kept.source, kept.attachments, lambda source: None)


def test_a_text_that_shows_a_picture_a_thousand_times_does_not_fill_the_page():
    raw = photos.plain(size=(400, 300))
    pasted = {"f": {"image/png": base64_of(raw)}}
    room = Room(3 * len(shown(raw)))
    with using("en"):
        page = prose("![](attachment:f) " * 1000, pasted, lambda source: None, room)
    assert page.count("<img") == 3 and "too many pictures" in page
