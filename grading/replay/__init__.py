"""Trainings that were seen bit for bit need not run again."""
