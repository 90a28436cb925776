"""What travels through a run: the Job of one notebook, its Outcome, and how both are kept."""
