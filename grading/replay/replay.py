"""Answers what the training loops of one notebook ask: which states to send, which to go on from.

Trusted code (a master) teaches: its loop's states become a `Record`. A submission's loop runs its
first epochs. Where their states agree with a record, it is given the record's states before some
epochs, and runs each of these epochs by its own code. Whether what comes out agrees is decided
here, outside of the box, and the kernel is not told. A loop that departs is run in full.
"""

from collections.abc import Mapping
from dataclasses import replace

import msgpack

from grading.model.outcome import LoopRun
from grading.replay.agreement import difference
from grading.replay.loops import NotReplayed, lists_only_appended_to
from grading.replay.moments import Moment
from grading.replay.records import FEWEST, FIRST, LARGEST, Record, stops
from grading.text import for_terminal

SMALL = 64 * 1024  # bytes of a question beside the state in it, or of all generators
WHY = {
    "function": "the loop stands in a function",
    "kind": "its state holds what can't be taken over",
    "rebinds": "rebinds what it declares",
    "generators": "draws from a random generator only later on",
    "large": "its state is larger than any known one",
    "filled": "its state could not be taken over",
    "uneven": "a list of its own does not grow evenly",
}
SHORT = f"fewer than {FEWEST} epochs"
UNKNOWN = "no training of trusted code is known"
NOTHING: dict = {}


class Refuted(Exception):
    """A training departs from the record it began like: the notebook must run in full."""

    def __init__(self, cell: str, reason: str):
        super().__init__(cell, reason)
        self.cell, self.reason = cell, reason


class Loops:
    """The training loops of one notebook, cell by cell.

    known: name → record, as `recorded` of an outcome of trusted code. teaches: this job is one.
    audits: loops run in full, and their end is compared. runs: what became of each loop.
    recorded: the trainings that were seen to their end.
    """

    def __init__(self, known: Mapping[str, bytes], teaches: bool, audits: bool = False):
        records = map(Record.unpack, () if teaches else known.values())
        self._known = [record for record in records if record is not None]
        self._teaches, self._audits = teaches, audits
        self.runs: list[LoopRun] = []
        self.recorded: dict[str, bytes] = {}
        self.begin("", "")

    @property
    def largest(self) -> int:
        """Bytes of the largest question that is taken."""
        return self._largest_state + SMALL

    @property
    def _largest_state(self) -> int:
        if self._teaches:
            return LARGEST
        return 2 * max((record.largest for record in self._known), default=0) + SMALL

    def begin(self, cell: str, source: str) -> None:
        """A cell begins: the questions that follow are its loops'."""
        self._cell, self._source = cell, source
        self._at: _Lesson | _Proof | _End | None = None

    def end(self) -> bool:
        """The cell is over; returns whether some epochs of its loop stood for all of them.

        Raises Refuted when a proof that had begun did not succeed.
        """
        if not isinstance(self._at, _Proof) or not self._at.jumped:
            return False
        if reason := self._at.failure or ("" if self._at.over else "it was not run to its end"):
            raise Refuted(self._cell, reason)
        self._tell("", record=self._at.record.name, replayed=True)
        return True

    def answer(self, raw: bytes) -> bytes:
        """The answer to one question. Raises ValueError, KeyError or TypeError on what is none."""
        question = msgpack.unpackb(raw, max_ext_len=0)
        method = {"start": self._start, "state": self._state, "refused": self._refused}
        return msgpack.packb(method[question.pop("ask")](**question))

    def _start(self, n: int) -> dict:
        """A loop begins. Answers after how many epochs its state is wanted, and how large one
        may be; nothing where no state is."""
        self._require_settled()
        if n < FEWEST:
            self._note(n, SHORT)
            return NOTHING
        if self._teaches:
            self._at = _Lesson(n, self._source)
        else:
            records = [record for record in self._known if record.n == n]
            if not records:
                others = ", ".join(sorted({str(record.n) for record in self._known}))
                self._note(n, f"another number of epochs than {others}" if others else UNKNOWN)
                return NOTHING
            self._at = _End(records, n) if self._audits else _Proof(records, self._source)
        self._note(n, "its loop was left")
        return {"stops": self._at.stops, "largest": self._largest_state}

    def _state(self, done: int, state: bytes, declared: list, changed: list) -> dict:
        """The state after `done` epochs. Answers a later state to go on from, where there is one,
        and after how many epochs the next states are wanted."""
        if self._at is None:
            raise ValueError("no loop is followed")
        if type(state) is not bytes or len(state) > self._largest_state:
            raise ValueError("no state")
        try:
            answer = self._at.state(done, state, set(declared), set(changed))
        except NotReplayed as refusal:
            self._tell(str(refusal))
            self._at = None
            return NOTHING
        if done == self.runs[-1].epochs:
            self._seen_to_its_end()
        return answer

    def _seen_to_its_end(self) -> None:
        if isinstance(self._at, _Lesson):
            record = self._at.record
            self.recorded[record.name] = record.pack()
            self._tell("recorded", record=record.name)
        if isinstance(self._at, _End):
            self._tell("ran in full", departs=self._at.departs)
        if not isinstance(self._at, _Proof):
            self._at = None

    def _refused(self, n: int, why: str, name: str) -> dict:
        reason = WHY[why] + (f": {for_terminal(name[:80])}" if name else "")
        if self._at is None:
            self._note(n, reason)
        elif isinstance(self._at, _Proof) and self._at.jumped:
            self._at.failure = self._at.failure or reason
        else:  # found out later on, of the loop that began
            self._tell(reason)
            self._at = None
        return NOTHING

    def _require_settled(self) -> None:
        """Another loop of the cell begins: a proof that was begun before must be over."""
        if isinstance(self._at, _Proof) and self._at.jumped:
            self._at.failure = self._at.failure or "another loop began within it"
            raise ValueError("a proof is not over")

    def _note(self, n: int, reason: str) -> None:
        if type(n) is not int or not 0 <= n < 2**53:
            raise ValueError("no number of epochs")
        self.runs.append(LoopRun(self._cell, n, reason=reason))

    def _tell(self, reason: str, **fields) -> None:
        self.runs[-1] = replace(self.runs[-1], reason=reason, **fields)


