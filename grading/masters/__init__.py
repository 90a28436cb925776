"""What an instructor writes: rules, the student version, answers, the example class."""
