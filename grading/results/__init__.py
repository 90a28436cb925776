"""What leaves the course: grades for other programs, and a student who is forgotten."""
