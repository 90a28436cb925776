"""From an instructor's inbox to submitted/STUDENT/ASSIGNMENT: who is who, nothing lost."""
