"""The guide in the students' folder: where to work, how to open, run and hand in.

LEEME.md in Spanish, README.md in English: one text for each language of `grading.words`.
"""

SPANISH = """\
# {assignment}

Completen los cuadernos en este orden: {notebooks}. No les cambien el nombre ni los saquen de esta
carpeta: junto a ellos están los datos y `helpers`, que los cuadernos necesitan.

Para entregar, en cualquier programa: guarden todos los cuadernos y ejecuten, en uno de ellos,

    from helpers.entrega import empaquetar
    empaquetar()

Eso dice qué falta y crea un archivo .zip: súbanlo a la plataforma del curso.

## En su computadora

Hace falta Python 3.11, 3.12 o 3.13. Abran una terminal en esta carpeta y escriban, una sola vez,
los dos primeros comandos; después basta con el tercero, que abre JupyterLab.

Linux y macOS:

    python3 -m venv .venv
    .venv/bin/pip install -r requirements.txt
    .venv/bin/jupyter lab

Windows (PowerShell):

    py -m venv .venv
    .venv\\Scripts\\pip install -r requirements.txt
    .venv\\Scripts\\jupyter lab

**JupyterLab**

- Abrir: el tercer comando y, en la lista de archivos, doble clic en {first}.ipynb.
- Ejecutar: *Run → Run All Cells*.
- Entregar: guarden con *Ctrl+S* y ejecuten `empaquetar()`. El .zip queda en esta carpeta.

**Notebook clásico**

- Abrir: una sola vez, `.venv/bin/pip install notebook`; después, `.venv/bin/jupyter notebook` en
  lugar del tercer comando. En Windows, `.venv\\Scripts` en lugar de `.venv/bin`.
- Ejecutar: *Run → Run All Cells* (en versiones viejas, *Cell → Run All*).
- Entregar: guarden con *Ctrl+S* y ejecuten `empaquetar()`. El .zip queda en esta carpeta.

**VS Code**, con las extensiones Python y Jupyter

- Abrir: después de los dos primeros comandos, *File → Open Folder…* y esta carpeta (no un cuaderno
  suelto). En {first}.ipynb, arriba a la derecha, *Select Kernel → Python Environments…* y `.venv`.
- Ejecutar: *Run All*.
- Entregar: guarden con *Ctrl+S* y ejecuten `empaquetar()`. El .zip queda en esta carpeta.

## Sin instalar nada

**Google Colab**

- Abrir: descompriman {assignment}.zip y suban la carpeta {assignment} a Mi unidad, en
  <https://drive.google.com>. Ahí, clic derecho en {first}.ipynb, *Abrir con → Google Colaboratory*.
  No suban el cuaderno suelto a Colab: quedaría fuera de su carpeta.
- Ejecutar: cada vez que abran un cuaderno, su primera celda, que pide permiso para usar su Drive.
  Después, *Entorno de ejecución → Ejecutar todas*. Si se detiene en una celda, elijan la siguiente
  y sigan con *Ctrl+F10*.
- Entregar: guarden con *Ctrl+S*, esperen unos segundos y ejecuten `empaquetar()`. El navegador
  descarga el .zip, que también queda en esa carpeta de su Drive.

**El servidor de su curso** (JupyterHub), si lo hay

- Abrir: en la lista de tareas (*Assignment List*), *Fetch*; después, la carpeta {assignment}.
- Ejecutar: *Run → Run All Cells*.
- Entregar: guarden con *Ctrl+S* y ejecuten `empaquetar()` para ver qué falta. Después, en la lista
  de tareas, *Submit*: ahí no hace falta subir el .zip, salvo que se lo pidan.

## Comprobar un cuaderno desde cero, como al calificar

    .venv/bin/python -m helpers.validar {first}.ipynb

En Windows, `.venv\\Scripts\\python`. En Colab, *Entorno de ejecución → Reiniciar sesión y ejecutar
todo*.
"""

ENGLISH = """\
# {assignment}

Work on the notebooks in this order: {notebooks}. Don't rename them or take them out of this
folder: the data and `helpers`, which the notebooks need, lie beside them.

To hand in, in whatever program: save all notebooks and run, in one of them,

    from helpers.hand_in import pack
    pack()

It says what is missing and makes a .zip file: upload it to the platform of the course.

## On your computer

You need Python 3.11, 3.12 or 3.13. Open a terminal in this folder and type, once, the first two
commands; from then on the third one is enough, which opens JupyterLab.

Linux and macOS:

    python3 -m venv .venv
    .venv/bin/pip install -r requirements.txt
    .venv/bin/jupyter lab

Windows (PowerShell):

    py -m venv .venv
    .venv\\Scripts\\pip install -r requirements.txt
    .venv\\Scripts\\jupyter lab

**JupyterLab**

- Open: the third command and, in the list of files, a double click on {first}.ipynb.
- Run: *Run → Run All Cells*.
- Hand in: save with *Ctrl+S* and run `pack()`. The .zip is then in this folder.

**Classic Notebook**

- Open: once, `.venv/bin/pip install notebook`; from then on `.venv/bin/jupyter notebook` in place
  of the third command. On Windows, `.venv\\Scripts` in place of `.venv/bin`.
- Run: *Run → Run All Cells* (in old versions, *Cell → Run All*).
- Hand in: save with *Ctrl+S* and run `pack()`. The .zip is then in this folder.

**VS Code**, with the extensions Python and Jupyter

- Open: after the first two commands, *File → Open Folder…* and this folder (not a single
  notebook). In {first}.ipynb, at the top right, *Select Kernel → Python Environments…* and `.venv`.
- Run: *Run All*.
- Hand in: save with *Ctrl+S* and run `pack()`. The .zip is then in this folder.

## Without installing anything

**Google Colab**

- Open: unpack {assignment}.zip and upload the folder {assignment} to My Drive, at
  <https://drive.google.com>. There, a right click on {first}.ipynb, *Open with → Google
  Colaboratory*. Don't upload a single notebook to Colab: it would be outside of its folder.
- Run: each time that you open a notebook, its first cell, which asks for leave to use your Drive.
  Then *Runtime → Run all*. If it stops at a cell, choose the next one and go on with *Ctrl+F10*.
- Hand in: save with *Ctrl+S*, wait some seconds and run `pack()`. The browser downloads the .zip,
  which is also in that folder of your Drive.

**The server of your course** (JupyterHub), if there is one

- Open: in the list of assignments (*Assignment List*), *Fetch*; then the folder {assignment}.
- Run: *Run → Run All Cells*.
- Hand in: save with *Ctrl+S* and run `pack()` to see what is missing. Then, in the list of
  assignments, *Submit*: you need not upload the .zip there, unless you are asked to.

## Checking a notebook from scratch, as grading does

    .venv/bin/python -m helpers.validate {first}.ipynb

On Windows, `.venv\\Scripts\\python`. In Colab, *Runtime → Restart session and run all*.
"""

TEXTS = {"es": SPANISH, "en": ENGLISH}
