"""Small helpers for tests."""

done = []


def is_sorted(items):
    """Whether no item is larger than the next one."""
    return all(not b < a for a, b in zip(items, items[1:], strict=False))


def report(name):
    """Notes that a test was passed."""
    done.append(name)
