"""What students read from their kernel, by language: mostly of a value that may not cross.

The process that says it is told the language by its variable COURSE_LANGUAGE: see
`helpers.messages`, which this package may not import.
"""

import os

VARIABLE = "COURSE_LANGUAGE"
SPANISH = {
    "too_large": "el valor ocupa más de {mb} MB",
    "too_deep": "el valor está anidado a más de {levels} niveles",
    "too_many": "el valor tiene más de {count} elementos",
    "too_long": "el entero tiene más de {bits} bits",
    "check_is_over": "la comprobación a la que pertenece esta función ya terminó",
    "other_thread": "una función de la comprobación no puede llamarse desde otro hilo",
    "no_value": "la respuesta no es un valor",
    "no_value_because": "la respuesta no es un valor ({error})",
    "no_array": "la respuesta no es un arreglo",
    "unknown_type": "la respuesta es de un tipo desconocido",
    "no_function": "el defaultdict no tiene una función",
    "object_out": "un objeto de tipo {type} no puede enviarse",
    "array_out": "un arreglo de dtype {dtype} no puede enviarse",
    "tensor_out": "un tensor de tipo {type} no puede enviarse",
    "object_in": "un objeto no puede recibirse aquí",
    "array_in": "un arreglo de dtype {dtype} no puede recibirse",
    "tensor_in": "un tensor de ese tipo no puede recibirse",
    "no_debugger": "breakpoint() se pasó por alto",
}
ENGLISH = {
    "too_large": "the value takes more than {mb} MB",
    "too_deep": "the value is nested more than {levels} levels deep",
    "too_many": "the value has more than {count} elements",
    "too_long": "the integer has more than {bits} bits",
    "check_is_over": "the check that this function belongs to is over",
    "other_thread": "a function of the check can't be called from another thread",
    "no_value": "the answer is not a value",
    "no_value_because": "the answer is not a value ({error})",
    "no_array": "the answer is not an array",
    "unknown_type": "the answer is of an unknown type",
    "no_function": "the defaultdict has no function",
    "object_out": "an object of type {type} can't be sent",
    "array_out": "an array of dtype {dtype} can't be sent",
    "tensor_out": "a tensor of type {type} can't be sent",
    "object_in": "an object can't be received here",
    "array_in": "an array of dtype {dtype} can't be received",
    "tensor_in": "a tensor of that type can't be received",
    "no_debugger": "breakpoint() was passed over",
}
TEXTS = {"es": SPANISH, "en": ENGLISH}


def sentence(key: str, **values: object) -> str:
    """The sentence of a key in the language of this process; Spanish where it is told none."""
    return TEXTS.get(os.environ.get(VARIABLE, ""), SPANISH)[key].format(**values)
