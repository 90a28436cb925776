"""From whatever a student's code returned to a plain array of real numbers, or the reason why not.

Nothing here trusts the value: it may be None, ragged, a tensor on its way to `backward`, an object
whose conversion fails.
"""

import sys
import types
import warnings
from contextlib import contextmanager

import numpy as np

from helpers.messages import message

_FUNCTIONS = (types.FunctionType, types.MethodType, types.BuiltinFunctionType)
_REFUSED_KINDS = {"O": "object_dtype", "S": "text_dtype", "U": "text_dtype", "c": "complex_dtype"}


class Unusable(ValueError):
    """The value cannot be judged; the text says why, in the words of `helpers.messages`."""


@contextmanager
def quiet():
    """No warning from Python or NumPy: a check says what is wrong in its own words."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield


def real_array(value):
    """`value` as a non-empty array of finite or infinite reals; raises `Unusable` otherwise."""
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
    if tensor.layout != torch.strided:
        tensor = tensor.to_dense()
    if tensor.dtype is torch.bfloat16:  # NumPy has no such type
        tensor = tensor.float()
    return tensor.resolve_conj().resolve_neg().numpy()


def shape_reason(shape, expected):
    """What to look at when `shape` is not `expected` (both tuples); None when they are equal."""
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
    """What to look at when `array` holds NaN or infinity; None when all is finite."""
    if np.isnan(array).any():
        return message("nan")
    return message("inf") if np.isinf(array).any() else None
