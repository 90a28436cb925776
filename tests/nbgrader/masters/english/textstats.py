"""Helpers for texts."""


def normal(text):
    """The text in small letters, without punctuation."""
    return "".join(c for c in text.lower() if c.isalnum() or c.isspace())
