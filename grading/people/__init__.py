"""Who the submissions are of: the roster, pairs, deadlines, grades, exports."""
