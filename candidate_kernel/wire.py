"""Values as data: what may cross between the candidate and the examiner, and how.

Both processes use this module. A value becomes a tree of plain msgpack types: nil, booleans, 64-bit
integers, floats, text and bytes stand for themselves, and everything else is an array whose first
item names its type. What is not data crosses as a handle: a number that its own side knows, and
its classes by name. Nothing that is decoded is ever run, imported or unpickled.
"""

from collections.abc import Callable

import msgpack

from .wire_decoding import Decoder
from .wire_encoding import Encoder, class_names
from .wire_rules import MAX_BYTES, Unknown, WireError, printable

__all__ = ["Unknown", "WireError", "class_names", "pack", "printable", "unpack"]


def pack(value, handle: Callable[[object], int] | None = None, lends: bool = False) -> bytes:
    """`value` as bytes. `handle` gives a number to what is not data; without it that is refused.

    lends: a container of a class of one's own that has special methods stays here and is asked.
    Raises WireError for a value that is too large, too deep or that may not cross.
    """
    raw = msgpack.packb(Encoder(handle, lends).encode(value, 0), use_bin_type=True)
    if len(raw) > MAX_BYTES:
        raise WireError("too_large", mb=MAX_BYTES // 2**20)
    return raw


def unpack(raw: bytes, handle: Callable[[Unknown], object] | None = None):
    """The value that `pack` made into `raw`; `handle` makes something of each handle in it.

    Raises WireError for anything that `pack` would not have written.
    """
    if len(raw) > MAX_BYTES:
        raise WireError("too_large", mb=MAX_BYTES // 2**20)
    try:
        tree = msgpack.unpackb(raw, raw=False, strict_map_key=True, max_map_len=0, max_ext_len=0)
        return Decoder(handle).decode(tree, 0)
    except WireError:
        raise
    except Exception as error:  # whatever the other side sent, it is no value
        raise WireError("no_value_because", error=type(error).__name__) from None
