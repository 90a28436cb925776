"""The headings of a page in order, so that one can go from one to the next without seeing them."""

from __future__ import annotations

import re

HEADING = re.compile(r"<(/?)h([1-6])(?=[ >])")


def in_order(body: str, above: int) -> str:
    """HTML whose headings leave no gap, below a heading of level `above`.

    Levels that a text cell skips are closed up, and none is as high as the page's own.
    body: cleaned HTML, where each heading that opens closes before the next.
    """
    level = above

    def renumbered(tag: re.Match) -> str:
        nonlocal level
        if not tag[1]:
            level = min(max(int(tag[2]), above + 1), level + 1, 6)
        return f"<{tag[1]}h{level}"

    return HEADING.sub(renumbered, body)
