"""The class that an object of the student's says it has, where a test may believe it."""

import sys
import types

# What a check takes for a value must be a value: a handle can't claim to be one.
VALUES = (
    "builtins:", "numpy", "pandas", "collections", "_collections_abc:", "numbers:", "decimal:",
    "fractions:", "datetime:", "torch:Tensor", "torch.nn.parameter:",
)  # fmt: skip


# Classes of Python's whose names are not those of `builtins`.
NAMELESS = {
    f"builtins:{kind.__name__}": kind
    for kind in (
        types.FunctionType, types.BuiltinFunctionType, types.MethodType, types.GeneratorType,
        types.CoroutineType, types.ModuleType, types.CodeType,
    )
}  # fmt: skip


def claimed_class(names: list[str]):
    """The first class that an object says it is and that is loaded here; None for a value's."""
    for name in names:
        if name in NAMELESS:
            return NAMELESS[name]
        kind = loaded_class(name)
        if kind is not None:
            return None if _is_value(kind) else kind
    return None


def loaded_class(name: str) -> type | None:
    """The class of a name, "module:qualified name", that is loaded here; None where none is."""
    module_name, _, qualified = name.partition(":")
    # The student's own module is another one than ours of that name.
    kind = sys.modules.get(module_name) if module_name != "__main__" else None
    for part in qualified.split("."):
        kind = vars(kind).get(part) if hasattr(kind, "__dict__") else None
    return kind if isinstance(kind, type) else None


def _is_value(kind: type) -> bool:
    """Whether a class is one of `VALUES` or made of one, by whatever name it was found."""
    names = [f"{base.__module__}:{base.__qualname__}" for base in kind.__mro__[:-1]]
    return kind is object or any(name.startswith(VALUES) for name in names)
