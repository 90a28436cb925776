"""The pages for instructors: self-contained HTML, readable on a phone, printable."""
