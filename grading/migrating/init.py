"""A course of nbgrader, or an empty folder, becomes a course of the kit; nothing in it is lost."""

import re
import sqlite3
from collections import Counter
from pathlib import Path

from jupyter_core.paths import jupyter_config_path
from nbgrader.coursedir import CourseDirectory
from sqlalchemy import create_engine
from traitlets.config import Config, PyFileConfigLoader

from grading.candidate.box import INSTALL, why_no_box
from grading.course import CONFIG_FILE, NBGRADERS_FILE, Course, CourseError, working_folder
from grading.files import write_whole
from grading.gradebook.backup import back_up, backups
from grading.wiring import STEPS

TEMPLATE = Path(__file__).parent / "templates" / CONFIG_FILE
LINES = """
# The kit's settings, and its steps in the place of nbgrader's ("python -m grading init"). They
# stand at the end, because the steps go by all that is said above.
load_subconfig("grader_config.py")  # noqa: F821
from grading.wiring import wire  # noqa: E402

wire(get_config())  # noqa: F821
"""
NEW = '"""nbgrader\'s own settings of this course; its commands and the kit read this file."""\n'
# Words that are common in a language and rare in another. The first language is for a tie.
COMMON = {"en": ("the", "of", "and", "is"), "es": ("el", "los", "que", "una")}
# By their stubs, answers that were left as released are known; students may have these already.
STUBS = f"""{"# --- What students find in place of a solution ":-<96}
# nbgrader's texts. Without these lines they are the kit's, in the course's language.
c.ClearSolutions.code_stub = {{"python": "# YOUR CODE HERE\\nraise NotImplementedError()"}}
c.ClearSolutions.text_stub = "YOUR ANSWER HERE"

"""
FOLDERS = ("source", "release", "submitted", "autograded", "feedback")


def init(root: Path) -> list[str]:
    """Put what the kit needs into the course folder `root`, and keep all that is there.

    Returns what was done, a sentence for each file; the list is empty where the folder was a course
    of the kit already. Raises CourseError, and changes nothing, where the folder is neither empty
    nor a course of nbgrader, or has settings that the kit can't go by.
    """
    course = Course(root.resolve())
    _require_course_or_nothing(course)
    config = _config(course)
    if _is_wired(config):
        return []
    replaced = _require_known_places(course, config)
    try:
        done = [*_kept(course, config), *_write(course, config), *replaced]
        (course.root / "source").mkdir(exist_ok=True)
    except (OSError, sqlite3.Error) as error:
        raise CourseError(f"{course.root} could not be made a course: {error}.") from error
    return done


def advice(course: Course) -> list[str]:
    """What somebody has to do, or may, before a course that is set up can be graded."""
    said = []
    for folder in map(Path, jupyter_config_path()):
        if (path := folder / NBGRADERS_FILE).is_file():
            said.append(
                f"{path} has settings of nbgrader's too, which the kit does not read: copy those "
                f"of this course into its {NBGRADERS_FILE}, above the kit's lines."
            )
    if reason := why_no_box():
        said.append(f"Nothing can be graded yet: {reason}. To install the sandbox: {INSTALL}")
    assignments = course.assignments()
    if assignments:
        said += [f"Next: python -m grading build {name}" for name in assignments]
    else:
        said.append("Next: python -m grading new lab1")
    return said


def _require_course_or_nothing(course: Course) -> None:
    """Refuse a folder of other things: not everybody runs a command where they mean to."""
    known = {CONFIG_FILE, NBGRADERS_FILE, "gradebook.db", *FOLDERS}
    there = {path.name for path in course.root.iterdir() if not path.name.startswith(".")}
    if there and not there & known:
        raise CourseError(
            f"{course.root} is not empty and has no {NBGRADERS_FILE}, source/ or gradebook.db of "
            "nbgrader's: run the command in the folder of a course, or in an empty one."
        )
    if (course.root / "nbgrader_config.json").exists():
        raise CourseError(
            f"{course.root} has a nbgrader_config.json, which would overrule the kit's steps: "
            f"write its settings into {NBGRADERS_FILE} and delete it."
        )


