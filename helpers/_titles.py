"""What an exercise is called: the first comment of its cell."""

_LONGEST = 80
# "###" opens and closes the instructor's regions, "# %%" opens a cell of a script.
_NO_TITLE = ("###", "# %%", "#%%")


def first_comment(source, besides=""):
    """The text of the first comment in the source of a cell, without its #; None without one.

    Comments whose text is a part of `besides` do not count.
    """
    for line in map(str.strip, source.splitlines()):
        if line.startswith("#") and not line.startswith(_NO_TITLE):
            text = line.lstrip("# ")
            if text and text not in besides:
                return text
    return None


def check_title(source):
    """The title of a check: the first comment of its cell, cut after 80 characters; or None."""
    comment = first_comment(source)
    return comment and comment[:_LONGEST]
