"""What only instructors run: build, check, execute, record and report an assignment."""

import sys

# jsonschema builds a grammar of web addresses here, a second in each process that imports nbformat;
# it goes on without one, and no schema of notebooks or ours asks for it.
sys.modules.setdefault("rfc3987_syntax", None)
