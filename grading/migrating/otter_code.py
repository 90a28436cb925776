"""The code of an otter-grader solution, with nbgrader's regions in place of otter's marks."""

import re
from collections.abc import Iterator

from grading.regions import Region

SOLUTION = re.compile(r"\s*# ?SOLUTION(?: NO PROMPT)?\s*$")
SEED = re.compile(r"\s*# ?SEED\s*$")
BEGIN = re.compile(r"\s*# BEGIN SOLUTION(?: NO PROMPT)?\s*$")
END = re.compile(r"\s*# END SOLUTION\s*$")
BEGIN_PROMPT = re.compile(r"\s*(?:\"\"\"|''')\s*# BEGIN PROMPT\s*$")
END_PROMPT = re.compile(r"\s*(?:\"\"\"|''');?\s*# END PROMPT\s*$")
IGNORED = re.compile(r"# ?IGNORE\s*$")
BEGIN_IGNORED = re.compile(r"\s*#\s*BEGIN\s+IGNORE\b", re.IGNORECASE)
END_IGNORED = re.compile(r"# END IGNORE\s*$")
PLUGIN = re.compile(
    r"^[^\S\n]*(\"\"\"|''')\s*# BEGIN PLUGIN.*?\1;?\s*# END PLUGIN[^\n]*\n?",
    re.DOTALL | re.MULTILINE,
)
ASSIGNED = re.compile(r"(\s*)([\w.]+(?:\[[^\]=]*\])*(?:\s*,\s*[\w.]+)*)\s*=(?!=)")


class Unbalanced(Exception):
    """A mark that begins something is not closed, or the other way round; the text says which."""


def has_solution(source: str) -> bool:
    """Whether otter would take anything out of a cell before students get it."""
    return any(
        pattern.match(line) if pattern is BEGIN else pattern.search(line)
        for line in source.split("\n")
        for pattern in (BEGIN, SOLUTION, SEED)
    )


def without_ignored(source: str) -> str:
    """A cell without the lines that otter drops from everything. Raises Unbalanced."""
    kept, inside = [], False
    for line in source.split("\n"):
        if BEGIN_IGNORED.match(line) and not inside:
            inside = True
        elif END_IGNORED.search(line):
            if not inside:
                raise Unbalanced("# END IGNORE without # BEGIN IGNORE")
            inside = False
        elif not inside and not IGNORED.search(line):
            kept.append(line)
    if inside:
        raise Unbalanced("# BEGIN IGNORE without # END IGNORE")
    return "\n".join(kept)


def with_regions(source: str, region: Region) -> str:
    """A solution cell as nbgrader has it.

    source: the cell, without ignored lines. region: the delimiters of a solution.
    Lines that students do not get stand in a region, those that follow each other in one. What they
    got in place of a line, as `x = ...`, and otter's prompts become comments above the region.
    Raises Unbalanced.
    """
    written: list[str] = []
    for prompts, hidden, line in _runs(source):
        written += prompts
        if hidden:
            indent = min((_indent(each) for each in hidden if each.strip()), key=len, default="")
            written += [f"{indent}{region.begin}", *hidden, f"{indent}{region.end}"]
        if line is not None:
            written.append(line)
    return "\n".join(written)


def _runs(source: str) -> Iterator[tuple[list[str], list[str], str | None]]:
    """Runs of lines that students do not get, each with the prompts in it and the line after it."""
    prompts: list[str] = []
    hidden: list[str] = []
    block = prompt = False
    for line in source.split("\n"):
        if prompt:
            prompt = not END_PROMPT.match(line)
            if prompt:
                prompts.append(_comment(line))
        elif block:
            block = not END.match(line)
            if block:
                hidden.append(line)
        elif BEGIN.match(line):
            if hidden:
                yield prompts, _ended(hidden), None
                prompts, hidden = [], []
            block = True
        elif END.match(line):
            raise Unbalanced("# END SOLUTION without # BEGIN SOLUTION")
        elif BEGIN_PROMPT.match(line):
            prompt = True
        elif SOLUTION.search(line) or SEED.search(line):
            if hidden and len(_indent(line)) < len(_indent(hidden[0])):
                # One region for both would take the block that the first lines stand in away.
                yield prompts, _ended(hidden), ""
                prompts, hidden = [], []
            if (assigned := ASSIGNED.match(line)) and "NO PROMPT" not in line:
                prompts.append(f"{assigned[1]}# {assigned[2]} = ...")
            hidden.append(SEED.sub("", SOLUTION.sub("", line)))
        elif hidden and not line.strip():
            hidden.append(line)  # an empty line between two of a solution ends no region
        else:
            ended = _ended(hidden)
            after = [*hidden[len(ended) :], line]  # empty lines below a solution stay
            yield prompts, ended, "\n".join(after)
            prompts, hidden = [], []
    if block:
        raise Unbalanced("# BEGIN SOLUTION without # END SOLUTION")
    if prompt:
        raise Unbalanced("# BEGIN PROMPT without # END PROMPT")
    yield prompts, _ended(hidden), None


def _ended(lines: list[str]) -> list[str]:
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    return lines


def _comment(line: str) -> str:
    text = line.strip()
    return line if not text or text.startswith("#") else f"{_indent(line)}# {text}"


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]
