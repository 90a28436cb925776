"""A Job: everything that grading one notebook needs, in one value that can travel."""

from __future__ import annotations

import hashlib
import json
from base64 import b64decode, b64encode
from dataclasses import dataclass, field, fields
from functools import cached_property

from grading.regions import NBGRADERS_HIDDEN_TESTS, Region
from grading.versions import code_parts, digest_of
from grading.words import FIRST

VERSION = 5
SUBMITTED = ("the notebook", "the files beside it")  # the parts that are the student's
SAVED_BY = "saved_by_python"  # in a notebook's metadata: the version, where it is a newer series
BYTES = ("files", "master_files", "trainings")  # what stands in JSON as base64


@dataclass(frozen=True)
class Job:
    """One notebook to execute and examine.

    notebook: the sanitised submission, as nbformat 4 JSON.
    masters: by name, as JSON, the notebook's own, which its tests are taken from, and those that
    `reference` is asked for. files: the student's own beside the notebook, path → content;
    master_files: the master's, which come before them. refused: the student's files that were left
    out, with the reason.
    limits: see `grading.model.limits.Limits`. confined: in a sandbox. language: of what students
    read. stub: the text of an
    open blank. hidden_tests: how the masters' test cells mark what students do not see.
    teaches: it is trusted code (a master), whose trainings are recorded. trainings: what such jobs
    have recorded, name → record; a loop that agrees with one leaves most epochs out. audits: it
    leaves none out, and only compares the end. They change no mark, so they are no part of the key.
    warm: start from processes that have run `imports` already, the import statements that the
    whole assignment is provided with; decides no outcome.
    To test the tests with: until_failure, to stop after the first check that fails; threads, of the
    numeric libraries in the kernel; measures, to note how far numbers were from their thresholds;
    draws, how many times each test draws its random inputs.
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
    language: str = FIRST
    hidden_tests: Region = NBGRADERS_HIDDEN_TESTS
    teaches: bool = False
    audits: bool = False
    trainings: dict[str, bytes] = field(default_factory=dict)
    warm: bool = True
    imports: list[str] = field(default_factory=list)
    until_failure: bool = False
    threads: int = 1
    measures: bool = False
    draws: int = 1

    @property
    def key(self) -> str:
        """SHA-256 over all that decides the outcome: equal keys, equal outcomes."""
        return digest_of(self.parts)

    def seed(self, grade_id: str, draw: int = 0) -> int:
        """What a test draws its random inputs from: a number of 32 bits.

        The same one for the same submission, always and everywhere; another one for another
        submission, so that what one attempt has recorded of the inputs helps no later attempt.
        """
        submitted = [self.parts[name] for name in SUBMITTED]
        return int(_digest([*submitted, grade_id, draw])[:8], 16)

    @cached_property
    def parts(self) -> dict[str, str]:
        """All that decides the outcome, by name: digests, and in plain text what is short."""
        parts = {
            "the notebook": _digest([self.name, self.notebook]),
            "the files beside it": _digest([_sums(self.files), self.refused]),
            "the assignment's files": _digest(_sums(self.master_files)),
            "the sandbox": "yes" if self.confined else "no",
            "the text of a blank": self.stub,
            "the language": self.language,
            "the delimiters of hidden tests": " … ".join(self.hidden_tests),
            "teaching": "yes" if self.teaches else "no",
            "how tests are tested": str(
                (self.until_failure, self.threads, self.measures, self.draws)
            ),
        }
        parts |= {f"the master {name}": _digest(master) for name, master in self.masters.items()}
        parts |= {f"the limit {name}": str(value) for name, value in self.limits.items()}
        return parts | code_parts()

    def to_json(self) -> str:
        data = {each.name: getattr(self, each.name) for each in fields(self)}
        data["version"] = VERSION
        for name in BYTES:
            data[name] = {path: b64encode(raw).decode() for path, raw in data[name].items()}
        return json.dumps(data, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Job:
        """The inverse of `to_json`. Raises ValueError on another version's."""
        data = json.loads(text)
        if data.pop("version", None) != VERSION:
            raise ValueError("a Job of another version of the kit")
        for name in BYTES:
            data[name] = {path: b64decode(raw) for path, raw in data[name].items()}
        data["hidden_tests"] = Region(*data["hidden_tests"])
        return cls(**data)


def _digest(value) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def _sums(files: dict[str, bytes]) -> dict[str, str]:
    return {path: hashlib.sha256(raw).hexdigest() for path, raw in files.items()}
