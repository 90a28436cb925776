"""Names of the older library that this one lacks, and what to use in their place.

Notebooks of older editions import them. What says so is an ImportError for every kind of access:
Python shows the text of an AttributeError only where a name is asked for with a dot, and its own
"cannot import name" in `from helpers.tick import check_answer`.
"""

from helpers.messages import message

# Module → name → the message that says what to use.
NAMES = {
    "tick": {
        "available_marks": "older_totals",
        "check_answer": "older_check_answer",
        "init_marks": "older_init_marks",
        "js_summarise_marks": "older_summarise",
        "total_marks": "older_totals",
    }
}
MODULES = dict.fromkeys(("ellipse", "embed_images", "image_audio", "tkanvas"), "older_pictures")
MODULES |= dict.fromkeys(("matrices", "show_slice", "transformations"), "older_arrays")
MODULES |= dict.fromkeys(("float_inspector", "vector_checks"), "older_arrays")
OTHER_TOOLS = ("complexity", "history", "nbstripcode", "saveload", "scrub_code", "test_utils")
MODULES |= dict.fromkeys(OTHER_TOOLS, "older_tool")


def missing(module, name):
    """Raise what an access to a name that a module lacks must raise, for its `__getattr__`.

    module: without "helpers.". Raises ImportError with a sentence for students for a name of the
    older library, else AttributeError.
    """
    if key := NAMES.get(module, {}).get(name):
        raise ImportError(message(key, name=f"{module}.{name}"), name=f"helpers.{module}")
    raise AttributeError(f"module 'helpers.{module}' has no attribute {name!r}")


class Finder:
    """Where Python asks, last of all, for a module that no one has found: see `sys.meta_path`."""

    @staticmethod
    def find_spec(fullname, path=None, target=None):
        """Raise ImportError with a sentence for students for a module of the older library."""
        package, _, name = fullname.partition(".")
        if package == "helpers" and name in MODULES:
            raise ImportError(message(MODULES[name], name=name), name=fullname)
        return None
