"""What a student reads, and how pages are kept harmless."""
