"""What came in: read it, put the master's cells back, make Jobs of it."""
