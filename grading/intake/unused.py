"""Take out of a notebook's JSON text what grading never uses, which may be most of the file."""

import re

MAX_BRACKETS = 5_000_000  # in all of the file: a few seconds

# Everything up to the next bracket that stands in no string, and that bracket.
_NEXT = re.compile(rb'(?:[^"\[\]{}]++|"(?:[^"\\]++|\\.)*+")*+[\[\]{}]', re.DOTALL)
_KEY = re.compile(rb'(?<!\\)"(outputs|metadata)"\s*:\s*\Z')
SMALL = 10_000  # bytes
_LONGEST_KEY = 64  # bytes, with the white space around the colon
# How many brackets are open around the key: outputs in a cell, of a notebook of format 4 or 3;
# the metadata of the notebook, where widgets keep their state.
_DEPTHS = {b"outputs": (3, 5), b"metadata": (1,)}


def without_unused(raw: bytes) -> bytes:
    """The JSON text of a notebook without its outputs, and without its own metadata if it is large.

    Takes memory for what is left, and a time in proportion to the length. Text that is no JSON is
    given back with the fault in it.
    Raises ValueError when the text has over MAX_BRACKETS brackets or ends within such a value.
    """
    if raw.count(b"[") + raw.count(b"{") > MAX_BRACKETS:
        raise ValueError(f"it has over {MAX_BRACKETS:,} lists and objects")
    kept, begin, start, place, depth, unused = [], 0, 0, 0, 0, None
    while found := _NEXT.match(raw, place):
        place = found.end()
        if raw[place - 1] in b"[{":
            if unused is None and _is_unused(raw, place - 1, depth):
                kept.append(raw[begin : place - 1])
                start, unused = place - 1, depth
            depth += 1
        else:
            depth -= 1
            if depth == unused:
                if depth == 1 and place - start <= SMALL:
                    kept.append(raw[start:place])  # which Python saved the notebook
                else:
                    kept.append(b"[]" if raw[place - 1] == ord("]") else b"{}")
                begin, unused = place, None
    if unused is not None:
        raise ValueError("it ends in the middle of an output: the file was cut off")
    return b"".join([*kept, raw[begin:]])


def _is_unused(raw: bytes, place: int, depth: int) -> bool:
    """Whether the list or object that begins at `place` is the value of an unused key."""
    if depth not in (1, 3, 5):
        return False
    key = _KEY.search(raw[max(0, place - _LONGEST_KEY) : place])
    return key is not None and depth in _DEPTHS[key[1]]
