"""The regions of a master's cell, and the delimiters that grader_config.py gives them."""

import re
from typing import NamedTuple

from traitlets.config import Config

# The trait that begins each region, by nbgrader's preprocessor; "end" is in the name of the other.
TRAITS = {
    "ClearSolutions": "begin_solution_delimeter",
    "ClearHiddenTests": "begin_test_delimeter",
    "ClearMarkScheme": "begin_mark_scheme_delimeter",
}


class Region(NamedTuple):
    """A kind of region: as nbgrader reads them, a line that holds `begin` starts one, and the next
    line that holds `end` ends it."""

    begin: str
    end: str

    def lines(self, source: str) -> set[int]:
        """The numbers, counted from 1, of a cell's lines between such delimiters."""
        between, inside = set(), False
        for number, line in enumerate(source.split("\n"), 1):
            if self.begin in line or self.end in line:
                inside = self.begin in line
            elif inside:
                between.add(number)
        return between

    def without_delimiters(self, source: str) -> str:
        """A cell's source with the content of its regions, but not the lines that mark them."""
        either = f"{re.escape(self.begin)}|{re.escape(self.end)}"
        return re.sub(rf"^[^\w\n]*(?:{either}).*\n?", "", source, flags=re.MULTILINE).rstrip("\n")

    def replaced(self, source: str, text: str) -> str:
        """A cell's source with `text`, indented as the region was, in place of each region."""
        whole = rf"^([ \t]*)[^\w\n]*{re.escape(self.begin)}.*?{re.escape(self.end)}[^\n]*"
        flags = re.MULTILINE | re.DOTALL
        return re.sub(whole, lambda found: found[1] + text, source, flags=flags)


NBGRADERS_HIDDEN_TESTS = Region("BEGIN HIDDEN TESTS", "END HIDDEN TESTS")


def solutions(config: Config) -> Region:
    """What students write, in the course of that configuration."""
    return _region("ClearSolutions", config)


def hidden_tests(config: Config) -> Region:
    """The tests that students do not see, in the course of that configuration."""
    return _region("ClearHiddenTests", config)


def mark_schemes(config: Config) -> Region:
    """What is expected of a written answer, in the course of that configuration."""
    return _region("ClearMarkScheme", config)


def looks_like_a_delimiter(config: Config) -> re.Pattern[str]:
    """What finds a comment with the words of a delimiter, the course's or nbgrader's own, in any
    case and spacing. In a cell as students get it, that is a delimiter that is misspelt."""
    written = [text for name in TRAITS for c in (config, Config()) for text in _region(name, c)]
    words = {tuple(re.findall(r"\w+", text)) for text in written}
    some = "|".join(sorted(r"[^\w\n]+".join(each) for each in words if len(each) > 1))
    return re.compile(rf"#[^\w\n]*(?:{some})\b", re.IGNORECASE)


def other_spellings(config: Config) -> dict[str, re.Pattern[str]]:
    """What finds a line with a delimiter of nbgrader's in another spelling than the course's.

    nbgrader reads `# BEGIN SOLUTION`, `###BEGIN SOLUTION` and the like, where a course does not
    ask for more. Returns a pattern for each delimiter of the course that holds nbgrader's words.
    """
    pairs = (
        pair
        for name in TRAITS
        for pair in zip(_region(name, config), _region(name, Config()), strict=True)
    )
    return {
        ours: re.compile(rf"(?P<indent>[ \t]*)[^\w\n]*{re.escape(theirs)}(?!\w).*", re.IGNORECASE)
        for ours, theirs in pairs
        if theirs in ours
    }


def _region(preprocessor: str, config: Config) -> Region:
    from nbgrader import preprocessors  # takes long to import, and an examiner needs none of it

    begin = TRAITS[preprocessor]
    configured = getattr(preprocessors, preprocessor)(config=config)
    return Region(*(getattr(configured, name) for name in (begin, begin.replace("begin", "end"))))
