"""The LEEME of the students' folder: where to work, how to open, run and hand in."""

TEXT = """\
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
