"""Which hand-ins are of the same people, so that nobody is compared with themselves."""

from collections import defaultdict
from collections.abc import Container
from itertools import combinations, product

from grading.people.pairs import members


def of_one(names: list[str], students: Container[str]) -> set[tuple[int, int]]:
    """The pairs of hand-ins, by number, that have a student in common, the lower number first.

    names: of their folders; what stands before a "/" says where they come from. Without a roster
    (`students`) only a whole name counts: `ana` and `ana_luis` are of one, `group_1` and `group_2`
    are not.
    """
    whole: dict[str, list[int]] = defaultdict(list)
    among: dict[str, list[int]] = defaultdict(list)
    for number, name in enumerate(names):
        last = name.rpartition("/")[2]
        whole[last].append(number)
        for member in {last, *members(last, students)}:
            among[member].append(number)
    found = {pair for name, numbers in whole.items() for pair in product(numbers, among[name])}
    for member, numbers in among.items():
        if member in students:
            found.update(combinations(numbers, 2))
    return {(min(pair), max(pair)) for pair in found if pair[0] != pair[1]}
