"""The levels of a page's headings, so that a screen reader can go from one to the next."""

import re

HEADING = re.compile(r"<(/?)h([1-6])(?=[ >])")


def in_order(body: str, above: int) -> str:
    """HTML whose headings leave no gap, below a heading of level `above`.

    A level that a text cell skips is closed up, and no heading is as high as the page's own.
    body: cleaned HTML, where every heading is closed before the next one opens.
    """
    level = above

    def renumbered(tag: re.Match) -> str:
        nonlocal level
        if not tag[1]:
            level = min(max(int(tag[2]), above + 1), level + 1, 6)
        return f"<{tag[1]}h{level}"

    return HEADING.sub(renumbered, body)
