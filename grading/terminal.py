"""How tables look in a terminal."""

from rich.box import SIMPLE_HEAD
from rich.table import Table


def empty_table(title: str) -> Table:
    """A table with a title and a line below its header, to be filled and printed: narrow, because
    the columns of a class's marks hardly fit into 80 characters."""
    return Table(
        title=title, title_justify="left", box=SIMPLE_HEAD,
        show_edge=False, pad_edge=False, padding=0,
    )  # fmt: skip