class _Lesson:
    """The loop of trusted code. record: what was kept of it, once it is over."""

    def __init__(self, n: int, source: str):
        self._n, self._source, self.stops, self._states = n, source, stops(n), {}
        self.record: Record | None = None

    def state(self, done: int, state: bytes, declared: set, changed: set) -> dict:
        """Raises NotReplayed where no other loop could be compared with this one."""
        self._states[done] = state
        if done < self._n:
            answer = {"stops": [stop for stop in self.stops if stop > done]}
            if done == FIRST:
                answer["appended"] = lists_only_appended_to(self._source, declared, changed)
            return answer
        record = Record(self._n, self._states)
        try:
            if not record.proves():
                raise NotReplayed("its epochs change too little to be told apart")
        except ValueError as error:
            raise NotReplayed(f"its state can't be compared: {error}") from None
        self.record = record
        return NOTHING


class _Proof:
    """The loop of a submission, which is compared with records.

    stops: the first states that are wanted. record: the one that the first epochs agree with.
    jumped: whether the loop was given a state. failure: where it departed from the record since.
    over: whether it was seen to the end.
    """

    def __init__(self, records: list[Record], source: str):
        self._records, self._source = records, source
        self.stops = list(range(FIRST + 1))
        self.record = records[0]
        self._expected = list(self.stops)
        self._left: list[int] = []
        self.jumped = self.over = False
        self.failure = ""

    def state(self, done: int, state: bytes, declared: set, changed: set) -> dict:
        """Raises NotReplayed where the loop must go on by itself."""
        if type(done) is not int or self._expected[:1] != [done]:
            raise ValueError("not a state that was asked for")
        self._expected.pop(0)
        if self.jumped:
            self.failure = self.failure or _departs(self.record, done - 1, done, state)
            return self._next()
        self._compare_first(done, state)
        if done < FIRST:
            return {"stops": self._expected}
        appended = lists_only_appended_to(self._source, declared, changed)
        self._left = self.record.draw()
        return {"appended": appended} | self._next()

    def _compare_first(self, done: int, state: bytes) -> None:
        before = max(done - 1, 0)
        reasons = [(each, _departs(each, before, done, state)) for each in self._records]
        agreeing = [record for record, reason in reasons if not reason]
        if not agreeing:
            when = f"after epoch {done}" if done else "before its first epoch"
            raise NotReplayed(f"{when}, {reasons[0][1]}")
        self._records, self.record = agreeing, agreeing[0]

    def _next(self) -> dict:
        if not self._left:
            self.over = True
            return NOTHING
        epoch = self._left.pop(0)
        self.jumped, self._expected = True, [epoch + 1]
        return {"to": epoch, "state": self.record.states[epoch], "stops": [epoch + 1]}


class _End:
    """A loop that runs in full. departs: what differs at its end from every record."""

    def __init__(self, records: list[Record], n: int):
        self._records, self.stops = records, [n]
        self.departs: str | None = None

    def state(self, done: int, state: bytes, declared: set, changed: set) -> dict:
        reasons = [_departs(record, 0, done, state) for record in self._records]
        self.departs = "" if "" in reasons else reasons[0]
        return NOTHING


def _departs(record: Record, before: int, done: int, state: bytes) -> str:
    """What differs from the record's state after `done` epochs; empty where they agree.

    before: how many epochs were done when the ones whose work is compared began.
    """
    try:
        most = difference(record.moment(before), record.moment(done), Moment.read(state))
    except ValueError as error:
        return str(error)
    return for_terminal(str(most)[:120]) if most.size > 1 else ""
