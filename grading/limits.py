"""How long a cell may run."""

from __future__ import annotations

from nbformat import NotebookNode


def cell_timeout(cell: NotebookNode, default: int) -> int:
    """Seconds that a cell may take: what the master grants in `grading.timeout`, or `default`."""
    return cell.metadata.get("grading", {}).get("timeout", default)
