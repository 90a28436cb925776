"""How much one notebook may use while it is graded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from traitlets import Integer
from traitlets.config import Configurable

if TYPE_CHECKING:  # to import it costs a second
    from nbformat import NotebookNode


class Limits(Configurable):
    """What one notebook may use: `c.Limits` in grader_config.py. A limit that is hit ends what it
    must and no more."""

    cell_seconds = Integer(30, help="A cell, unless its master asks for more.").tag(config=True)
    notebook_seconds = Integer(3600, help="All cells and checks of a notebook.").tag(config=True)
    call_seconds = Integer(60, help="One answer to a check: a call, a value.").tag(config=True)
    check_seconds = Integer(300, help="One check.").tag(config=True)
    memory_mb = Integer(4096, help="All processes together; the examiner has as much.").tag(
        config=True
    )
    disk_mb = Integer(256, help="Files in the working folder, and in /tmp.").tag(config=True)
    file_mb = Integer(100, help="The largest file, handed in or written.").tag(config=True)
    files = Integer(10_000, help="How many files.").tag(config=True)
    test_files_mb = Integer(32, help="Files of the submission's that tests read, together.").tag(
        config=True
    )
    output_mb = Integer(5, help="What one cell shows.").tag(config=True)
    processes = Integer(64, help="Processes and threads.").tag(config=True)

    def as_dict(self) -> dict[str, int]:
        """The limits by name, for a Job."""
        return {name: getattr(self, name) for name in self.trait_names(config=True)}


def cell_timeout(cell: NotebookNode, default: int) -> int:
    """Seconds that a cell may take: what the master grants in `grading.timeout`, or `default`."""
    return cell.metadata.get("grading", {}).get("timeout", default)
