"""What is kept of a training that trusted code has run: states of some of its epochs.

A record holds the states after the first epochs, and pairs of states, before and after an epoch,
for epochs drawn at random over the whole training and for the last one. The epochs are drawn anew
for each record and are never told. This is proof-of-learning (https://arxiv.org/abs/2103.05633)
with the parts exchanged: there the one who trained hands in the states, here the verifier has them.
"""

import hashlib
import random
from functools import cached_property

import msgpack

from grading.replay.agreement import tells
from grading.replay.moments import Moment

FIRST = 3  # epochs at the start that a submission's loop always runs
KEPT = 16  # pairs of a record, beside the last epoch's
DRAWN = 4  # pairs that a submission's loop runs, beside the last epoch
FEWEST = FIRST + DRAWN + 5  # epochs of a loop: with fewer, a proof saves too little
LARGEST = 64 * 2**20  # bytes of a state that trusted code may send
DRAW = random.SystemRandom()


def epochs_to_keep(n: int) -> list[int]:
    """Numbers of the epochs of which a record of `n` keeps pairs, in order; the last one is one."""
    middle = range(FIRST, n - 1)
    return [*sorted(DRAW.sample(middle, min(KEPT, len(middle)))), n - 1]


def stops(n: int) -> list[int]:
    """How many epochs are done when the states of a new record are taken."""
    pairs = epochs_to_keep(n)
    return sorted({*range(FIRST + 1), *pairs, *(epoch + 1 for epoch in pairs)})


class Record:
    """One training of `n` epochs. states: by how many epochs were done, as the kernel sent them."""

    def __init__(self, n: int, states: dict[int, bytes]):
        self.n, self.states = n, states
        self._moments: dict[int, Moment] = {}

    @classmethod
    def unpack(cls, raw: bytes) -> "Record | None":
        """The record that `pack` wrote; None for what is none."""
        try:
            n, states = msgpack.unpackb(raw, strict_map_key=False)
            record = cls(n, dict(states))
            complete = {*range(FIRST + 1), n - 1, n} <= record.states.keys()
            return record if complete and record.pairs else None
        except (ValueError, TypeError, msgpack.UnpackException):
            return None

    def pack(self) -> bytes:
        return msgpack.packb([self.n, self.states])

    @cached_property
    def name(self) -> str:
        """A digest of the whole record."""
        return hashlib.sha256(self.pack()).hexdigest()

    @property
    def largest(self) -> int:
        """Bytes of its largest state."""
        return max(map(len, self.states.values()))

    @cached_property
    def pairs(self) -> list[int]:
        """The epochs between the first ones and the last one of which both states are there."""
        return [k for k in sorted(self.states) if FIRST <= k < self.n - 1 and k + 1 in self.states]

    def moment(self, done: int) -> Moment:
        """The state after `done` epochs. Raises ValueError where what is kept is none."""
        if done not in self._moments:
            self._moments[done] = Moment.read(self.states[done])
        return self._moments[done]

    def draw(self) -> list[int]:
        """Epochs for one proof, in order; the last one is always one of them."""
        return [*sorted(DRAW.sample(self.pairs, min(DRAWN, len(self.pairs)))), self.n - 1]

    def proves(self) -> bool:
        """Whether each of its epochs changes more than rounding does, so that it tells something.

        Raises ValueError as `moment` does.
        """
        return all(tells(self.moment(k), self.moment(k + 1)) for k in [*self.pairs, self.n - 1])
