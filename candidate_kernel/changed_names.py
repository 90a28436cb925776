"""Gives names of the student's the values that a test has for them, until its check is over."""

MISSING = object()


class ChangedNames:
    """A namespace whose names are changed for a while. namespace: name → value."""

    def __init__(self, namespace: dict):
        self._namespace = namespace
        self._before: dict[str, object] = {}  # what changed names have been, MISSING for none

    def change(self, name: str, value) -> None:
        """Give a name a value; MISSING takes the name away."""
        self._before.setdefault(name, self._namespace.get(name, MISSING))
        if value is MISSING:
            self._namespace.pop(name, None)
        else:
            self._namespace[name] = value

    def put_back(self, name: str) -> None:
        """Give a name that was changed what it has been."""
        self.change(name, self._before[name])
        del self._before[name]

    def put_all_back(self) -> None:
        """Give all names that were changed what they have been."""
        for name in list(self._before):
            self.put_back(name)
