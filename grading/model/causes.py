"""Causes of errors that a notebook has when it is graded and had not at home, in words for both."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Cause(Enum):
    """A cause: the student's sentence (Spanish) and the instructor's, with what they leave open."""

    SYNTAX = (
        "Esta celda usa {spanish}, que existe desde Python {needed}; al calificar se usa Python "
        "{ours}{saved}. Escríbanla de otro modo.",
        "{english}: Python {needed}, and grading uses {ours}{saved_english}",
    )
    NEWER_PYTHON = (
        "Su cuaderno se guardó con Python {theirs} y se califica con Python {ours}, que no admite "
        "esta celda. Revísenla en Python {ours}.",
        "the notebook was saved by Python {theirs}, and grading uses {ours}",
    )
    COLAB = (
        "«{name}» solo existe en Google Colab, y aquí no se califica en Colab. Quiten esas líneas "
        "y lean los archivos por su nombre, desde la carpeta del cuaderno.",
        "{name} exists in Google Colab only",
    )
    LIBRARY = (
        "La biblioteca «{name}» no está instalada donde se califica: el curso no la incluye. Usen "
        "solo las bibliotecas del curso o entreguen el módulo junto al cuaderno, si es suyo.",
        "{name} is neither in the course nor handed in",
    )
    WINDOWS = (
        "«{name}» solo existe en Windows, y se califica en Linux. Escriban la celda sin eso.",
        "{name} exists on Windows only",
    )
    VERSION = (
        "«{name}» no existe en {library} {version}, la versión con la que se califica. Usen lo "
        "que hay en esa versión.",
        "{library} {version} has no {name}",
    )
    NETWORK = (
        "Al calificar no hay conexión a internet. Si necesitan un archivo, descárguenlo antes, "
        "entréguenlo junto al cuaderno y léanlo por su nombre.",
        "it asks for the network, and grading has none",
    )
    INSTALL = (
        "Al calificar no hay conexión a internet, así que no se instala nada: solo están las "
        "bibliotecas del curso.",
        "it installs from the network, and grading has none",
    )
    INPUT = (
        "Al calificar nadie puede responder a input(). Escriban el valor en la celda.",
        "it waits for an answer to input(), and nobody is there to give one",
    )
    DEBUGGER = (
        "El depurador (breakpoint(), pdb o %debug) espera órdenes que al calificar nadie puede "
        "dar. Quítenlo de la celda.",
        "it opens a debugger, and nobody is there to use it",
    )
    OTHER_NAME = (
        "No hay ningún «{path}» donde se califica; el archivo que hay se llama «{found}». Escriban "
        "la ruta así, con «/» y con las mismas mayúsculas y minúsculas.",
        "there is no {path}, but there is {found}",
    )
    ABSOLUTE = (
        "«{path}» no existe donde se califica: una ruta que empieza por la raíz vale en una sola "
        "computadora. Entreguen sus archivos junto al cuaderno y léanlos por su nombre.",
        "{path} is a path of another computer",
    )
    NO_FILE = (
        "No hay ningún «{path}» donde se califica. Si es un archivo suyo, entréguenlo junto al "
        "cuaderno, con ese mismo nombre.",
        "there is no {path} among the files that were handed in",
    )
    WINDOW = (
        "Al calificar no hay pantalla donde abrir ventanas. Usen %matplotlib inline.",
        "it opens a window, and grading has no screen",
    )
    GPU = (
        "Donde se califica no hay GPU. Usen la CPU cuando torch.cuda.is_available() sea False.",
        "it needs a GPU, and grading has none",
    )
    LOCALE = (
        "La configuración regional «{name}» no existe donde se califica: se dejó la que había.",
        "the locale {name} is not on this machine; it was left as it was",
    )
    EXIT = (
        "sys.exit() detuvo la celda en esa línea: lo que sigue en ella no se ejecutó. Quítenlo.",
        "it leaves by sys.exit()",
    )
    RESTART = (
        "Esta celda cierra o reinicia el kernel, y al calificar no se vuelve a empezar: lo que "
        "sigue no se ejecuta. Quítenla.",
        "it ends or restarts the kernel itself",
    )


@dataclass(frozen=True)
class Explanation:
    """A cause with what its sentences leave open filled in.

    library: what `import` asked for, where the cause is a library that the course has not.
    """

    student: str
    instructor: str
    library: str = ""

    @classmethod
    def of(cls, cause: Cause, **open_parts: str) -> Explanation:
        student, instructor = (text.format(**open_parts) for text in cause.value)
        return cls(student, instructor, open_parts["name"] if cause is Cause.LIBRARY else "")