def _config(course: Course) -> Config:
    """The course's configuration as it is now."""
    if not course.config_files:
        return Config()
    name = course.config_files[-1].name
    try:
        with working_folder(course.root):
            return PyFileConfigLoader(name, path=str(course.root)).load_config()
    except Exception as error:  # whatever the instructor's own file raises
        raise CourseError(
            f"{name} could not be read ({type(error).__name__}: {error}): "
            "mend it, then run the command again."
        ) from error


def _is_wired(config: Config) -> bool:
    return all(config[section] | steps == config[section] for section, steps in STEPS.items())


def _require_known_places(course: Course, config: Config) -> list[str]:
    """Refuse a course whose folders have other names than nbgrader gives them.

    Returns what is told of settings that the kit's steps replace.
    """
    said = config.CourseDirectory
    if (course.root / said.get("root", "")).resolve() != course.root:
        raise CourseError(
            f"{NBGRADERS_FILE} says that the course is in {said.root} (c.CourseDirectory.root): "
            "run the command there, or take the line out."
        )
    names = ("directory_structure", *(f"{name}_directory" for name in FOLDERS))
    for name in names:
        usual = getattr(CourseDirectory, name).default_value
        if said.get(name, usual) != usual:
            raise CourseError(
                f"{NBGRADERS_FILE} sets c.CourseDirectory.{name} = {said[name]!r}, and the kit "
                f"knows {usual!r} only: rename the folders, take the line out, and run again."
            )
    return [
        f"{NBGRADERS_FILE}: c.{section}.{name} counts no longer; the kit has its own steps there"
        for section, steps in STEPS.items()
        for name in steps
        if name in config[section]
    ]


def _kept(course: Course, config: Config) -> list[str]:
    """Copy the gradebook, if the course has one in a file, and count what has been graded."""
    config.CourseDirectory.root = str(course.root)
    engine, done = create_engine(CourseDirectory(config=config).db_url), []
    if engine.dialect.name == "sqlite" and Path(engine.url.database).is_file():
        back_up(engine)
        path = Path(engine.url.database)
        done.append(f"{path.name}: kept as it was; a copy is {backups(path)[-1].name}")
    graded = sum(1 for path in course.autograded.glob("*/*") if path.is_dir())
    if graded:
        done.append(f"autograded/: kept, {graded} graded submissions")
    return done


def _write(course: Course, config: Config) -> list[str]:
    """Write the two files of the configuration; nbgrader's, which loads the other one, last."""
    done, own = [], course.root / NBGRADERS_FILE
    text = own.read_text("utf-8") if own.is_file() else ""
    if not (course.root / CONFIG_FILE).exists():
        write_whole(course.root / CONFIG_FILE, _settings(config, _language_of(course)))
        done.append(
            f"{CONFIG_FILE}: new; limits, deadlines and the sandbox are set there, and the "
            "language of what students read"
        )
    else:
        done.append(f"{CONFIG_FILE}: as it was")
    write_whole(own, f"{text or NEW}{'' if text.endswith(chr(10)) or not text else chr(10)}{LINES}")
    what = "as it was, with lines at its end that load the kit's settings" if text else "new"
    done.append(f"{NBGRADERS_FILE}: {what}")
    return done


def _settings(config: Config, language: str | None) -> str:
    """The file of the kit's settings; a cell has the time that nbgrader gave it, if it said any."""
    text = TEMPLATE.read_text("utf-8")
    seconds = config.Execute.get("timeout", config.ExecutePreprocessor.get("timeout"))
    if isinstance(seconds, int) and seconds > 0:
        text = text.replace("cell_seconds = 30\n", f"cell_seconds = {seconds}\n")
    if language is None:  # nothing is released yet, and nothing has nbgrader's stubs
        return text
    text = text.replace('language = "en"', f'language = "{language}"')
    if config.ClearSolutions.keys() & {"code_stub", "text_stub"}:
        return text
    return text.replace(
        "# --- What a submission may use", f"{STUBS}# --- What a submission may use"
    )


def _language_of(course: Course) -> str | None:
    """The language that most of the masters' words are in, of those that the kit speaks; None
    where there is no master yet."""
    read = (path.read_text("utf-8", "replace") for path in sorted(course.source.glob("*/*.ipynb")))
    words = Counter(word for text in read for word in re.findall(r"[a-z]+", text.lower()))
    if not words:
        return None
    return max(COMMON, key=lambda language: sum(words[word] for word in COMMON[language]))
