"""Motion near the ground, and a list of what was measured."""

G = 9.80665  # m/s^2

_measurements = []


def record(value):
    """Keeps a measurement."""
    _measurements.append(value)


def measured():
    """All measurements, the oldest first."""
    return list(_measurements)
