"""The trusted side of grading: a process that runs the master's tests on values asked for."""
