"""A Job in, an Outcome out."""
