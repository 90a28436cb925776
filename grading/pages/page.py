"""Make a page out of a template: one file, nothing loaded from elsewhere, everything escaped."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from grading.course import Course
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
    environment.filters |= {"percent": percent, "printable": printable, "number": number}
    now = datetime.now().astimezone()
    text = environment.get_template(template).render(written=f"{now:%Y-%m-%d %H:%M %Z}", **content)
    return write_report(course, f"{name}.html", text)


def write_report(course: Course, name: str, text: str) -> Path:
    """Write reports/NAME, whole or not at all; returns its path."""
    path = course.root / FOLDER / name
    path.parent.mkdir(exist_ok=True)
    new = path.with_suffix(".new")
    new.write_text(text, "utf-8")
    os.replace(new, path)
    return path


def percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.0%}" if share in (0, 1) else f"{share:.1%}"


def number(value: float | None, digits: int = 4) -> str:
    return "–" if value is None else f"{value:.{digits}g}"
