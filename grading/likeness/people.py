"""Which hand-ins are of the same people, so that nobody is compared with themselves."""

from collections.abc import Callable, Container

from grading.people.pairs import members


def of_one(names: list[str], students: Container[str]) -> Callable[[int, int], bool]:
    """A function that says whether two hand-ins, by number, have a student in common.

    names: of their folders; what stands before a "/" says where they come from. Without a roster
    (`students`) only a whole name counts: `ana` and `ana_luis` are of one, `group_1` and `group_2`
    are not.
    """
    last = [name.rpartition("/")[2] for name in names]
    who = [frozenset(members(name, students)) for name in last]

    def are_one(first: int, second: int) -> bool:
        if last[first] in who[second] or last[second] in who[first] or last[first] == last[second]:
            return True
        return any(id_ in students for id_ in who[first] & who[second])

    return are_one
