"""What brings courses and assignments of other programs here."""
