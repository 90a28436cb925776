"""Pages for instructors from templates: one file, nothing loaded from elsewhere, all escaped."""

from datetime import datetime
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from grading.course import Course
from grading.files import write_whole
from grading.text import printable

FOLDER = "reports"


def write_page(course: Course, name: str, template: str, **content) -> Path:
    """Write reports/NAME.html, whole or not at all; returns its path."""
    environment = Environment(
        loader=PackageLoader("grading.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "percent": percent, "printable": printable, "number": number, "marks": marks,
        "duration": duration,
    }  # fmt: skip
    now = datetime.now().astimezone()
    text = environment.get_template(template).render(written=f"{now:%Y-%m-%d %H:%M %Z}", **content)
    return write_report(course, f"{name}.html", text)


def write_report(course: Course, name: str, text: str) -> Path:
    """Write reports/NAME, whole or not at all; returns its path."""
    path = course.root / FOLDER / name
    write_whole(path, printable(text))
    return path


def percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.0%}" if share in (0, 1) else f"{share:.1%}"


def number(value: float | None, digits: int = 4) -> str:
    return "–" if value is None else f"{value:.{digits}g}"


def marks(value: float | None) -> str:
    """Marks with at most two decimals; a question mark for None."""
    return "?" if value is None else f"{round(value, 2):g}"


def duration(seconds: float | None) -> str:
    """A length of time in its two largest units."""
    if seconds is None:
        return "–"
    if seconds < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = [(days, "d"), (hours, "h"), (minutes, "min"), (seconds, "s")]
    while not parts[0][0]:
        parts.pop(0)
    return " ".join(f"{count} {unit}" for count, unit in parts[:2] if count)
