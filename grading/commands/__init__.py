"""The commands of `python -m grading`, and how they end."""

NEEDS_A_LOOK = 3
INTERRUPTED = 130
