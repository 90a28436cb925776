"""What happened to a class: one page for the instructor, after grading."""
