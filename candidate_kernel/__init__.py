"""The program that runs inside the box: the student's kernel, and the answers that it gives.

Everything here is within reach of the submission, so nothing here decides a mark. The package
imports neither `grading` nor `helpers`.
"""
