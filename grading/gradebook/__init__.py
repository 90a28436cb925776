"""nbgrader's gradebook: one transaction for each submission, and copies of the file."""
