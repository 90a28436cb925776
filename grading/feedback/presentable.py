"""A graded notebook with outputs that keep to the notebook format.

The student's kernel may have sent anything: numbers in place of text, half characters, thousands of
pictures. nbconvert validates the format after each step and fails at the first mistake.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator

from nbformat import NotebookNode
from nbformat.v4 import new_notebook, new_output

from grading.feedback.pictures import MAX_BYTES
from grading.text import printable
from grading.words import say

KINDS = (
    "text/html",
    "text/markdown",
    "image/svg+xml",
    "text/latex",
    "image/png",
    "image/jpeg",
    "text/plain",
)
MAX_OUTPUTS = 200
MAX_LENGTH = 10_000_000
MAX_DRAWN = 1_000_000  # characters of code, text and markup: they take up to a minute to convert
MARKUP = ("text/html", "text/markdown", "text/latex")
# A picture in the middle of a text, as Google Colab writes those that are pasted.
IN_TEXT = re.compile(r"data:image/[a-z+.-]{1,20};base64,([A-Za-z0-9+/]+={0,2})")
MAX_CELL = 2 * MAX_BYTES  # characters of a text with such pictures in it
NOT_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x9f\ufffe\uffff]")


def presentable(notebook: NotebookNode) -> NotebookNode:
    """A copy with the graders' metadata, the cells' text, and the outputs that can be shown.

    An output of an unknown kind is replaced by a note that says so.
    """
    grading = notebook.metadata.get("grading")
    metadata = {"language_info": {"name": "python", "pygments_lexer": "ipython3"}}
    if isinstance(grading, dict):
        metadata["grading"] = grading
    return new_notebook(cells=presentable_cells(notebook.cells), metadata=metadata)


def presentable_cells(cells: Iterable[NotebookNode]) -> list[NotebookNode]:
    """A copy of some cells of a notebook, as `presentable` copies all of them."""
    copies = [_cell(cell) for cell in cells]
    _leave_out(copies, MAX_DRAWN)
    return copies


def _leave_out(cells: list[NotebookNode], most: int) -> None:
    """Replace all text after the first `most` characters of the page by a note."""
    for cell in cells:
        most -= len(cell.source)
        if most < 0:
            cell.source = say("text_too_long")
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            for kind in data.keys() & set(MARKUP):
                most -= len(data[kind])
                if most < 0:
                    data[kind] = say("text_too_long")


def _cell(cell: NotebookNode) -> NotebookNode:
    kept = NotebookNode(cell_type=cell.cell_type, id=cell.id, source=text(cell.source))
    metadata = {name: cell.metadata.get(name) for name in ("nbgrader", "grading")}
    kept.metadata = NotebookNode({k: v for k, v in metadata.items() if isinstance(v, dict)})
    if cell.cell_type == "code":
        kept.execution_count = None
        kept.outputs = list(_outputs(cell.get("outputs")))
    elif cell.cell_type == "markdown":
        kept.source, lifted = _lifted(cell.source)
        kept.attachments = _attachments(cell.get("attachments")) | lifted
    return kept


def _lifted(source: object) -> tuple[str, dict[str, dict[str, str]]]:
    """The text of a cell without the pictures in the middle of it, and these as attachments."""
    lifted = {}

    def lift(found: re.Match) -> str:
        name = f"in-text-{hashlib.sha256(found[1].encode()).hexdigest()[:32]}"
        lifted[name] = {"image/png": found[1]}
        return f"attachment:{name}"

    return text(IN_TEXT.sub(lift, _joined(source)[:MAX_CELL])), lifted


def _joined(value: object) -> str:
    if isinstance(value, list) and all(isinstance(line, str) for line in value):
        return "".join(value)
    return str(value)


def text(value: object) -> str:
    """`value` as text without characters that HTML forbids; escape characters stay, for colours."""
    return NOT_TEXT.sub("", printable(_joined(value)[:MAX_LENGTH]))


def _is_text(value: object) -> bool:
    return isinstance(value, str) or (
        isinstance(value, list) and all(isinstance(line, str) for line in value)
    )


def _attachments(attachments: object) -> dict[str, dict[str, str]]:
    if not isinstance(attachments, dict):
        return {}
    return {
        text(name): {text(kind): _joined(data) for kind, data in bundle.items() if _is_text(data)}
        for name, bundle in attachments.items()
        if isinstance(bundle, dict)
    }


def _outputs(outputs: object) -> Iterator[NotebookNode]:
    outputs = outputs if isinstance(outputs, list) else []
    for output in outputs[:MAX_OUTPUTS]:
        if isinstance(output, dict):
            yield from _output(output)
    if len(outputs) > MAX_OUTPUTS:
        yield _note(say("more_outputs", count=len(outputs) - MAX_OUTPUTS))


def _output(output: dict) -> Iterator[NotebookNode]:
    match output.get("output_type"):
        case "stream":
            name = "stderr" if output.get("name") == "stderr" else "stdout"
            yield new_output("stream", name=name, text=text(output.get("text", "")))
        case "display_data" | "execute_result":
            yield _display(output.get("data"), output.get("metadata"))
        case "error":
            lines = output.get("traceback")
            yield new_output(
                "error",
                ename=text(output.get("ename", "")),
                evalue=text(output.get("evalue", "")),
                traceback=[text(line) for line in lines] if isinstance(lines, list) else [],
            )


def _display(data: object, metadata: object) -> NotebookNode:
    if not isinstance(data, dict):
        return _note(say("damaged_output"))
    shown = {kind: text(data[kind]) for kind in KINDS if _is_text(data.get(kind))}
    if not shown:
        kinds = ", ".join(text(kind)[:60] for kind in list(data)[:5])
        return _note(say("other_output", kinds=kinds or say("empty_output")))
    alt = metadata.get("alt") if isinstance(metadata, dict) else None
    return new_output(
        "display_data", data=shown, metadata={"alt": text(alt)[:500]} if _is_text(alt) else {}
    )


def _note(words: str) -> NotebookNode:
    return new_output("display_data", data={"text/plain": words})
