"""The student's side of grading: the box, and the kernel in it (`candidate_kernel`)."""
