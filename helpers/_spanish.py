"""Every sentence of `helpers` that students read, in Spanish: see `helpers.messages`."""

SPANISH = {
    # Marks. The word "marks" and the signs are those of older editions: old notebooks show them.
    "passed": "✓ [{marks} marks]",
    "failed": "✘ [0/{marks} marks]",
    "partly": "◐ [{earned}/{marks} marks]",
    "correct": "✓ Correcto",
    "incorrect": "✘ Todavía no",
    "prestige": "🏆 ¡Reto superado!",
    "prestige_not_yet": "🏆 Reto opcional: todavía no. No quita puntos; inténtenlo de nuevo.",
    "short_traceback": "✘ {name}: la comprobación no pasó; la pista está arriba.",
    "traceback_with_hint": "✘ {name}: {hint}",
    "exercise": "Comprobación {number}",
    "bad_marks": "los puntos deben ser un número mayor o igual que 0: {marks!r}",
    "quoted": "«{text}»",
    # Hints
    "no_hint": "El resultado no es el esperado. Revisen la fórmula y las formas de los arreglos.",
    "failed_comparison": "No se cumple «{comparison}»: {values}.",
    "not_implemented": "Falta completar este ejercicio.",
    "name_error": "«{name}» no existe todavía: ejecuten en orden las celdas de arriba y revisen "
    "que los ejercicios anteriores estén completos.",
    "name_stopped": "«{name}» no existe todavía, porque la celda que lo define se detuvo: "
    "{reason}.",
    "interrupted": "tardó demasiado o se interrumpió",
    "out_of_order": "¿Falta ejecutar una celda de arriba?",
    "error": "El código se detuvo con un error: {error}.",
    "error_place": "Ocurrió en {function}, línea {line}: {source}",
    "top_level": "la celda",
    "stop_place": "{error} (en {function}, línea {line}: {source})",
    "generator_sum": "np.sum recibió un generador, que no puede sumar: escríbanlo entre corchetes, "
    "[... for ...], para que sea una lista",
    # Tally
    "total": "{earned} / {available} marks ({percent:.1f}%)",
    "tally_title": "Puntos automáticos de {notebook}",
    "tally_title_plain": "Puntos automáticos",
    "column_exercise": "Comprobación",
    "column_marks": "Puntos",
    "column_notebook": "Cuaderno",
    "not_run": "Comprobaciones sin ejecutar",
    "empty_tally": "Todavía no se ha ejecutado ninguna comprobación.",
    "lab_title": "Puntos automáticos de todo el laboratorio",
    "lab_pending": "Para ver el total del laboratorio falta ejecutar en esta carpeta: {notebooks}.",
    "by_hand": "Las preguntas escritas se califican a mano y no están en este recuento.",
    "unsaved": "{notebook}.ipynb tiene cambios sin guardar, o guardados sin ejecutar: guárdenlo y, "
    "si hace falta, ejecútenlo de nuevo.",
    "stale": "Cambiaron después de ejecutarse: {notebooks}. Ejecútenlos de nuevo para ver sus "
    "puntos de ahora.",
    "not_saved": "No se pudo guardar el recuento de este cuaderno junto a él.",
    # The table of networks
    "networks_missing": "Para ver las filas que faltan, ejecuten en esta carpeta: {notebooks}. (Al "
    "calificar, cada cuaderno se ejecuta por separado y ve solo su propia fila.)",
    "network_1_rnn": "RNN en NumPy",
    "network_2_lstm": "LSTM en NumPy",
    "network_3_lstm_pytorch": "LSTM en PyTorch",
    "network_parameters": "parámetros",
    "network_seconds": "entrenamiento (s)",
    "network_loss": "pérdida de prueba (nats por paso)",
    "network_test": "EOS en su lugar, prueba",
    "network_longer": "EOS en su lugar, más largas",
    "network_right": "{right} de {of}",
    "network_unknown": "–",
    # Arrays
    "none": "El resultado es None: ¿falta un return o asignar la variable?",
    "callable": "Se recibió la función {name}, no su resultado: ¿faltó llamarla con ( )?",
    "not_array": "Se esperaba un arreglo de números y el resultado es de tipo {type}.",
    "ragged": "Las filas tienen largos distintos, así que no forman un arreglo.",
    "object_dtype": "El arreglo no contiene solo números (su dtype es object): ¿hay algún None o "
    "alguna lista adentro?",
    "text_dtype": "El arreglo contiene texto y se esperaban números.",
    "complex_dtype": "El arreglo contiene números complejos (dtype {dtype}) y se esperaban reales.",
    "other_dtype": "El dtype {dtype} no es numérico.",
    "empty": "El arreglo está vacío (forma {shape}): ¿se llenó dentro del ciclo?",
    "no_axes": "Es un solo número y se esperaba un arreglo.",
    "transposed": "La forma es {shape}: ¿transpuesta?",
    "transposed_values": "La forma es la esperada, pero los valores están cambiados de lugar: "
    "¿transpuesta?",
    "axes_order": "La forma es {shape}: revisen el orden de los ejes.",
    "reshaped": "La forma es {shape}: la cantidad de elementos es la esperada, pero no la forma.",
    "dimensions": "La forma es {shape}: la cantidad de dimensiones no es la esperada.",
    "length": "El largo, {length}, no es el esperado.",
    "first_axis": "La forma es {shape}: el primer eje no tiene el largo esperado. ¿Falta o sobra "
    "algún elemento?",
    "shape": "La forma es {shape}, que no es la esperada.",
    "nan": "Hay valores NaN: revisen divisiones entre cero y logaritmos de cero o de negativos.",
    "inf": "Hay valores infinitos: revisen divisiones entre cero y exponenciales muy grandes.",
    "values": "La forma {shape} es la esperada, pero los valores no: revisen la fórmula, los "
    "signos y la semilla.",
    "values_integer": "La forma {shape} es la esperada, pero los valores no, y son de tipo "
    "{dtype}: ¿se perdieron los decimales?",
    # Scalars and texts
    "not_number": "Se esperaba un solo número y el resultado es de tipo {type}.",
    "many_numbers": "Se esperaba un solo número y el resultado es un arreglo de forma {shape}.",
    "scalar": "El número no es el esperado (se obtuvo {value}): revisen la fórmula, los signos y "
    "la semilla.",
    "not_text": "Se esperaba un texto y el resultado es de tipo {type}.",
    "empty_text": "El texto está vacío.",
    "spaces": "El texto es casi el esperado: sobran espacios al principio o al final.",
    "text": "El texto no es el esperado: revisen letras, tildes y signos.",
    "not_list": "Se esperaba una lista de textos y el resultado es de tipo {type}.",
    "not_texts": "Se esperaba una lista de textos, pero contiene un elemento de tipo {type}.",
    "empty_list": "La lista está vacía.",
    "list_": "La lista, de largo {length}, no es la esperada: revisen los elementos y su orden.",
    "anagram": "La lista, de largo {length}, no contiene los elementos esperados (el orden no "
    "importa).",
    # Comparisons
    "bad_number": "no es un número: {value!r}",
    "bad_hex": "no es un número en hexadecimal: {value!r}",
    "bad_operator": "operador desconocido: {value!r}; se aceptan {known}",
    "comparison": "El número obtenido ({value}) no cumple la condición que pide el enunciado.",
    "not_sequence": "se esperaba una lista y se recibió un valor de tipo {type}",
    "sizes": "las listas tienen largos distintos, {first} y {second}: lo que falta en la más corta "
    "cuenta como diferente",
    "coincidences": "Coincide el {percent:.1f} % de los elementos, menos de lo que pide el "
    "enunciado.",
    # Handing in
    "not_packed": "No se creó la entrega",
    "no_lab": "No se encontró {file} en {folder}: ejecuten esto en la carpeta del laboratorio.",
    "bad_lab": "{file} está dañado: descarguen de nuevo el laboratorio y copien ese archivo.",
    "ready": "Entrega lista: {name} ({size})",
    "ready_with_warnings": "Entrega creada, con avisos: {name} ({size})",
    "hand_in_next": "Suban ese archivo a la plataforma del curso. Si cambian algo después, "
    "vuelvan a crearlo.",
    "hand_in_colab": "El navegador lo descarga; también queda en la carpeta del laboratorio. Lo "
    "que Colab guarda tarda unos segundos en llegar a esa carpeta: si un aviso no es cierto, "
    "esperen y ejecuten esto de nuevo.",
    "no_notebook": "falta el cuaderno {notebook}.",
    "unreadable_notebook": "{notebook} no se puede leer como cuaderno; se incluye como está.",
    "other_notebook": "{file} no es un cuaderno del laboratorio y no se incluye: ¿le cambiaron el "
    "nombre?",
    "deleted": "{notebook}: faltan celdas que se califican: {cells}. Cópienlas del cuaderno "
    "original.",
    "split": "{notebook}: hay ejercicios o comprobaciones que ocupan más de una celda: {cells}. "
    "¿Se partieron en dos? Seleccionen las partes y únanlas (Shift+M en JupyterLab); si una "
    "es una copia, bórrenla.",
    "blanks": "{notebook}: falta completar ({count}): {cells}.",
    "unanswered": "{notebook}: preguntas escritas sin responder: {cells}. La respuesta va en la "
    "celda que sigue a cada pregunta.",
    "not_run_yet": "{notebook}: no se ha ejecutado hasta el final en esta carpeta, así que no se "
    "sabe cuánto suma.",
    "hand_in_stale": "{notebook}: lo guardado no es lo último que se ejecutó: guárdenlo (Ctrl+S) y "
    "ejecútenlo de nuevo.",
    "no_identity": "falta {name}.",
    "short_identity": "{name} tiene menos de {length} caracteres.",
    "no_id": "sin-carne",
    "plain_name": "entrega",  # in the name of the zip, as no_id
    "two_identities": "{name} no es igual en todos los cuadernos: {values}.",
    "same_identity": "{first} y {second} son iguales.",
    "file_left_out": "{file} no se incluye: {reason}.",
    "too_large": "pesa más de {mb} MB",
    "too_many": "son más de {count} archivos",
    "cannot_write": "No se pudo escribir {file}: {error}. Revisen que haya espacio y que el "
    "archivo no esté abierto.",
    # The self-check
    "check_about": "Ejecuta cuadernos desde cero, como al calificar, y muestra los puntos de las "
    "comprobaciones visibles. No los cambia.",
    "check_file": "{file}: no se encontró.",
    "check_unreadable": "{file}: no se puede leer como cuaderno ({error}).",
    "check_running": "Ejecutando {notebook}",
    "check_cells": " celdas",
    "check_late": "La celda {cell} pasó de {seconds:g} s y se interrumpió: ¿hay un ciclo sin fin? "
    "Si es un entrenamiento largo, denle más tiempo, por ejemplo: --segundos {more:g}.",
    "check_seconds": "segundos que se dan, como mínimo, a cada celda antes de interrumpirla; sin "
    "esta opción, los que la celda trae o {seconds}. Al calificar rigen los límites del curso.",
    "bad_seconds": "debe ser un número mayor que 0: {value!r}",
    "check_died": "El kernel terminó en la celda {cell}: ¿se acabó la memoria?",
    "check_error": "La celda {cell} se detuvo: {error}",
    "check_hidden": "Al calificar se agregan comprobaciones ocultas, que aquí no se ven.",
    "check_names": "CUADERNO.ipynb",
    "check_kernel": "No se pudo iniciar un kernel de Python: {error}",
    # Names of the older library
    "older_check_answer": "{name} es de la biblioteca anterior: usen check_scalar, check_string o "
    "check_list de helpers.checkarr, dentro de un bloque «with tick.marks(n):».",
    "older_init_marks": "{name} es de la biblioteca anterior y ya no hace falta: borren esa línea. "
    "Para empezar el recuento de nuevo: tick.reset_marks().",
    "older_summarise": "{name} es de la biblioteca anterior: usen tick.summarise_marks().",
    "older_totals": "{name} es de la biblioteca anterior: usen tick.results(), que da los puntos "
    "de cada comprobación.",
    "older_pictures": "helpers.{name} es de la biblioteca anterior y aquí no está: para imágenes "
    "usen matplotlib.pyplot (imread, imshow); para sonido, IPython.display.Audio.",
    "older_arrays": "helpers.{name} es de la biblioteca anterior y aquí no está: muestren los "
    "arreglos con print y dibújenlos con matplotlib.pyplot.",
    "older_tool": "helpers.{name} es de la biblioteca anterior y aquí no está: borren esa línea y "
    "las que la usan.",
    # Provided pieces
    "bad_epochs": "la cantidad de épocas debe ser un entero mayor o igual que 0: {epochs!r}",
    "bar": "Entrenamiento",
    "epoch_unit": " épocas",
    "stopped": "El entrenamiento se detuvo después de {done} de {total} épocas; lo calculado hasta "
    "ahí se conserva.\nPueden seguir con las celdas de abajo, o ejecutar esta de nuevo desde el "
    "principio.",
    "bad_dimensions": "se esperaba un arreglo de 2 dimensiones y tiene {ndim}",
    "bad_split": "las proporciones deben estar entre 0 y 1 y sumar a lo sumo 1: {split}",
}
