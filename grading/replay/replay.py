"""Which trainings are known: answers what the training loops of one notebook ask.

A training is known by a digest of all that decides it: what the candidate has seen (the state after
each of the first epochs, bit for bit; the random generators), the loop's source, the code and
packages, the processor. What it ends in was recorded by a job of trusted code, never by a
submission. A submission that sends a digest that it did not compute gets trained weights, which it
could as well have brought along; it is told nothing but the answer to the digest that it sends.
"""

import hashlib
import platform
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import msgpack

from candidate_kernel.follower import FEWEST, LARGEST
from grading.model.outcome import LoopRun
from grading.replay.loops import NotReplayed, training_source
from grading.text import for_terminal
from grading.versions import add, code_digest

SMALL = 64 * 1024  # bytes of a question that carries no state
WHY = {
    "short": f"fewer than {FEWEST} epochs",
    "function": "the loop stands in a function",
    "kind": "its state holds what can't be taken over",
    "rebinds": "rebinds what it declares",
    "generators": "draws from a random generator only later on",
    "large": f"its state has more than {LARGEST // 2**20} MB",
    "filled": "its state could not be taken over",
}
PROCESSOR = ("vendor_id", "cpu family", "model", "model name", "stepping", "cache size", "flags",
             "CPU implementer", "CPU part", "CPU revision", "Features")  # fmt: skip


class Refuted(Exception):
    """A replayed training did not end as recorded: the notebook must run without any replay."""

    def __init__(self, cell: str):
        super().__init__(cell)
        self.cell = cell


class Loops:
    """The training loops of one notebook, cell by cell.

    known: digest → record, as `recorded` of an outcome of trusted code. teaches: this job is one.
    runs: what became of each loop. recorded: the trainings that were seen to their end.
    """

    def __init__(self, known: Mapping[str, bytes], teaches: bool):
        self._known, self._teaches = known, teaches
        self.runs: list[LoopRun] = []
        self.recorded: dict[str, bytes] = {}
        self.begin("", "")

    @property
    def largest(self) -> int:
        """Bytes of the largest question that is taken."""
        return LARGEST + SMALL if self._teaches else SMALL

    def begin(self, cell: str, source: str) -> None:
        """A cell begins: the questions that follow are its loops'."""
        self._cell, self._source = cell, source
        self._ending: bytes | None = None  # how the loop that was replayed must end
        self._recording: str | None = None
        self._state: bytes | None = None

    def end(self) -> None:
        """The cell is over. Raises Refuted when a replayed loop has not ended as recorded."""
        if self._ending is not None:
            raise Refuted(self._cell)

    def answer(self, raw: bytes) -> bytes:
        """The answer to one question. Raises ValueError, KeyError or TypeError on what is none."""
        question = msgpack.unpackb(raw, max_ext_len=0)
        method = {
            "known": self._asked,
            "refused": self._refused,
            "before last": self._before_last,
            "end": self._ended,
        }[question.pop("ask")]
        return msgpack.packb(method(**question) or {})

    def _asked(self, n: int, digest: bytes, declared: list, changed: list) -> dict:
        try:
            source = training_source(self._source, set(declared), set(changed))
            joined = self._joined(digest, source)
        except NotReplayed as refusal:
            self._note(n, str(refusal))
            return {"do": "nothing"}
        record = _record(self._known.get(joined, b"")) if self._ending is None else None
        if record is not None:
            self._note(n, "", joined, replayed=True)
            state, self._ending = record
            return {"do": "jump", "state": state}
        if self._teaches:
            self._recording, self._state = joined, None
        self._note(n, "unknown training", joined)
        return {"do": "record" if self._teaches else "nothing"}

    def _refused(self, n: int, why: str, name: str) -> None:
        reason = WHY[why] + (f": {for_terminal(name[:80])}" if name else "")
        if self._recording is None and self._ending is None:
            self._note(n, reason)
        else:  # found out later on, of the loop that was asked about
            self._recording = None
            self.runs[-1] = replace(self.runs[-1], reason=reason)

    def _before_last(self, state: bytes) -> None:
        if type(state) is bytes and self._recording is not None:
            self._state = state

    def _ended(self, digest: bytes) -> None:
        if self._ending is not None and digest == self._ending:
            self._ending = None
        elif self._recording is not None and self._state is not None and len(digest) == 32:
            self.recorded[self._recording] = msgpack.packb([self._state, digest])
            self.runs[-1] = replace(self.runs[-1], reason="recorded")
            self._recording = None

    def _note(self, n: int, reason: str, digest: str = "", replayed: bool = False) -> None:
        if type(n) is not int or not 0 <= n < 2**53:
            raise ValueError("no number of epochs")
        self.runs.append(LoopRun(self._cell, n, digest, replayed, reason))

    @staticmethod
    def _joined(digest: bytes, source: str) -> str:
        """The candidate's digest and what the grader knows by itself, in one."""
        if type(digest) is not bytes or len(digest) != 32:
            raise ValueError("no digest")
        joined = hashlib.sha256()
        for part in (digest, source.encode(errors="backslashreplace"), machine().encode()):
            add(joined, part)
        return joined.hexdigest()


def _record(raw: bytes) -> tuple[bytes, bytes] | None:
    """The state before the last epoch and the digest of the end; None for what is no record."""
    try:
        state, ending = msgpack.unpackb(raw)
    except (ValueError, TypeError, msgpack.UnpackException):
        return None
    return (state, ending) if type(state) is type(ending) is bytes else None


@lru_cache(maxsize=1)
def machine() -> str:
    """What computes here: code, packages, Python and processor. Other ones round otherwise."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8", "replace").split("\n\n")[0].splitlines()
    except OSError:  # not Linux
        lines = [f"model name : {platform.processor()}"]
    fields = dict(line.partition(":")[::2] for line in lines)
    kind = {name.strip(): value.strip() for name, value in fields.items()}
    processor = [f"{name}={kind[name]}" for name in PROCESSOR if name in kind]
    return " ".join([code_digest(), platform.python_version(), platform.machine(), *processor])
