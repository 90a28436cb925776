"""A Job: everything that grading one notebook needs, in one value that can travel."""

from __future__ import annotations

import hashlib
import json
from base64 import b64decode, b64encode
from dataclasses import dataclass, field, replace

from grading.versions import code_digest

VERSION = 1


@dataclass(frozen=True)
class Job:
    """One notebook to execute and examine.

    notebook: the sanitised submission, as nbformat 4 JSON.
    masters: by name, as JSON, the notebook's own, which its tests are taken from, and those that
    `reference` is asked for. files: the student's own beside the notebook, path → content;
    master_files: the master's, which come before them. refused: the student's files that were left
    out, with the reason.
    limits: see `grading.limits.Limits`. confined: in a sandbox. stub: the text of an open blank.
    warm: start from processes that have imported its libraries already; decides no outcome.
    """

    assignment: str
    name: str
    notebook: dict
    masters: dict[str, dict]
    files: dict[str, bytes] = field(default_factory=dict)
    master_files: dict[str, bytes] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    limits: dict[str, int] = field(default_factory=dict)
    confined: bool = True
    stub: str = ""
    warm: bool = True

    @property
    def key(self) -> str:
        """SHA-256 over all that decides the outcome: equal keys, equal outcomes."""
        digest = hashlib.sha256(replace(self, warm=True).to_json().encode())
        digest.update(code_digest().encode())
        return digest.hexdigest()

    def to_json(self) -> str:
        data = vars(self) | {"version": VERSION}
        for name in ("files", "master_files"):
            data[name] = {path: b64encode(raw).decode() for path, raw in data[name].items()}
        return json.dumps(data, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Job:
        """The inverse of `to_json`. Raises ValueError on another version's."""
        data = json.loads(text)
        if data.pop("version", None) != VERSION:
            raise ValueError("a Job of another version of the kit")
        for name in ("files", "master_files"):
            data[name] = {path: b64decode(raw) for path, raw in data[name].items()}
        return cls(**data)
