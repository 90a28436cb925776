"""Every sentence that students read from grading, in Spanish: see `grading.words`."""

SPANISH = {
    "sampled": "Entrenamiento verificado por muestreo: se repitieron algunas de sus épocas con su "
    "código; las demás pérdidas son las del entrenamiento de referencia.",
    # Limits that were hit: `grading.model.stops`
    "stop_cell_time": "La celda pasó de su límite de {seconds:g} s y se detuvo.",
    "stop_notebook_time": "El cuaderno pasó de su límite de {notebook_seconds} s: lo que seguía "
    "no se ejecutó.",
    "stop_call_time": "El código tardó más de {call_seconds} s en responder a la comprobación.",
    "stop_check_time": "La comprobación pasó de {check_seconds} s y se detuvo.",
    "stop_output": "La celda mostró más de {output_mb} MB, o el cuaderno cuatro veces eso, y se "
    "detuvo; lo que seguía no se guardó.",
    "stop_memory": "El cuaderno usó más de {memory_mb} MB de memoria y se detuvo aquí.",
    "stop_files": "El cuaderno creó más de {files} archivos y se detuvo aquí.",
    "stop_uninterrupted": "El código no se pudo interrumpir: el cuaderno se detuvo aquí.",
    "stop_died": "El kernel terminó aquí: lo que seguía no se ejecutó.",
    "stop_test_lacks": "Esta comprobación no se pudo ejecutar; no fue por su código. Se calificará "
    "de nuevo.",
    "stop_not_run": "La comprobación no se ejecutó: el cuaderno se detuvo antes.",
    # What works at home only: `grading.model.causes`
    "cause_syntax": "Esta celda usa {what}, que existe desde Python {needed}; al calificar se "
    "usa Python {ours}{saved}. Escríbanla de otro modo.",
    "cause_newer_python": "Su cuaderno se guardó con Python {theirs} y se califica con Python "
    "{ours}, que no admite esta celda. Revísenla en Python {ours}.",
    "cause_colab": "«{name}» solo existe en Google Colab, y aquí no se califica en Colab. Quiten "
    "esas líneas y lean los archivos por su nombre, desde la carpeta del cuaderno.",
    "cause_library": "La biblioteca «{name}» no está instalada donde se califica: el curso no la "
    "incluye. Usen solo las bibliotecas del curso o entreguen el módulo junto al cuaderno, si es "
    "suyo.",
    "cause_windows": "«{name}» solo existe en Windows, y se califica en Linux. Escriban la celda "
    "sin eso.",
    "cause_version": "«{name}» no existe en {library} {version}, la versión con la que se "
    "califica. Usen lo que hay en esa versión.",
    "cause_network": "Al calificar no hay conexión a internet. Si necesitan un archivo, "
    "descárguenlo antes, entréguenlo junto al cuaderno y léanlo por su nombre.",
    "cause_install": "Al calificar no hay conexión a internet, así que no se instala nada: solo "
    "están las bibliotecas del curso.",
    "cause_input": "Al calificar nadie puede responder a input(). Escriban el valor en la celda.",
    "cause_debugger": "El depurador (breakpoint(), pdb o %debug) espera órdenes que al calificar "
    "nadie puede dar. Quítenlo de la celda.",
    "cause_other_name": "No hay ningún «{path}» donde se califica; el archivo que hay se llama "
    "«{found}». Escriban la ruta así, con «/» y con las mismas mayúsculas y minúsculas.",
    "cause_absolute": "«{path}» no existe donde se califica: una ruta que empieza por la raíz "
    "vale en una sola computadora. Entreguen sus archivos junto al cuaderno y léanlos por su "
    "nombre.",
    "cause_no_file": "No hay ningún «{path}» donde se califica. Si es un archivo suyo, "
    "entréguenlo junto al cuaderno, con ese mismo nombre.",
    "cause_window": "Al calificar no hay pantalla donde abrir ventanas. Usen %matplotlib inline.",
    "cause_gpu": "Donde se califica no hay GPU. Usen la CPU cuando torch.cuda.is_available() sea "
    "False.",
    "cause_locale": "La configuración regional «{name}» no existe donde se califica: se dejó la "
    "que había.",
    "cause_exit": "sys.exit() detuvo la celda en esa línea: lo que sigue en ella no se ejecutó. "
    "Quítenlo.",
    "cause_restart": "Esta celda cierra o reinicia el kernel, y al calificar no se vuelve a "
    "empezar: lo que sigue no se ejecuta. Quítenla.",
    "syntax_quotes": "comillas iguales dentro de un f-string",
    "syntax_backslash": "«\\» o «#» dentro de un f-string",
    "syntax_type": "«type X = …»",
    "syntax_generic": "«def f[T]» o «class C[T]»",
    "syntax_saved": " (su cuaderno se guardó con {python})",
    # How a hand-in was read: `grading.intake`
    "unreadable": "No se pudo leer el cuaderno entregado. Hablen con su instructor.",
    "answer_elsewhere": "La respuesta de la celda {cell} está en otra celda ({where}) y se tomó "
    "de ahí.",
    "added_cell": "una agregada",
    "merged_cell": "La celda {cell} tenía varias celdas en una; se volvieron a separar.",
    "an_added_cell": "agregada",
    "foreign_notebook": "El cuaderno entregado no tiene ninguna celda de esta asignación. "
    "Entreguen el correcto o hablen con su instructor.",
    "by_place": "Celdas {cells}: llegaron sin identificación y se reconocieron por su lugar.",
    "cell_fault": "Celda número {cells}: {fault}.",
    "cells_fault": "Celdas número {cells}: {fault}.",
    "fault_no_cell": "no es una celda y se dejó fuera",
    "fault_no_text": "no trae texto y se leyó como vacía",
    "fault_odd_text": "trae entre sus líneas algo que no es texto; se leyó lo que se pudo",
    "fault_kind": "es de un tipo que Jupyter no conoce; se tomó el más cercano",
    "fault_no_metadata": "no trae metadatos que se puedan leer",
    "fault_attachments": "trae adjuntos que no se pueden leer; se dejaron fuera",
    # Reasons of checks: `grading.examiner`
    "wants_a_value": "Se esperaba un valor y se recibió un objeto de tipo {type}.",
    "too_many_questions": "La comprobación pidió demasiados valores: ¿una secuencia sin fin?",
    "cannot_send": "La comprobación no puede enviar un valor de tipo {type}.",
    "too_much_memory": "La comprobación usó demasiada memoria con los valores recibidos.",
    "step": "{function}, línea {line}: {source}",
    # The page of feedback: `grading.feedback`
    "page_title": "{notebook}: retroalimentación",
    "your_notebook": "Su cuaderno",
    "your_code": "Su código",
    "your_answer": "Su respuesta",
    "no_response": "Sin respuesta: la celda quedó como en el cuaderno original.",
    "comment": "Comentario de quien calificó",
    "see_the_test": "Ver la prueba",
    "was_not_run": "– no se ejecutó",
    "achieved": "✓ logrado",
    "partly_achieved": "◐ logrado en parte",
    "failed_visible": "✘ no pasó la prueba visible",
    "failed_hidden": "✘ no pasó la prueba oculta",
    "to_review": "✘ por revisar",
    "written_question": "✎ pregunta escrita",
    "adjusted": "(puntaje ajustado a mano)",
    "notice_student_error": "Una celda terminó con un error. Lo que depende de ella no se pudo "
    "evaluar.",
    "notice_timed_out": "Una celda tardó más de lo permitido y se detuvo. Lo que depende de ella "
    "no se pudo evaluar.",
    "notice_over_a_limit": "El cuaderno pasó un límite de memoria, de archivos o de salida y se "
    "detuvo. Lo que depende de eso no se pudo evaluar.",
    "notice_unreadable": "No se pudo leer el cuaderno entregado. Hablen con su instructor.",
    "notice_a_test_could_not_run": "Una comprobación no se pudo ejecutar; no fue por su código. "
    "Se calificará de nuevo.",
    "notice_grader_failed": "La calificación automática no terminó; no fue por su código. Hablen "
    "con su instructor.",
    "page_total": "Total: {earned} / {available} puntos",
    "late": "Incluye un descuento de {marks} puntos por entrega tardía.",
    "column_exercise": "Ejercicio",
    "column_marks": "Puntos",
    "see_the_hint": "ver la pista",
    "to_the_top": "arriba",
    "picture_of_a_cell": "Gráfico que produjo la celda",
    "picture_missing": "no hay un archivo de ese nombre entre lo entregado",
    "picture_elsewhere": "está fuera de lo entregado y no se muestra; para que se vea hay que "
    "entregar el archivo con el cuaderno",
    "picture_damaged": "está dañada y no se puede mostrar; hay que guardarla de nuevo",
    "picture_too_heavy": "tiene más de {mb} MB y no se muestra; hay que guardarla más pequeña",
    "picture_too_large": "tiene más de {millions} millones de píxeles y no se muestra; hay que "
    "guardarla más pequeña",
    "picture_of_other_kind": "es {kind}, que no se puede mostrar aquí; hay que guardarla como JPEG "
    "o PNG y entregarla así",
    "picture_of_no_kind": "no es una imagen JPEG, PNG, GIF, WebP ni SVG, y no se puede mostrar",
    "picture_no_room": "no se muestra, porque la página ya tiene demasiadas imágenes",
    "picture_not_shown": "(imagen {name}: {why})",
    "picture": "[Imagen]",
    "picture_of": "[Imagen: {words}]",
    "picture_without_words": "Imagen sin descripción",
    "plot_with": "Gráfico con {parts}",
    "plot_title": "título",
    "plot_x": "eje horizontal",
    "plot_y": "eje vertical",
    "interactive": "(salida interactiva, que esta página no muestra)",
    "text_too_long": "(demasiado largo para esta página)",
    "output_too_long": "(salida demasiado larga para esta página)",
    "more_outputs": "(se omiten {count} salidas más de esta celda)",
    "damaged_output": "(salida dañada, que no se puede mostrar)",
    "shortened": "… se omiten {count} caracteres …",
    "other_output": "(salida que esta página no muestra: {kinds})",
    "empty_output": "vacía",
    # What is released: `grading.masters`
    "code_stub": '# Escriban aquí su código\nraise NotImplementedError("Falta completar '
    '{exercise}")',
    "text_stub": "*Escriban aquí su respuesta.*",
    "an_exercise": "«{name}»",
    "this_exercise": "este ejercicio",
    "exercise_in": "{exercise}, en {name}",
    "colab_title": "Solo para Google Colab: ejecuten primero esta celda. En otros programas no "
    "hace nada.",
    "colab_several": "Hay varias carpetas de {lab} en su Drive: {names}. Dejen solo una.",
    "colab_upload": "No está la carpeta de {lab} en su Drive. Suban aquí el archivo {lab}.zip:",
    "colab_not_received": "No se recibió {lab}.zip, el archivo del curso. Prueben otra vez.",
    "colab_is_there": "La carpeta ya está en su Drive: {folder}. Cierren este cuaderno y abran "
    "el de esa carpeta (si ya habían escrito aquí, copien antes sus respuestas).",
    "colab_ready": "Listo. Trabajen con los cuadernos de esta carpeta de su Drive: {folder}",
}
