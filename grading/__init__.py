"""What only instructors run: build, check, execute, record and report an assignment."""
