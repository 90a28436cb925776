"""The student's side of grading: a kernel in a box, and the folder `inside` that the box sees."""
