"""Whose a submission is: the ids in the name of its folder."""

from collections.abc import Container

BETWEEN = "_"


def members(folder: str, students: Container[str] = ()) -> list[str]:
    """The ids of those who handed in `submitted/FOLDER`: one, or both of a pair, `carne1_carne2`.

    students: the ids of the roster. One of them may hold an underscore itself; without a roster,
    every underscore separates two ids. A name with more than two ids is no pair: they are all
    returned, and `notes` has somebody look at them.
    """
    if folder in students:
        return [folder]
    parts = folder.split(BETWEEN)
    if not all(part in students for part in parts):
        cuts = [(BETWEEN.join(parts[:n]), BETWEEN.join(parts[n:])) for n in range(1, len(parts))]
        best = max(cuts, key=lambda cut: sum(id_ in students for id_ in cut), default=())
        if any(id_ in students for id_ in best):
            parts = list(best)
    return list(dict.fromkeys(part for part in parts if part)) or [folder]
