"""Turn whatever a student's code returned into an array of real numbers, or say why that fails.

The value may be anything: None, a list of lists of other lengths, a tensor that takes part in a
gradient, an object that cannot be converted.
"""

import sys
import types
import warnings
from contextlib import contextmanager

import numpy as np

from helpers.messages import message

_FUNCTIONS = (types.FunctionType, types.MethodType, types.BuiltinFunctionType)
# One letter for a kind of NumPy's dtypes (`dtype.kind`) → the message that refuses it.
_REFUSED_KINDS = {"O": "object_dtype", "S": "text_dtype", "U": "text_dtype", "c": "complex_dtype"}


class Unusable(ValueError):
    """A value is nothing that could be judged. The text says why, for students to read."""


@contextmanager
def quiet():
    """Silence the warnings of Python and NumPy: a check says what is wrong in its own words."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield


def real_array(value):
    """`value` as a NumPy array of booleans, integers or floats, of any shape, not empty.

    NaN and infinity may be among them. Raises `Unusable` for any other value.
    """
    if value is None:
        raise Unusable(message("none"))
    if isinstance(value, _FUNCTIONS):
        raise Unusable(message("callable", name=getattr(value, "__name__", "?")))
    with quiet():
        array = _convert(value)
    kind = array.dtype.kind
    if kind in "OSUV" and array.ndim == 0:
        raise Unusable(message("not_array", type=type(value).__name__))
    if kind not in "biuf":
        raise Unusable(message(_REFUSED_KINDS.get(kind, "other_dtype"), dtype=array.dtype))
    if array.size == 0:
        raise Unusable(message("empty", shape=array.shape))
    return array


def _convert(value):
    """`value` as a NumPy array of any kind; raises `Unusable` when there is no such array."""
    try:
        return np.array(_without_tensors(value))
    except ValueError as error:
        key = "ragged" if "inhomogeneous" in str(error) else "not_array"
        raise Unusable(message(key, type=type(value).__name__)) from None
    except Exception:  # any class may define its own conversion to an array
        raise Unusable(message("not_array", type=type(value).__name__)) from None


def _without_tensors(value):
    """`value` with its tensors, also those inside lists and tuples, turned into arrays."""
    torch = sys.modules.get("torch")
    if torch is None:
        return value
    if isinstance(value, torch.Tensor):
        return _tensor_array(value.detach().cpu(), torch)
    if isinstance(value, list | tuple):
        return [_without_tensors(item) for item in value]
    return value


def _tensor_array(tensor, torch):
    """A tensor in the processor's memory, without a gradient, as a NumPy array."""
    if tensor.layout != torch.strided:
        tensor = tensor.to_dense()
    if tensor.dtype is torch.bfloat16:  # NumPy has no such type
        tensor = tensor.float()
    return tensor.resolve_conj().resolve_neg().numpy()


def shape_reason(shape, expected):
    """What to tell a student whose array has another shape than the right one.

    shape, expected: the two shapes, tuples of ints. Returns None when they are equal.
    """
    if shape == expected:
        return None
    if len(shape) > 1 and shape == expected[::-1]:
        key = "transposed"
    elif len(shape) == 0:
        key = "no_axes"
    elif len(shape) != len(expected):
        key = "dimensions"
    elif len(shape) == 1:
        key = "length"
    elif sorted(shape) == sorted(expected):
        key = "axes_order"
    elif np.prod(shape) == np.prod(expected):
        key = "reshaped"
    elif shape[1:] == expected[1:]:
        key = "first_axis"
    else:
        key = "shape"
    return message(key, shape=shape, length=shape[0] if shape else 1)


def not_finite_reason(array):
    """What to tell a student whose array has NaN or infinity in it; None when it has neither."""
    if np.isnan(array).any():
        return message("nan")
    return message("inf") if np.isinf(array).any() else None
