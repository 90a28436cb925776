"""What nbgrader keeps of an Outcome."""
