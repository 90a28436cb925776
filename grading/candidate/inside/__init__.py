"""What runs beside the student's code. It knows no test, no expected value and no master."""
