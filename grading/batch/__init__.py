"""A whole class: what must run, in parallel, kept as it arrives."""
